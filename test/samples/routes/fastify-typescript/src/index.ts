import fastify from 'fastify';
import { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import cors from '@fastify/cors';
import { predictRoutes } from './predict.js';
import users, { sessionsPlugin } from './users.js';

const server = fastify({ logger: true }).withTypeProvider<TypeBoxTypeProvider>();

async function start(): Promise<void> {
  await server.register(cors, { origin: '*' });
  server.register(
    async (api) => {
      api.register(predictRoutes, { prefix: '/predict' });
      api.register(users, { prefix: '/users' });
      api.register(import('./lazy.js'), { prefix: '/lazy' });
      api.get('/version', async () => ({ version: 1 }));
    },
    { prefix: '/api' },
  );
  void server.register(sessionsPlugin);
  server.all('/echo', async (request) => request.body);
  await server.listen({ port: 3000 });
}

await start();
