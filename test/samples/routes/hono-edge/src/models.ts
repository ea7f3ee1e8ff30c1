import { createRoute, OpenAPIHono } from '@hono/zod-openapi';

const show = createRoute({ method: 'get', path: '/models/{name}', responses: {} });

export const models = new OpenAPIHono();
models.openapi(show, (c) => c.json({}));
models.all('/models', (c) => c.text(''));
