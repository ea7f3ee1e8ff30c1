import { IterationValues, type ValueSources } from '../../src/load/scenario/values.ts';

/** Values of the first iteration of the first user, seed 1, with nothing in them but what is given. */
export function valuesOf(given: Partial<ValueSources> = {}): IterationValues {
  const nothing = { environment: {}, secrets: {}, feeders: new Map(), known: {} };
  return new IterationValues({ index: 0, user: 0, seed: 1, ...nothing, ...given });
}
