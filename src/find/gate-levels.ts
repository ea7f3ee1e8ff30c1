import { type Block, clusteringOf } from '../load/measure/clustering.ts';
import { MeasuredRows } from '../load/measure/measured-rows.ts';
import { shareInterval } from '../load/measure/share-interval.ts';
import type { ObjectivePlan } from '../load/plan/plan.ts';
import { measuredSpan } from '../runs/run-document.ts';
import { badInParts } from '../slo/bad-requests.ts';
import { isLevel, type ServiceLevel, serviceLevelOf } from '../slo/service-level.ts';
import type { GateLevel } from './gate-document.ts';
import type { LookMiss } from './gate-judgement.ts';
import type { MadeRun } from './probe-runner.ts';

/** Of a segment: shorter than the bursts that it may have. */
const PARTS = 4;

interface Tally {
  readonly level: ServiceLevel;
  readonly blocks: Block[];
  segments: number;
}

/** The plan's objectives that let a share of requests be bad, and what of the candidate's were, segment by segment. */
export class GateLevels {
  readonly #objectives: readonly ObjectivePlan[];
  readonly #tallies: readonly Tally[];
  /** Objectives that a gate cannot judge, and why. */
  readonly notJudged: readonly string[];

  constructor(objectives: readonly ObjectivePlan[]) {
    this.#objectives = objectives;
    const told = objectives.map(({ objective }) => serviceLevelOf(objective));
    this.#tallies = told.filter(isLevel).map((level) => ({ level, blocks: [], segments: 0 }));
    this.notJudged = told.flatMap((one) => (isLevel(one) ? [] : [`${one.objective}: ${one.why}`]));
  }

  get count(): number {
    return this.#tallies.length;
  }

  /** A segment of the candidate. */
  add({ document, plan, requests }: Pick<MadeRun, 'document' | 'plan' | 'requests'>): void {
    if (this.count === 0) return;
    const span = measuredSpan(document);
    // Segments have no objectives of their own, and what none is about is not kept.
    const rows = new MeasuredRows({ ...plan, objectives: this.#objectives }, span.start);
    rows.addMeasured(requests);
    for (const tally of this.#tallies) {
      tally.blocks.push(...badInParts(tally.level, rows, span, PARTS));
      tally.segments++;
    }
  }

  /** What is known by now: an exact binomial bound to either side, on as many requests as would say as much if they were independent. */
  judged(miss: LookMiss): GateLevel[] {
    return this.#tallies.map(({ level, blocks, segments }) => judgedLevel(level, blocks, segments, miss));
  }
}

function judgedLevel(
  { objective, budget: allowed }: ServiceLevel,
  blocks: readonly Block[],
  segments: number,
  miss: LookMiss,
): GateLevel {
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const bad = blocks.reduce((sum, block) => sum + block.hits, 0);
  const facts = { objective, segments, count, bad, allowed };
  if (count === 0) return { ...facts, interval: [null, null], status: 'inconclusive' };
  const clustering = clusteringOf(blocks);
  const [low] = shareInterval({ count: bad, of: count }, clustering, 1 - 2 * miss.fail);
  const [, high] = shareInterval({ count: bad, of: count }, clustering, 1 - 2 * miss.pass);
  const status = low > allowed ? 'failed' : high < allowed ? 'passed' : 'inconclusive';
  return { ...facts, interval: [low, high], status };
}
