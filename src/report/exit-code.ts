import type { FindRateDocument } from '../find/find-rate-document.ts';
import type { GateDocument } from '../find/gate-document.ts';
import type { SweepDocument } from '../find/sweep-document.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type GateChoice, gateOutcome } from './gate-outcome.ts';

// What the command line ends with, as k6 users expect where k6 has a code.
const UNTOLD = 97;
const VOID = 98;
const FAILED = 99;
const INTERRUPTED = 130;

/**
 * 0 passed or measured, 99 failed, 97 inconclusive, 98 void, 130 interrupted.
 * @param stopped whether somebody asked for its end: what a dead generator cut short is void and no more
 */
export function runExitCode({ state, verdict }: RunDocument, stopped: boolean): number {
  if (state === 'interrupted' && (stopped || verdict.status !== 'void')) return INTERRUPTED;
  return { passed: 0, measured: 0, failed: FAILED, inconclusive: UNTOLD, void: VOID }[verdict.status];
}

/** 0 found, 99 none, 97 unresolved, 130 interrupted. */
export function findRateExitCode({ answer, interrupted }: FindRateDocument): number {
  return interrupted ? INTERRUPTED : { found: 0, none: FAILED, unresolved: UNTOLD }[answer];
}

/** 0 measured, 99 where no value holds its objectives, 97 where one was refused, 130 interrupted. */
export function sweepExitCode({ objectives, points, best, interrupted }: SweepDocument): number {
  if (interrupted) return INTERRUPTED;
  if (points.some(({ refused }) => refused !== null)) return UNTOLD;
  return objectives.length > 0 && best === null ? FAILED : 0;
}

/** 0 passed or warned, 99 failed, 97 inconclusive, 98 void, 130 interrupted. */
export function gateExitCode(document: GateDocument, choice: GateChoice): number {
  if (document.interrupted) return INTERRUPTED;
  if (gateOutcome(document, choice) === 'warned') return 0;
  return { passed: 0, failed: FAILED, inconclusive: UNTOLD, void: VOID }[document.status];
}
