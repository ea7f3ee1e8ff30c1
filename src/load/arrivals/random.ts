/** Uniform numbers in [0, 1) from a 32-bit seed, the same on every machine (Mulberry32, Tommy Ettinger 2017). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const bits = new DataView(new ArrayBuffer(8));

/**
 * A 32-bit seed from any numbers, in which each of their bits counts and so does their order: for streams that must have nothing to do
 * with each other, such as `mixSeed(seed, generator)`. Their 64 bits each go through the mixing step of MurmurHash3 (Austin Appleby).
 */
export function mixSeed(...numbers: readonly number[]): number {
  let hash = 0;
  for (const number of numbers) {
    // Adding 0 makes −0 the 0 it equals.
    bits.setFloat64(0, number + 0);
    hash = avalanche(hash ^ bits.getUint32(0));
    hash = avalanche(hash ^ bits.getUint32(4));
  }
  return hash >>> 0;
}

function avalanche(word: number): number {
  // Without the addition a hash of 0 would stay 0 for ever.
  let hash = (word + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
