import { type Correlation, correlate } from '../correlate/findings.ts';
import { parseObjective } from '../load/measure/objective.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame, shortPath } from '../profile/user-code.ts';
import { latencyAt, outcomeAt, type Phase, phaseAt, type RequestTable } from '../runs/request-table.ts';
import type { PhaseSpan, RunDocument } from '../runs/run-document.ts';

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

/** Ms: the lowest limit the plan sets on a percentile or the maximum; null where it sets none. */
export function objectiveLimit({ objectives }: Pick<ResolvedPlan, 'objectives'>): number | null {
  const limits = objectives
    .map(({ objective }) => parseObjective(objective))
    .filter(
      ({ metric, statistic, selector, operator }) =>
        metric === 'latency' &&
        (statistic === 'p' || statistic === 'max') &&
        Object.keys(selector).length === 0 &&
        operator.startsWith('<'),
    )
    .map(({ limit }) => limit);
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Joins a run's profile with the requests of its profiled phase. `cwd`: what paths are named relative to. */
export function findSlowLines(
  profile: Profile,
  clockErrorMs: number,
  table: RequestTable,
  phases: readonly PhaseSpan[],
  plan: ResolvedPlan,
  cwd: string,
): Correlation {
  const phase = phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const limit = objectiveLimit(plan);
  return correlate({
    profile,
    requests: answeredRequests(table, 'profiled'),
    phase,
    isUserCode: isUserFrame,
    seed: plan.seed,
    clockErrorMs,
    describeFile: (file) => shortPath(file, cwd),
    ...(limit === null ? {} : { objectiveLimit: limit }),
  });
}

/** What a run's document says of its profile. */
export function withFindings(document: RunDocument, correlation: Correlation, disturbed: string | null): RunDocument {
  if (disturbed !== null) return { ...document, findings: [], findingsNote: disturbed };
  return { ...document, findings: correlation.findings, findingsNote: correlation.note };
}
