import type { GateDocument } from '../find/gate-document.ts';

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
