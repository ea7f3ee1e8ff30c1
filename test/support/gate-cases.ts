import type { GateDocument } from '../../src/find/gate-document.ts';

/** What a gate is right to say of a case: written down before anything was measured. */
export interface GateCaseFacts {
  readonly runs: number;
  /** What the candidate does besides: test/bench/slower.cjs. Times are in mean times of an answer to one user at a time. */
  readonly candidate: { readonly times?: number; readonly every?: number; readonly first?: number };
  /** Somebody burns a core for half of the time. */
  readonly neighbour: boolean;
  /** It is held against figures of another machine. */
  readonly elsewhere: boolean;
  readonly what: string;
  readonly right: readonly GateDocument['status'][];
  readonly wrong: readonly GateDocument['status'][];
}

const ALONE = { candidate: {}, neighbour: false, elsewhere: false } as const;

/**
 * The median grows by a quarter with 0.114 of a mean time more of computing, since each waits for those before it as well (0.57 ms of
 * 5.0 ms; five runs beside the same build: 0.5 ms made 19 % of it, 0.7 ms 40 %). A third of the slow path's time, one answer in 32.
 */
export const GATE_CASES = {
  equal: { ...ALONE, runs: 40, what: 'the same build', right: ['passed'], wrong: ['failed'] },
  median: {
    ...ALONE,
    runs: 20,
    candidate: { times: 0.114 },
    what: '25 % more at the median',
    right: ['failed'],
    wrong: ['passed'],
  },
  tail: {
    ...ALONE,
    runs: 20,
    candidate: { times: 1.62, every: 32 },
    what: '30 % more at the p99 alone',
    right: ['failed'],
    wrong: ['passed'],
  },
  neighbour: {
    ...ALONE,
    runs: 10,
    neighbour: true,
    what: 'the same build, beside somebody who burns a core for half of the time',
    right: ['passed', 'inconclusive', 'void'],
    wrong: ['failed'],
  },
  warming: {
    ...ALONE,
    runs: 10,
    candidate: { times: 4, first: 200 },
    what: 'the same build, freshly started, slow in its first 200 answers',
    right: ['passed', 'inconclusive'],
    wrong: ['failed'],
  },
  elsewhere: {
    ...ALONE,
    runs: 10,
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
  /** Requests a second. */
  readonly rate: number;
  readonly document: GateDocument;
  readonly pairs: readonly KeptPair[];
}
