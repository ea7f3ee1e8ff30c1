import process from 'node:process';

// Which requests are the slow ones: drawn by their number, never by a period. `chance.py` draws the same.
// SEED (1) draws others; SLOW_PATH=off draws none.

const SEED = Number(process.env.SEED ?? 1);
const ON = process.env.SLOW_PATH !== 'off';

/** Whether the request with this number is one of the share that takes the slow path. */
export function isSlow(number, share) {
  return ON && uniform(number) < share;
}

/** In [0, 1), by number and seed: the finalizer of MurmurHash3. */
export function uniform(number, seed = SEED) {
  let word = (Math.imul(number, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return ((word ^ (word >>> 16)) >>> 0) / 4294967296;
}
