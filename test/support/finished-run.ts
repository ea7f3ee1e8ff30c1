import assert from 'node:assert/strict';
import type { Plan } from '../../src/load/plan/plan.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import type { RunRequest } from '../../src/runner/messages.ts';
import { openRequests, openRun } from '../../src/runner/opened/open-run.ts';
import { PHASES, type RequestTable, rowsWhere } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { DIST } from './dist.ts';

export interface FinishedRun {
  readonly folder: string;
  readonly document: RunDocument;
  /** Of every phase, read back from the run's folder. */
  readonly requests: RequestTable;
  readonly measured: RequestTable;
  /** When the load began and its measured phase did, ms on CLOCK_MONOTONIC: what was before is set-up and preflight. */
  readonly began: number;
  readonly measuredFrom: number;
}

export function requestOf(plan: Plan, cwd: string, more: Partial<RunRequest> = {}): RunRequest {
  const nothing = { start: null, ready: null, pid: null, inspect: null, gpu: 'off', allowRemote: [], out: null };
  return { plan, secrets: {}, cwd, profile: 'off', ...nothing, ...more };
}

/** Runs a plan as the command line does. Whatever else a test is about: every planned request is accounted for, in figures and rows. */
export async function runPlan(plan: Plan, cwd: string, more: Partial<RunRequest> = {}): Promise<FinishedRun> {
  const { folder } = await new RunnerClient(DIST, requestOf(plan, cwd, more), () => {}).result;
  return readRun(folder);
}

export async function readRun(folder: string): Promise<FinishedRun> {
  const run = await openRun(folder);
  const requests = await openRequests(run);
  const { document } = run;
  const measured = rowsWhere(requests, (row) => requests.phase[row] === PHASES.indexOf('measured'));
  const { planned, completed, failed, dropped, interrupted } = document.load;
  const sum = completed + failed + dropped + interrupted;
  assert.equal(planned ?? sum, sum, 'planned = completed + failed + dropped + interrupted');
  assert.equal(measured.length, sum, 'one row a request');
  assert.equal(new Set(requests.id).size, requests.length, 'ids are unique');
  const [first] = document.phases;
  const measuredPhase = document.phases.find(({ phase }) => phase === 'measured');
  const { monotonicMs } = document.clock;
  return {
    folder,
    document,
    requests,
    measured,
    began: monotonicMs + (first?.start ?? 0),
    measuredFrom: monotonicMs + (measuredPhase?.start ?? 0),
  };
}
