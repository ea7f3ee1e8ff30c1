// Loaded into an example server: what it answers takes SLOWER_MS longer, all of it, or with SLOWER_EVERY one answer in so many, or with
// SLOWER_FIRST only so many at first. It computes meanwhile, as a slower build would.
const http = require('node:http');

const ms = Number(process.env.SLOWER_MS ?? 0);
const every = Number(process.env.SLOWER_EVERY ?? 1);
const first = Number(process.env.SLOWER_FIRST ?? Number.POSITIVE_INFINITY);
const emit = http.Server.prototype.emit;
let count = 0;

http.Server.prototype.emit = function (event, ...args) {
  const isWork = event === 'request' && args[0].method === 'POST';
  if (isWork && ++count % every === 0 && count <= first) {
    const until = performance.now() + ms;
    while (performance.now() < until);
  }
  return emit.call(this, event, ...args);
};
