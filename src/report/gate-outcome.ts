import type { GateDocument, GateFigure } from '../find/gate-document.ts';

/** What a pipeline makes of a gate that could tell nothing. */
export interface GateChoice {
  /** Where it is not sure of either. */
  readonly inconclusive: 'fail' | 'warn';
  /** Where the generator could not be relied on; `retry` is a `fail` once that was done. */
  readonly void: 'fail' | 'warn' | 'retry';
}

/** The pipeline goes on after `passed` and `warned`. `unknown` ends it without anything being held against the candidate. */
export type GateOutcome = 'passed' | 'failed' | 'warned' | 'unknown';

export function gateOutcome({ status, interrupted }: GateDocument, choice: GateChoice): GateOutcome {
  if (interrupted) return 'unknown';
  if (status === 'passed' || status === 'failed') return status;
  return choice[status] === 'warn' ? 'warned' : 'unknown';
}

/** 0 passed or warned, 99 failed, 97 inconclusive, 98 void, 130 interrupted. */
export function gateExitCode(document: GateDocument, choice: GateChoice): number {
  if (document.interrupted) return 130;
  if (gateOutcome(document, choice) === 'warned') return 0;
  return { passed: 0, failed: 99, inconclusive: 97, void: 98 }[document.status];
}

/** A figure as it counts: one that could not be judged is nothing against the candidate. */
export function figureOutcome({ status }: GateFigure): Exclude<GateOutcome, 'warned'> {
  return status === 'inconclusive' ? 'unknown' : status;
}
