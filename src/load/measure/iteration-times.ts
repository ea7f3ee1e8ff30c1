import { INTERRUPTED, isAnswered, OK, type RequestTable } from '../../runs/request-table.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { Floats } from './floats.ts';

interface Under {
  begun: number;
  ended: number;
  /** Sum of the latencies of its steps so far, ms. */
  sum: number;
  /** Steps that have come. */
  seen: number;
  /** The step it ended with; null as long as that has not come. */
  last: number | null;
  failed: boolean;
}

/** What became of a scenario's iterations. */
export interface IterationCounts {
  started: number;
  completed: number;
  failed: number;
  /** Cut off by the end of the run. */
  unfinished: number;
}

/**
 * Puts the requests of iterations together: how long each took end to end, which is the sum of its steps' latencies and leaves think time
 * out, and which steps a failed one never came to. Requests of one iteration may come in any order: one that streams comes only once its
 * tokens are counted.
 */
export class IterationTimes {
  /** By step: the first step of its scenario, and whether it is the last. */
  readonly #firstOf: readonly number[];
  readonly #isLast: readonly boolean[];
  readonly #under = new Map<number, Under>();
  readonly #scenario = new Floats();
  readonly #begun = new Floats();
  readonly #ended = new Floats();
  readonly #times = new Floats();
  readonly #counts = new Map<number, Omit<IterationCounts, 'unfinished'>>();
  /** By step, how often a failure before it kept it from being sent. */
  readonly prevented: number[];

  constructor(plan: Plan) {
    const steps = allSteps(plan);
    let first = 0;
    this.#firstOf = steps.map(({ scenario }, index) => {
      if (index > 0 && steps[index - 1]!.scenario !== scenario) first = index;
      return first;
    });
    this.#isLast = steps.map(({ scenario }, index) => steps[index + 1]?.scenario !== scenario);
    this.prevented = steps.map(() => 0);
  }

  add(table: RequestTable, row: number): void {
    const step = table.step[row]!;
    const iteration = table.iteration[row]!;
    const first = this.#firstOf[step]!;
    const counts = this.#countsOf(first);
    const under = this.#under.get(iteration) ?? newlyUnder();
    const intended = table.intended[row]!;
    const end = table.end[row]!;
    const outcome = table.outcome[row]!;
    if (step === first) counts.started++;
    under.seen++;
    under.begun = Math.min(under.begun, intended);
    under.ended = Math.max(under.ended, end);
    // One with a stream that was cut off has no time of its own, and is completed all the same.
    under.sum += outcome === OK ? end - intended : Number.NaN;
    if (!isAnswered(outcome)) {
      under.failed = true;
      if (outcome !== INTERRUPTED) {
        counts.failed++;
        for (let next = step; !this.#isLast[next]; next++) this.prevented[next + 1]!++;
      }
    }
    if (this.#isLast[step] || !isAnswered(outcome)) under.last = step;
    if (under.last === null || under.seen <= under.last - first) {
      this.#under.set(iteration, under);
      return;
    }
    this.#under.delete(iteration);
    if (under.failed) return;
    counts.completed++;
    this.#scenario.push(first);
    this.#begun.push(under.begun);
    this.#ended.push(under.ended);
    this.#times.push(under.sum);
  }

  /**
   * Every completed iteration: the first step of its scenario, run times at which it began and ended, and its time end to end, ms; NaN
   * where a stream of it was cut off.
   */
  each(visit: (firstStep: number, begun: number, ended: number, ms: number) => void): void {
    for (let i = 0; i < this.#times.length; i++) {
      visit(this.#scenario.at(i), this.#begun.at(i), this.#ended.at(i), this.#times.at(i));
    }
  }

  /** By the first step of the scenario. Iterations between two steps when the run ended are unfinished. */
  counts(firstStep: number): IterationCounts {
    const { started, completed, failed } = this.#countsOf(firstStep);
    return { started, completed, failed, unfinished: started - completed - failed };
  }

  #countsOf(first: number): Omit<IterationCounts, 'unfinished'> {
    let counts = this.#counts.get(first);
    if (counts === undefined) {
      counts = { started: 0, completed: 0, failed: 0 };
      this.#counts.set(first, counts);
    }
    return counts;
  }
}

function newlyUnder(): Under {
  return { begun: Number.POSITIVE_INFINITY, ended: 0, sum: 0, seen: 0, last: null, failed: false };
}
