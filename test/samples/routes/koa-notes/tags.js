import Router from '@koa/router';

const tags = new Router({ prefix: '/tags' });

tags
  .get('list', '/', (ctx) => { ctx.body = []; })
  .put('/:tag', async (ctx, next) => {
    await next();
  });

export default tags;
