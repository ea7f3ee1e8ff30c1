import { randomUUID } from 'node:crypto';
import { Pool } from './pool.mjs';
import { Refusal, serve, work } from './service.mjs';
import { RESERVED_FOR, settings } from './settings.mjs';

// POST /reservations {"cart": id, "item": "mug", "quantity": 2} → {"reservation": id}
// POST /reservations/:id/commit: it was paid for. DELETE /reservations/:id: it will not be.

const { connections, query } = settings.inventory;
const database = new Pool('database connection', connections);
/** What gives a reservation's connection back, by id. */
const open = new Map();

serve(
  'inventory',
  {
    'POST /reservations': async ({ cart, item }) => {
      if (typeof cart !== 'string' || typeof item !== 'string') throw new Refusal(422, 'cart and item were expected');
      const giveBack = await database.take();
      await work(query);
      // The transaction stays open until the payment is through, and so the connection stays taken: the classic mistake.
      const reservation = randomUUID();
      const timer = setTimeout(() => close(reservation), RESERVED_FOR);
      open.set(reservation, () => {
        clearTimeout(timer);
        giveBack();
      });
      return { reservation };
    },
    'POST /reservations/:id/commit': (_, id) => close(id),
    'DELETE /reservations/:id': (_, id) => close(id),
  },
  () => ({ reserved: open.size, waiting: database.waiting }),
);

function close(reservation) {
  const giveBack = open.get(reservation);
  if (giveBack === undefined) throw new Refusal(404, 'No such reservation, or no longer');
  open.delete(reservation);
  giveBack();
  return {};
}
