/** Draws from the standard normal distribution, by Box and Muller, of numbers drawn evenly from 0 to 1. */
export function normalFrom(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
