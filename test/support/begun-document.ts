import type { ResolvedPlan } from '../../src/load/plan/plan.ts';
import { newDocument } from '../../src/runner/new-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';

/** The document of a run of the plan that has just begun. */
export function begunDocument(plan: ResolvedPlan): RunDocument {
  return newDocument({
    cwd: '/work',
    folder: '/srv/.tailflame/runs/2026-01-01-000000-0000',
    plan,
    preflight: { status: 200, ms: 5 },
    target: null,
    targetStart: null,
    origin: { monotonicMs: 0, unixMs: 0 },
    permission: { listener: null, carrier: null },
    addresses: {},
    protocol: 'http/1.1',
  });
}
