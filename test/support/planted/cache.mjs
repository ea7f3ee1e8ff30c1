import http from 'node:http';
import process from 'node:process';
import { isSlow, uniform } from './chance.mjs';

// POST /recommend {"id": 7} → {"items": [12, 5, 81]}
// Recommends what suits a visitor. Tastes are computed from all that a visitor ever looked at and kept for those who come again; some come
// for the first time, or for the first time in long.
// PORT (8080) says where; SLOW_PATH=off lets only those come whose tastes are kept.

const SHARE = 0.02;
const REGULARS = 40;
const KEPT = 64;
const ITEMS = 3000;
const TRAITS = 24;
const EVENTS = 350_000;
const catalogue = Array.from({ length: ITEMS }, (_, item) =>
  Float64Array.from({ length: TRAITS }, (_, trait) => uniform(item * TRAITS + trait, 30)),
);

/** Keeps the newest results of a function, by its argument. */
class Kept {
  #compute;
  #results = new Map();

  constructor(compute) {
    this.#compute = compute;
  }

  of(key) {
    let result = this.#results.get(key);
    if (result === undefined) result = this.#compute(key);
    // Last used, last to go.
    this.#results.delete(key);
    this.#results.set(key, result);
    if (this.#results.size > KEPT) this.#results.delete(this.#results.keys().next().value);
    return result;
  }
}

/** What a visitor likes: the traits of what they looked at, what is longer ago counting less. */
function tasteOf(visitor) {
  const taste = new Float64Array(TRAITS);
  for (let event = 0; event < EVENTS; event++) {
    const item = catalogue[Math.floor(ITEMS * uniform(visitor * 7919 + event, 31))];
    const counts = Math.exp(-event / EVENTS);
    for (let trait = 0; trait < TRAITS; trait++) taste[trait] += counts * item[trait];
  }
  const length = Math.hypot(...taste);
  return taste.map((value) => value / length);
}

const tastes = new Kept(tasteOf);
for (let visitor = 0; visitor < REGULARS; visitor++) tastes.of(visitor);

function visitorOf(id) {
  return isSlow(id, SHARE) ? REGULARS + id : Math.floor(REGULARS * uniform(id, 32));
}

function suits(taste, item) {
  let sum = 0;
  for (let trait = 0; trait < TRAITS; trait++) sum += taste[trait] * Math.exp(-item[trait]);
  return sum;
}

function recommend(id) {
  const taste = tastes.of(visitorOf(id));
  const ranked = catalogue.map((item, index) => ({ index, suits: suits(taste, item) }));
  ranked.sort((a, b) => b.suits - a.suits);
  return { items: ranked.slice(0, 3).map(({ index }) => index) };
}

function handle(request, response) {
  if (request.url === '/healthz') return answer(response, 200, { ok: true });
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const id = idIn(body);
    if (request.url === '/recommend' && id !== null) answer(response, 200, recommend(id));
    else answer(response, 422, { error: 'POST /recommend {"id": a whole number}' });
  });
}

function idIn(body) {
  try {
    const { id } = JSON.parse(body);
    return Number.isInteger(id) ? id : null;
  } catch {
    return null;
  }
}

function answer(response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

const server = http.createServer(handle);
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  process.stdout.write(`Listening on http://127.0.0.1:${server.address().port}\n`);
});
