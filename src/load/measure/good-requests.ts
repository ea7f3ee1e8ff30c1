import { isAnswered, OK, type RequestTable } from '../../runs/request-table.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { METRICS } from './metric.ts';
import { holds, type Objective, parseObjective } from './objective.ts';
import { isOfRequests, REQUEST_VALUES, type RequestMetric, type RequestValue } from './request-values.ts';
import { isSelected, type Selection, selectionOf } from './selection.ts';

interface RequestLimit {
  readonly objective: Objective;
  readonly value: RequestValue;
  readonly selection: Selection;
}

/** Whether an objective sets a limit that a single request can be held against: an upper one on a percentile or maximum of a time. */
export function limitsRequests({ metric, statistic, operator }: Objective): boolean {
  const isOfAll = statistic === 'p' || statistic === 'med' || statistic === 'max';
  return isOfAll && operator.startsWith('<') && isOfRequests(metric) && REQUEST_VALUES[metric].isWaitedFor;
}

/** Holds each request against the limits that the plan's objectives set to single ones. */
export class GoodRequests {
  readonly #limits: readonly RequestLimit[];
  /** By step. */
  readonly #streams: readonly boolean[];

  /** @param start of the phase, ms of run time */
  constructor(plan: Plan, start: number) {
    this.#limits = plan.objectives
      .map(({ objective }) => parseObjective(objective))
      .filter(limitsRequests)
      .map((objective) => ({
        objective,
        value: REQUEST_VALUES[objective.metric as RequestMetric],
        selection: selectionOf(plan, objective.selector, start),
      }));
    this.#streams = allSteps(plan).map(({ step }) => step.stream !== null);
  }

  /** Whether the plan sets limits at all. */
  get known(): boolean {
    return this.#limits.length > 0;
  }

  /**
   * 1: answered, and within every limit that is meant for it; 0: not; NaN: within all that can be told, but the number of its tokens is
   * unknown. A stream that was cut off is held against those for which it ran long enough. One without two tokens has no time per token
   * to be too long.
   */
  at(table: RequestTable, row: number): number {
    const outcome = table.outcome[row]!;
    if (!isAnswered(outcome)) return 0;
    let unknown = false;
    for (const {
      objective,
      value: { at, ofWhole },
      selection,
    } of this.#limits) {
      const { metric } = objective;
      if (!isSelected(selection, table.step[row]!, table.intended[row]!)) continue;
      if (outcome !== OK && ofWhole) continue;
      if (METRICS[metric].ofStreams && this.#streams[table.step[row]!] !== true) continue;
      const value = at(table, row);
      if (Number.isNaN(value) && metric === 'tpot')
        unknown ||= !((table.details?.outputTokens[row] ?? Number.NaN) <= 1);
      // A stream without content never came to its first token.
      else if (Number.isNaN(value) || !holds(objective, value)) return 0;
    }
    return unknown ? Number.NaN : 1;
  }
}
