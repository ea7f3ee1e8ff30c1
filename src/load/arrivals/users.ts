import type { LevelCurve } from './level-curve.ts';

/** How many users are to be at work at `t`, ms from the start of the phase: the level of a closed load, rounded. */
export function usersAt(curve: LevelCurve, t: number): number {
  return Math.round(curve.levelAt(t));
}

/** How many of the users 1 … `users` are generator `generator`'s (from 0): user u belongs to generator (u − 1) mod `generators`. */
export function usersOf(users: number, generator: number, generators: number): number {
  return Math.max(0, Math.ceil((users - generator) / generators));
}

/** The number, from 1, of a generator's `own`th user, from 0. */
export function userNumber(own: number, generator: number, generators: number): number {
  return own * generators + generator + 1;
}
