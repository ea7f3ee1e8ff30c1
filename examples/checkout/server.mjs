import { fork } from 'node:child_process';
import { addressOf, SERVICES } from './settings.mjs';

// A shop's checkout: four services, a process each, that end with this one. Each has a pool of its own, and as load rises the payment
// service's fills first; the others only follow. GET /healthz on each says who waits.
// PORT (7001) is the cart's, the other three take the next ones; HOST (127.0.0.1) says where.
// BOTTLENECK=cart|inventory|payment|order says whose pool is the narrow one.

const services = SERVICES.map((name) => fork(new URL(`${name}.mjs`, import.meta.url)));
for (const service of services) {
  service.on('exit', (code) => process.exit(code ?? 1));
}
await Promise.all(services.map((service) => new Promise((resolve) => service.once('message', resolve))));
process.stdout.write(`Listening on ${SERVICES.map((name) => `${addressOf(name)} (${name})`).join(', ')}\n`);
