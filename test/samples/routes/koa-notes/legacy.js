import Koa from 'koa';
import Router from '@koa/router';

const legacy = new Koa();
const router = new Router();
router.post(['/a', '/b'], (ctx) => { ctx.body = ''; });
legacy.use(router.middleware());

export default legacy;
