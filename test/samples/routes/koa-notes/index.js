import Koa from 'koa';
import mount from 'koa-mount';
import { notes } from './notes.js';
import legacy from './legacy.js';
import { api } from './api.js';

const app = new Koa();

app.use(async (ctx, next) => {
  if (ctx.path === '/not-a-route') return;
  ctx.get('/header', next);
  await next();
});
app.use(api.routes()).use(api.allowedMethods());
app.use(notes.routes());
app.use(mount('/old', legacy));

app.listen(3000);
