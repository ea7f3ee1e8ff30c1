import Router from 'koa-router';

const router = new Router();
router.prefix('/notes');

router.get('/:id', (ctx) => { ctx.body = new URLSearchParams('').get('/id'); });
router.all('/any', (ctx) => { ctx.body = ''; });

export { router as notes };
