import { type Correlation, correlate } from '../correlate/findings.ts';
import { parseObjective } from '../load/objective.ts';
import { percentileInterval } from '../load/percentile.ts';
import type { ResolvedPlan } from '../load/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame, shortPath } from '../profile/user-code.ts';
import { latencyAt, outcomeAt, type Phase, phaseAt, type RequestTable } from '../runs/request-table.ts';
import type { PhaseSpan, RunDocument } from '../runs/run-document.ts';

/** A profiler that makes the median this much longer has changed what it watches. */
const MAX_DISTURBANCE = 0.5;

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
    .map(parseObjective)
    .filter(({ metric, operator }) => (metric === 'p' || metric === 'max') && operator.startsWith('<'))
    .map(({ limit }) => limit);
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Joins a run's profile with its requests. `cwd`: what paths are named relative to. */
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

/**
 * Why findings cannot be trusted: the profiled median lies above the unprofiled one by more than chance (their 95 % intervals do not
 * meet) and by more than {@link MAX_DISTURBANCE}. Null where they can.
 */
export function disturbance(table: RequestTable): string | null {
  const [plain, profiled] = (['measured', 'profiled'] as const).map((phase) =>
    percentileInterval(answeredRequests(table, phase).latency.sort(), 0.5),
  );
  if (!plain || !profiled) return null;
  const before = (plain[0] + plain[1]) / 2;
  const after = (profiled[0] + profiled[1]) / 2;
  const beyondChance = profiled[0] > plain[1] || profiled[1] < plain[0];
  if (!beyondChance || Math.abs(after - before) <= MAX_DISTURBANCE * before) return null;
  return (
    `Findings are withheld: the profiled stretch was another load than the unprofiled one, its p50 was ${after.toFixed(1)} ms ` +
    `against ${before.toFixed(1)} ms. A lower rate disturbs less.`
  );
}

/** What a run's document says of its profile. */
export function withFindings(document: RunDocument, correlation: Correlation, disturbed: string | null): RunDocument {
  if (disturbed !== null) return { ...document, findings: [], findingsNote: disturbed };
  return { ...document, findings: correlation.findings, findingsNote: correlation.note };
}
