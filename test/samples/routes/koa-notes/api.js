import Router from '@koa/router';
import tags from './tags.js';

export const api = new Router({ prefix: '/api' });

api.get('/', (ctx) => { ctx.body = {}; });
api.use('/notes/:id', tags.routes(), tags.allowedMethods());
api.del('/cache', (ctx) => { ctx.status = 204; });
