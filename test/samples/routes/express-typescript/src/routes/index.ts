import { Router } from 'express';
import createOrders from './orders.js';
export { UserRoute } from './users.route';

export const apiRouter = Router();

apiRouter.use('/orders', createOrders({ currency: 'EUR' }));
apiRouter.get('/status', async (_req, res) => {
  const status = (await fetch('/upstream/status')) as unknown as { get: (path: string) => string };
  res.json(status.get('/status'));
});
