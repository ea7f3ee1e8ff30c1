import { normals } from '../arrivals/gaps.ts';
import type { Length } from '../plan/plan.ts';

/** A whole number of tokens, 1 or more. @param random uniform numbers in [0, 1) */
export function drawLength(length: Length, random: () => number): number {
  switch (length.shape) {
    case 'fixed':
      return length.tokens;
    case 'uniform':
      return length.least + Math.floor(random() * (length.most - length.least + 1));
    case 'normal':
      return within(length, length.mean + length.deviation * normals(random)());
    case 'lognormal': {
      const variance = Math.log(1 + (length.deviation / length.mean) ** 2);
      return within(length, Math.exp(Math.log(length.mean) - variance / 2 + Math.sqrt(variance) * normals(random)()));
    }
  }
}

function within({ least, most }: { readonly least: number; readonly most: number }, tokens: number): number {
  return Math.min(most, Math.max(least, Math.round(tokens)));
}
