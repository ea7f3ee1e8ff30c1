import os from 'node:os';
import { type Correlation, correlate } from '../correlate/findings.ts';
import { oversubscription } from '../correlate/oversubscription.ts';
import { rankFindings, resourceFindings, sampled } from '../correlate/ranking.ts';
import { slowIntervals, type Wait } from '../correlate/slow-intervals.ts';
import { parseObjective } from '../load/measure/objective.ts';
import { hasStreams, type ResolvedPlan } from '../load/plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame, shortPath } from '../profile/user-code.ts';
import { latencyAt, outcomeAt, type Phase, phaseAt, type RequestTable } from '../runs/request-table.ts';
import type { Finding, PhaseSpan, RunDocument } from '../runs/run-document.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import type { SourceLines } from './source-lines.ts';

/** The answered requests of a phase by column, ms on the run's clock: from when they were sent, with their latency. */
export function answeredRequests(
  table: RequestTable,
  phase: Phase,
): { start: Float64Array; end: Float64Array; latency: Float64Array } {
  const rows = [...table.phase.keys()].filter((row) => phaseAt(table, row) === phase && outcomeAt(table, row) === 'ok');
  return {
    start: Float64Array.from(rows, (row) => table.sent[row]!),
    end: Float64Array.from(rows, (row) => table.end[row]!),
    latency: Float64Array.from(rows, (row) => latencyAt(table, row)),
  };
}

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
  readonly series: readonly NamedSeries[];
  readonly source: SourceLines;
}

export interface SlowLines {
  readonly correlation: Correlation;
  /** Beside what stands out in the samples: native threads that are too many for the cores. */
  readonly threads: Finding | null;
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
}: ProfiledRun): SlowLines {
  const phase = phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const what = hasStreams(plan) ? 'ttft' : 'latency';
  const limit = objectiveLimit(plan, what);
  const correlation = correlate({
    profile,
    requests: slowIntervals(table, [], what),
    what,
    closed: plan.load.model === 'closed',
    phase,
    isUserCode: isUserFrame,
    seed: plan.seed,
    clockErrorMs,
    describeFile: (file) => shortPath(file, cwd),
    sourceLine: (file, line) => source.at(file, line),
    ...(limit === null ? {} : { objectiveLimit: limit }),
  });
  return { correlation, threads: oversubscription({ profile, series, phase, cores: os.availableParallelism() }) };
}

/** What a run's document says of its profile, and of resources that were short. */
export function withFindings(document: RunDocument, found: SlowLines, disturbed: string | null): RunDocument {
  const resources = resourceFindings(document.resources ?? []);
  if (disturbed !== null) return { ...document, findings: rankFindings(resources), findingsNote: disturbed };
  const { correlation, threads } = found;
  const { findings, note, load } = correlation;
  return {
    ...document,
    findings: rankFindings([...sampled(threads === null ? findings : [...findings, threads]), ...resources]),
    findingsNote: note,
    ...(load === null ? {} : { findingsLoad: { ...load } }),
  };
}
