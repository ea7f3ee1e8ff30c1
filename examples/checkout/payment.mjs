import { randomUUID } from 'node:crypto';
import { Pool } from './pool.mjs';
import { call, Refusal, serve, work } from './service.mjs';
import { addressOf, settings } from './settings.mjs';

// POST /payments {"reservation": id} → {"payment": id}
// GET /payments/:id → {"paid": true}

const { workers: workerCount, bankConnections, bank: bankTime } = settings.payment;
/** Every request takes one, also those that only ask: while all wait for the bank, nobody can be told anything. */
const workers = new Pool('worker', workerCount);
const bank = new Pool('connection to the bank', bankConnections);
const REMEMBERED = 10_000;
const paid = new Set();

serve(
  'payment',
  {
    'POST /payments': async ({ reservation }) => {
      if (typeof reservation !== 'string') throw new Refusal(422, 'reservation was expected');
      const address = `${addressOf('inventory')}/reservations/${reservation}`;
      try {
        return await workers.with(() => pay(address));
      } catch (error) {
        // Goods that are not paid for go back. Whether that succeeds is not this customer's concern.
        await call('DELETE', address).catch(() => {});
        throw error;
      }
    },
    'GET /payments/:id': (_, id) => workers.with(() => ({ paid: paid.has(id) })),
  },
  () => ({ waiting: workers.waiting, waitingForBank: bank.waiting }),
);

async function pay(reservation) {
  await bank.with(() => work(bankTime));
  await call('POST', `${reservation}/commit`);
  const payment = randomUUID();
  paid.add(payment);
  if (paid.size > REMEMBERED) paid.delete(paid.values().next().value);
  return { payment };
}
