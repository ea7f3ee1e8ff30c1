import { randomUUID } from 'node:crypto';
import { Pool } from './pool.mjs';
import { call, Refusal, serve, work } from './service.mjs';
import { addressOf, settings } from './settings.mjs';

// POST /orders {"payment": id} → {"order": id}

/** One at a time writes to the ledger. */
const ledger = new Pool('lock on the ledger', 1);

serve(
  'order',
  {
    'POST /orders': async ({ payment }) => {
      if (typeof payment !== 'string') throw new Refusal(422, 'payment was expected');
      const { paid } = await call('GET', `${addressOf('payment')}/payments/${payment}`);
      if (!paid) throw new Refusal(402, 'Not paid');
      await ledger.with(() => work(settings.order.ledger));
      return { order: randomUUID() };
    },
  },
  () => ({ waiting: ledger.waiting }),
);
