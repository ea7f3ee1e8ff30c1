import { steadyUsers } from '../../../src/load/model/closed-load.ts';
import type { Load } from '../../../src/load/model/load-model.ts';
import { steadyRate } from '../../../src/load/model/open-load.ts';

/** A load that planted servers are measured under. */
export interface Cell {
  readonly name: string;
  readonly load: Load;
  /** Asked for, requests a second; null in a closed loop. */
  readonly rate: number | null;
  /** Of the unprofiled stretch and of the profiled one, each, ms. */
  readonly duration: number;
}

const SECONDS = 9;
/** 30 requests a second need this long for 20 of them to be the slowest 5 %, with room. */
const SECONDS_AT_30 = 16;

export const CELLS: readonly Cell[] = [
  ...[1, 4, 16].map((users) => ({
    name: `${users}u`,
    load: steadyUsers(users, SECONDS * 1000),
    rate: null,
    duration: SECONDS * 1000,
  })),
  ...[30, 100, 300].map((rate) => {
    const duration = (rate === 30 ? SECONDS_AT_30 : SECONDS) * 1000;
    return { name: String(rate), load: steadyRate(rate, duration), rate, duration };
  }),
];
