import type { FastifyInstance } from 'fastify';

export default async function lazy(app: FastifyInstance): Promise<void> {
  app.head('/', async () => '');
}
