import os from 'node:os';
import { correlateAttributed } from '../../correlate/attributed/attributed.ts';
import { type Told, toldOf } from '../../correlate/attributed/owners.ts';
import { type Correlation, correlate } from '../../correlate/findings.ts';
import { type GpuIdle, gpuIdleFinding } from '../../correlate/gpu-idle.ts';
import { oversubscription } from '../../correlate/oversubscription.ts';
import { rankFindings, resourceFindings, sourced } from '../../correlate/ranking.ts';
import { failedWaits, slowIntervals, type Wait } from '../../correlate/slow-intervals.ts';
import { chooseTail } from '../../correlate/tail.ts';
import { waitEvidence } from '../../correlate/waits/wait-evidence.ts';
import { parseObjective } from '../../load/measure/objective.ts';
import { modelOf } from '../../load/model/load-model.ts';
import type { ResolvedPlan } from '../../load/plan/plan.ts';
import { hasStreams } from '../../load/plan/plan-steps.ts';
import type { Profile } from '../../profile/profile.ts';
import { isUserFrame, shortPath } from '../../profile/user-code.ts';
import type { Attribution } from '../../runs/attribution.ts';
import type { Look } from '../../runs/look.ts';
import type { RequestTable } from '../../runs/request-table.ts';
import type { Finding, PhaseSpan, RunDocument } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import type { SourceLines } from './source-lines.ts';

/** Ms: the lowest limit the plan sets on a percentile or the maximum of what is waited for; null where it sets none. */
export function objectiveLimit(
  { objectives }: Pick<ResolvedPlan, 'objectives'>,
  what: Wait = 'latency',
): number | null {
  const limits = objectives
    .map(({ objective }) => parseObjective(objective))
    .filter(
      ({ metric, statistic, selector, operator }) =>
        metric === what &&
        (statistic === 'p' || statistic === 'max') &&
        Object.keys(selector).length === 0 &&
        operator.startsWith('<'),
    )
    .map(({ limit }) => limit);
  return limits.length > 0 ? Math.min(...limits) : null;
}

export interface ProfiledRun {
  readonly profile: Profile;
  readonly clockErrorMs: number;
  /** Requests of the profiled phase. */
  readonly table: RequestTable;
  readonly phases: readonly PhaseSpan[];
  readonly plan: ResolvedPlan;
  /** What paths are named relative to. */
  readonly cwd: string;
  /** What was told of the target. */
  readonly series: readonly LabelledSeries[];
  readonly source: SourceLines;
  /** At the target while requests were late. */
  readonly looks: readonly Look[];
  /** What the service told of whom it worked for; null: nothing. */
  readonly attribution: Attribution | null;
}

export interface SlowLines {
  readonly correlation: Correlation;
  /** Beside what stands out in the samples: native threads that are too many for the cores. */
  readonly threads: Finding | null;
  /** What ran while the GPU was idle. */
  readonly idleGpu: GpuIdle;
  /** What the service told of; null where it told nothing. */
  readonly attributed: Told | null;
  /** What of requests findings are of. */
  readonly what: Wait;
  /** Requests that failed, which are neither slow nor beside slow ones. */
  readonly failed: number;
}

/** Joins a run's profile with what was waited for in its profiled phase: first tokens where the plan streams, else whole answers. */
export function findSlowLines({
  profile,
  clockErrorMs,
  table,
  phases,
  plan,
  cwd,
  series,
  source,
  looks,
  attribution,
}: ProfiledRun): SlowLines {
  const phase = phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const what = hasStreams(plan) ? 'ttft' : 'latency';
  const limit = objectiveLimit(plan, what);
  const requests = slowIntervals(table, [], what);
  const describeFile = (file: string): string => shortPath(file, cwd);
  const input = {
    profile,
    requests,
    what,
    closed: modelOf(plan.load).closed,
    phase,
    isUserCode: isUserFrame,
    seed: plan.seed,
    clockErrorMs,
    describeFile,
    sourceLine: (file: string, line: number) => source.at(file, line),
    ...(limit === null ? {} : { objectiveLimit: limit }),
  } as const;
  // What a service tells is of whole requests, not of the part of one.
  const found =
    attribution !== null && what === 'latency'
      ? correlateAttributed(input, attribution, requests.request)
      : correlate(input);
  const { mask } = chooseTail(requests, limit ?? undefined);
  const slow = [...mask.keys()].flatMap((row) =>
    mask[row] === 1 ? [{ start: requests.start[row]!, end: requests.end[row]! }] : [],
  );
  const evidence = waitEvidence(looks, slow, { isUserCode: isUserFrame, describeFile });
  const findings = found.findings.map((finding) =>
    finding.kind === 'waited' ? { ...finding, evidence: [...(finding.evidence ?? []), ...evidence] } : finding,
  );
  const cores = os.availableParallelism();
  const threads = oversubscription({ profile, series, phase, cores });
  const idleGpu = gpuIdleFinding(input, series);
  const attributed = attribution === null ? null : toldOf(attribution, requests.request, profile.threads);
  const failed = failedWaits(table);
  return { correlation: { ...found, findings }, threads, idleGpu, attributed, what, failed };
}

/** What a run's document says of its profile, and of resources that were short. */
export function withFindings(document: RunDocument, found: SlowLines, disturbed: string | null): RunDocument {
  const resources = resourceFindings(document.resources ?? []);
  if (disturbed !== null) return { ...document, findings: rankFindings(resources), findingsNote: disturbed };
  const { correlation, threads, idleGpu, failed } = found;
  const { note, load } = correlation;
  const findings = rankFindings([
    ...sourced('samples', correlation.findings),
    ...sourced('threads', threads === null ? [] : [threads]),
    ...sourced('idle gpu', idleGpu.finding === null ? [] : [idleGpu.finding]),
    ...resources,
  ]);
  const notes = [
    ...(failed === 0 ? [] : [`Left out of findings, as neither slow nor in flight: requests that failed (${failed}).`]),
    ...(idleGpu.note === null ? [] : [idleGpu.note]),
  ];
  return {
    ...document,
    findings,
    findingsNote: note,
    notes: [...document.notes, ...notes],
    ...(load === null ? {} : { findingsLoad: { ...load } }),
  };
}
