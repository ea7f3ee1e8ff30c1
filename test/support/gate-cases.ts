import type { GateDocument } from '../../src/find/gate-document.ts';

/** What a gate is right to say of a case: written down before anything was measured. */
export interface GateCaseFacts {
  readonly runs: number;
  /** What the candidate does besides: test/bench/slower.cjs. */
  readonly candidate: Readonly<Record<string, string>>;
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
 * The median of 5.4 ms grows by a quarter with 0.57 ms more of computing, since each waits for those before it as well (five runs beside
 * the same build: 0.5 ms made 19 % of it, 0.7 ms 40 %). A third of the slow path's 27 ms, one answer in 32; 20 ms in the first 200.
 */
export const GATE_CASES = {
  equal: { ...ALONE, runs: 40, what: 'the same build', right: ['passed'], wrong: ['failed'] },
  median: {
    ...ALONE,
    runs: 20,
    candidate: { SLOWER_MS: '0.57' },
    what: '25 % more at the median',
    right: ['failed'],
    wrong: ['passed'],
  },
  tail: {
    ...ALONE,
    runs: 20,
    candidate: { SLOWER_MS: '8.1', SLOWER_EVERY: '32' },
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
    candidate: { SLOWER_MS: '20', SLOWER_FIRST: '200' },
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
  readonly document: GateDocument;
  readonly pairs: readonly KeptPair[];
}
