import path from 'node:path';
import type { Addresses } from '../load/http/transport.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { firstAddress } from '../load/plan/plan-steps.ts';
import { withoutSecrets } from '../load/plan/redaction.ts';
import type { ClockOrigin } from '../runs/clock.ts';
import type { RunDocument, SearchFacts } from '../runs/run-document.ts';
import { describeEnvironment } from './environment.ts';
import type { Permission } from './permission.ts';
import { runtimeOf } from './profiling/choose-profiler.ts';
import type { TargetProcess } from './target/target-process.ts';

/** What is known of a run before any load was sent. */
export interface RunStart {
  readonly cwd: string;
  readonly folder: string;
  readonly plan: ResolvedPlan;
  readonly preflight: { readonly status: number; readonly ms: number };
  readonly target: TargetProcess | null;
  /** When the target was started, ms since 1970; null unknown. */
  readonly targetStart: number | null;
  readonly origin: ClockOrigin;
  readonly permission: Permission;
  readonly addresses: Addresses;
  readonly protocol: 'http/1.1' | 'h2' | null;
  /** Absent: it stands for itself. */
  readonly search?: SearchFacts | undefined;
}

/** The document of a run that has just begun. */
export function newDocument(start: RunStart): RunDocument {
  const { cwd, folder, plan, preflight, target, targetStart, origin, permission, addresses, protocol, search } = start;
  const written = withoutSecrets(plan);
  const url = firstAddress(written);
  const nothing = {
    count: 0,
    min: null,
    mean: null,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    p999: null,
    max: null,
  };
  return {
    schema: 'tailflame.run/1',
    run: path.relative(cwd, folder) || folder,
    verdict: { status: 'inconclusive', sentence: 'The run has not ended.', reasons: [] },
    load: {
      planned: null,
      dispatched: 0,
      completed: 0,
      failed: 0,
      dropped: 0,
      interrupted: 0,
      rate: { asked: null, got: 0 },
    },
    latency: nothing,
    profiled: null,
    errors: [],
    objectives: [],
    health: { lateness: { p50: null, p99: null }, poolWait: { p50: null, p99: null }, cpu: null },
    streaming: null,
    findings: [],
    findingsNote: null,
    notes: [],
    state: 'running',
    startedAt: new Date(origin.unixMs).toISOString(),
    clock: origin,
    phases: [],
    target: {
      url,
      pid: target?.pid ?? null,
      runtime: target === null ? null : runtimeOf(target),
      preflight: { status: preflight.status, ms: preflight.ms },
      address: plan.target.socket ?? addresses[new URL(url).origin]?.address ?? null,
      carrier: permission.carrier,
      protocol,
      startedAt: targetStart === null ? null : new Date(targetStart).toISOString(),
    },
    profile: null,
    plan: written,
    environment: describeEnvironment(),
    tailflame: TAILFLAME_VERSION,
    ...(search === undefined ? {} : { search }),
  };
}
