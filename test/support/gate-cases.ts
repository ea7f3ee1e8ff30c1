import type { GateDocument } from '../../src/find/gate-document.ts';

/**
 * What it is done under: one user at a time, in less time than a gate usually has and in as much, or requests at a rate, which wait for those
 * before them as well.
 */
export const GATE_LOADS = ['users', 'usual', 'rate'] as const;
export type GateLoad = (typeof GATE_LOADS)[number];

/** What a gate is right to say of a case: written down before anything was measured. */
export interface GateCaseFacts {
  readonly runs: Readonly<Record<GateLoad, number>>;
  /** How many copies the candidate classifies besides, and for which answers: test/bench/slower.cjs. */
  readonly candidate: Readonly<Record<GateLoad, number>> & { readonly every?: number; readonly first?: number };
  /** Somebody burns a core for half of the time. */
  readonly neighbour: boolean;
  /** It is held against figures of another machine. */
  readonly elsewhere: boolean;
  readonly what: string;
  readonly right: readonly GateDocument['status'][];
  readonly wrong: readonly GateDocument['status'][];
}

const ALONE = { candidate: { users: 0, usual: 0, rate: 0 }, neighbour: false, elsewhere: false } as const;

/**
 * A copy takes 1.8 % of the median of one user, so that 14 are a quarter of it; at a rate half as many are, since each answer waits for
 * those before it as well (five runs beside the same build, at 120/s: of 5.4 ms 0.5 ms made 19 %, 0.7 ms 40 %). The slow path takes 5.5
 * medians, with one answer in 32, of which 86 copies are 30 % (three gates with 105 of them measured 36 to 38 %, and are not kept).
 */
export const GATE_CASES = {
  equal: {
    ...ALONE,
    runs: { users: 40, usual: 40, rate: 5 },
    what: 'the same build',
    right: ['passed'],
    wrong: ['failed'],
  },
  median: {
    ...ALONE,
    runs: { users: 20, usual: 0, rate: 5 },
    candidate: { users: 14, usual: 14, rate: 7 },
    what: '25 % more at the median',
    right: ['failed'],
    wrong: ['passed'],
  },
  tail: {
    ...ALONE,
    runs: { users: 20, usual: 0, rate: 5 },
    candidate: { users: 86, usual: 86, rate: 86, every: 32 },
    what: '30 % more at the p99 alone',
    right: ['failed'],
    wrong: ['passed'],
  },
  neighbour: {
    ...ALONE,
    runs: { users: 10, usual: 0, rate: 5 },
    neighbour: true,
    what: 'the same build, beside somebody who burns a core for half of the time',
    right: ['passed', 'inconclusive', 'void'],
    wrong: ['failed'],
  },
  warming: {
    ...ALONE,
    runs: { users: 10, usual: 0, rate: 5 },
    candidate: { users: 250, usual: 250, rate: 250, first: 200 },
    what: 'the same build, freshly started, slow in its first 200 answers',
    right: ['passed', 'inconclusive'],
    wrong: ['failed'],
  },
  elsewhere: {
    ...ALONE,
    runs: { users: 10, usual: 0, rate: 5 },
    elsewhere: true,
    what: 'the same build, against figures of another machine',
    right: ['inconclusive'],
    wrong: ['passed', 'failed'],
  },
} as const satisfies Readonly<Record<string, GateCaseFacts>>;
export type GateCase = keyof typeof GATE_CASES;

/** A pair of segments, ms; null unknown. */
export interface KeptPair {
  readonly baseline: { readonly p50: number | null; readonly p99: number | null };
  readonly candidate: { readonly p50: number | null; readonly p99: number | null };
}

/** A gate that was measured, with its pairs. */
export interface KeptGate {
  readonly name: GateCase;
  readonly seed: number;
  readonly load: GateLoad;
  readonly document: GateDocument;
  readonly pairs: readonly KeptPair[];
}
