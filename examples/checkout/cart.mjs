import { randomUUID } from 'node:crypto';
import { Pool } from './pool.mjs';
import { Refusal, serve, work } from './service.mjs';
import { settings } from './settings.mjs';

// POST /carts {"item": "mug", "quantity": 2} → {"cart": id}

const { sessions, session } = settings.cart;
const store = new Pool('connection to the session store', sessions);

serve(
  'cart',
  {
    'POST /carts': async ({ item, quantity }) => {
      if (typeof item !== 'string' || !(quantity > 0)) throw new Refusal(422, 'item and quantity were expected');
      await store.with(() => work(session));
      return { cart: randomUUID(), item, quantity: Number(quantity) };
    },
  },
  () => ({ waiting: store.waiting }),
);
