import { correlateAttributed } from '../correlate/attributed.ts';
import { type Correlation, correlate } from '../correlate/findings.ts';
import { withSeenWaits } from '../correlate/seen-waits.ts';
import { chooseTail, intervalsOf } from '../correlate/tail.ts';
import { waitEvidence } from '../correlate/wait-evidence.ts';
import { parseObjective } from '../load/measure/objective.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame, shortPath } from '../profile/user-code.ts';
import type { Attribution } from '../runs/attribution.ts';
import type { Look } from '../runs/look.ts';
import { latencyAt, outcomeAt, type Phase, phaseAt, type RequestTable } from '../runs/request-table.ts';
import type { PhaseSpan, RunDocument } from '../runs/run-document.ts';

/** The answered requests of a phase by column, ms on the run's clock: from when they were sent, with their latency. */
export function answeredRequests(
  table: RequestTable,
  phase: Phase,
): { id: Float64Array; start: Float64Array; end: Float64Array; latency: Float64Array } {
  const rows = [...table.phase.keys()].filter((row) => phaseAt(table, row) === phase && outcomeAt(table, row) === 'ok');
  return {
    id: Float64Array.from(rows, (row) => table.id[row]!),
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

/** What else a run knows of where its target waited. */
export interface SeenBeside {
  readonly looks: readonly Look[];
  /** null: the service told nothing. */
  readonly attribution: Attribution | null;
}

/** What was found, and how many of the requests the service told of; null where it told nothing. */
export type FoundLines = Correlation & { readonly attributed: { readonly count: number; readonly of: number } | null };

/** Joins a run's profile with the requests of its profiled phase. `cwd`: what paths are named relative to. */
export function findSlowLines(
  profile: Profile,
  clockErrorMs: number,
  table: RequestTable,
  phases: readonly PhaseSpan[],
  plan: ResolvedPlan,
  cwd: string,
  { looks, attribution }: SeenBeside,
): FoundLines {
  const phase = phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const limit = objectiveLimit(plan);
  const requests = answeredRequests(table, 'profiled');
  const describeFile = (file: string): string => shortPath(file, cwd);
  const input = {
    profile: withSeenWaits(profile, looks),
    requests,
    phase,
    isUserCode: isUserFrame,
    seed: plan.seed,
    clockErrorMs,
    describeFile,
    ...(limit === null ? {} : { objectiveLimit: limit }),
  };
  const found =
    attribution === null
      ? { ...correlate(input), attributed: null }
      : correlateAttributed(input, attribution, requests.id);
  const tail = chooseTail(
    { ...intervalsOf(requests.start, requests.end), latency: requests.latency },
    limit ?? undefined,
  );
  const slow = [...tail.mask.keys()].flatMap((row) =>
    tail.mask[row] === 1 ? [{ start: requests.start[row]!, end: requests.end[row]! }] : [],
  );
  const evidence = waitEvidence(looks, slow, { isUserCode: isUserFrame, describeFile });
  const findings = found.findings.map((finding) =>
    finding.kind === 'waited' ? { ...finding, evidence: [...(finding.evidence ?? []), ...evidence] } : finding,
  );
  return { ...found, findings };
}

/** What a run's document says of its profile. */
export function withFindings(document: RunDocument, correlation: Correlation, disturbed: string | null): RunDocument {
  if (disturbed !== null) return { ...document, findings: [], findingsNote: disturbed };
  return { ...document, findings: correlation.findings, findingsNote: correlation.note };
}
