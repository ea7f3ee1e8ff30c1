import { type IRouter, Router } from 'express';

interface Options {
  currency: string;
}

export default function createOrders({ currency }: Options): IRouter {
  const orders = Router();

  orders.get('/', (_req, res) => void res.json({ currency }));
  orders.patch<{ id: string }>('/:id', (req, res) => {
    res.json(req.params.id);
  });

  return orders as IRouter;
}
