import type { FastifyInstance, FastifyPluginOptions } from 'fastify';

const base = { url: '/batch', method: 'POST' } as const;

export async function predictRoutes(fastify: FastifyInstance, _options: FastifyPluginOptions): Promise<void> {
  fastify.post<{ Body: { text: string } }>('/', { schema: {} }, async (request) => {
    const upstream = await fetch('/upstream', { method: 'POST' });
    return { text: request.body.text, upstream: upstream.headers.get('/x') };
  });

  fastify.route({ ...base, handler: async () => [] });
}
