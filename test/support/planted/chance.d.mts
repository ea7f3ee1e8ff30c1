export function isSlow(number: number, share: number): boolean;
/** In [0, 1), by number and seed. */
export function uniform(number: number, seed?: number): number;
