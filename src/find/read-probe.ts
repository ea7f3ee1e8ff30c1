import { type Block, clusteringOf, kinQuantile } from '../load/measure/clustering.ts';
import { wholePercent } from '../load/measure/figure.ts';
import { MeasuredRows } from '../load/measure/measured-rows.ts';
import { isValueMetric } from '../load/measure/metric.ts';
import { holds, type Objective, parseObjective } from '../load/measure/objective.ts';
import { plainPercentile, supportFor } from '../load/measure/percentile.ts';
import { highestTold } from '../load/measure/waits.ts';
import { modelOf } from '../load/model/load-model.ts';
import type { ObjectivePlan, ResolvedPlan } from '../load/plan/plan.ts';
import type { RequestTable } from '../runs/request-table.ts';
import { measuredSpan, type RunDocument } from '../runs/run-document.ts';
import { type Growth, growthOf, pilesUp } from './growth.ts';
import type { Reading, Seen } from './reading.ts';

/** Of the measured time; longer than the bursts of a server that is not nearly saturated, and enough to have a variance. */
const BLOCKS = 10;
/** What is quicker than this part of the limit is no kin of a miss, however it varies. */
const NEAR_LIMIT = 0.5;

/** A probe's run, and all of its requests. */
export interface ProbedRun {
  readonly document: RunDocument;
  readonly plan: ResolvedPlan;
  readonly requests: RequestTable;
}

export interface ReadProbe {
  readonly reading: Reading;
  /** Null in a closed loop, where no more are under way than there are users. */
  readonly growth: Growth | null;
  /** Why it says nothing of the server, as a sentence; null where it does. */
  readonly unfit: string | null;
}

/** A generator that rests less than this may be what piles up, long before it is late. */
const BUSY = 0.9;

/** What a run says to a search. @param level that was asked for @param overwhelmed whether it was stopped because too much piled up */
export function readProbe({ document, plan, requests }: ProbedRun, level: number, overwhelmed: boolean): ReadProbe {
  const span = measuredSpan(document);
  const rows = new MeasuredRows(plan, span.start);
  rows.addMeasured(requests);
  const open = !modelOf(plan.load).closed;
  const unfit = whyUnfit(document, plan);
  const growth = open ? growthOf(requests, span.start, span.end) : null;
  const seconds = (span.end - span.start) / 1000;
  const asked = document.load.rate.asked ?? 0;
  const objectives = plan.objectives.map((objective, index) => {
    const told = document.objectives[index]?.ok ?? null;
    return seenOf(objective, told, rows, span);
  });
  return {
    reading: {
      level,
      valid: unfit === null,
      limited: unfit !== null && isAtItsEnd(document, plan),
      overwhelmed,
      pilesUp: growth === null ? (!open && seconds > 0 ? false : null) : pilesUp(growth, asked, seconds),
      objectives,
    },
    growth,
    unfit,
  };
}

/** Cores that a generator uses when its own work is what makes it late, and lateness that voids a run, ms. */
const AT_ITS_END = 0.6;
const LATE = { p50: 1, tail: 10 };

/** Beyond what makes a run void: a search goes to where the generator is at its end, too. */
function whyUnfit({ verdict, health }: RunDocument, { load, generators }: ResolvedPlan): string | null {
  if (verdict.status === 'void') return verdict.sentence;
  const busy = (health.cpu ?? 0) / generators + (health.starved ?? 0);
  if (modelOf(load).closed || busy < BUSY) return null;
  return `Not valid: Tailflame itself was busy or without a core ${wholePercent(Math.min(1, busy))} of the time.`;
}

/** Late for want of a core says something of the machine at that moment; late for its own work, or for want of connections, of itself. */
function isAtItsEnd({ health }: RunDocument, { generators }: ResolvedPlan): boolean {
  const late = (health.lateness.p50 ?? 0) > LATE.p50 || (highestTold(health.lateness)?.ms ?? 0) > LATE.tail;
  return !late || (health.cpu ?? 1) / generators >= AT_ITS_END;
}

function seenOf(
  { objective: text, window }: ObjectivePlan,
  told: boolean | null,
  rows: MeasuredRows,
  span: { readonly start: number; readonly end: number },
): Seen {
  const objective = parseObjective(text);
  const { quantile, metric, operator } = objective;
  const isOfRequests = isValueMetric(metric) && metric !== 'gap';
  if (window !== null || quantile === null || !isOfRequests || !operator.startsWith('<')) return { ok: told };
  const blocks = Array.from({ length: BLOCKS }, (_, index) => {
    const edge = (at: number): number => span.start + ((span.end - span.start) * at) / BLOCKS;
    return blockOf(objective, rows, edge(index), edge(index + 1), span);
  });
  const values = Float64Array.from(blocks.flatMap(({ values: of }) => [...of])).sort();
  const allowed = 1 - quantile;
  const kinAt = plainPercentile(values, kinQuantile(quantile)) ?? Number.POSITIVE_INFINITY;
  const high = Math.max(kinAt, NEAR_LIMIT * objective.limit);
  const kin = blocks.map(({ values: of, lost }): Block => {
    return { count: of.length + lost, hits: of.filter((value) => value >= high).length + lost };
  });
  const missed = blocks.reduce((sum, { missed: of }) => sum + of, 0);
  const count = kin.reduce((sum, block) => sum + block.count, 0);
  return { misses: { count, missed, allowed, clustering: clusteringOf(kin) }, support: supportFor(quantile) };
}

/** Who got no answer missed any limit on it: what failed, what was never sent, what was still under way when the run ended. */
function blockOf(
  objective: Objective,
  rows: MeasuredRows,
  from: number,
  to: number,
  span: { readonly start: number; readonly end: number },
): { values: Float64Array; lost: number; missed: number } {
  const data = rows.dataOf(from, to, span);
  const { failed, dropped, interrupted } = data.counts(objective.selector);
  const values = isValueMetric(objective.metric)
    ? data.values(objective.metric, objective.selector)
    : new Float64Array(0);
  const lost = failed + dropped + interrupted;
  return { values, lost, missed: lost + values.filter((value) => !holds(objective, value)).length };
}
