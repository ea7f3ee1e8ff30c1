/** The services in the order a purchase goes through them. Each listens on the port after the one before it. */
export const SERVICES = ['cart', 'inventory', 'payment', 'order'];

export const host = process.env.HOST ?? '127.0.0.1';
const firstPort = Number(process.env.PORT ?? 7001);
const bottleneck = process.env.BOTTLENECK ?? 'payment';

if (!(firstPort > 0 && firstPort + SERVICES.length <= 65_536)) {
  refuse(`PORT is "${process.env.PORT}", and is to be the first of ${SERVICES.length} ports.`);
}
if (!SERVICES.includes(bottleneck)) {
  refuse(`BOTTLENECK is "${bottleneck}", and there is no such service. Say one of: ${SERVICES.join(', ')}`);
}

export function portOf(service) {
  return firstPort + SERVICES.indexOf(service);
}

export function addressOf(service) {
  return `http://${host}:${portOf(service)}`;
}

/** A request that has waited this long for a place in a pool is turned away with 503, ms. */
export const PATIENCE = 600;
/** A reservation nobody pays for is given up after this long, ms. */
export const RESERVED_FOR = 2000;

/** What each service can do at once, and how long one piece of it takes, ms: room for 250 purchases a second and more. */
const ROOMY = {
  cart: { sessions: 8, session: 3 },
  // A reservation keeps its connection until it is paid for: about 140 ms each while payment has room.
  inventory: { connections: 88, query: 15 },
  payment: { workers: 96, bankConnections: 48, bank: 120 },
  order: { ledger: 4 },
};

/** What makes a service the one that runs out first, at about 65 purchases a second. */
const NARROW = {
  cart: { sessions: 1, session: 15 },
  inventory: { connections: 9, query: 15 },
  payment: { workers: 40, bankConnections: 8, bank: 120 },
  order: { ledger: 15 },
};

export const settings = { ...ROOMY, [bottleneck]: NARROW[bottleneck] };

function refuse(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}
