import type { PhaseSpan } from '../../runs/run-document.ts';
import { type LoadModel, modelOf } from '../model/load-model.ts';
import type { ResolvedPlan } from '../plan/plan.ts';

/** How many requests a plan's load asks for; unknown (null) where no rate is asked for, as of users. */
export class AskedLoad {
  readonly #model: LoadModel;
  readonly #perIteration: number;

  constructor(plan: ResolvedPlan) {
    this.#model = modelOf(plan.load);
    this.#perIteration = requestsPerIteration(plan);
  }

  /** The highest rate, requests a second. */
  get peak(): number | null {
    return this.#model.asked === null ? null : this.#model.highestLevel * this.#perIteration;
  }

  /** Requests a second at a moment of a phase that follows the load's shape. @param time ms from the phase's start */
  at(time: number): number | null {
    return this.#model.asked === null ? null : this.#model.asked.rateAt(time) * this.#perIteration;
  }

  /** Requests a second in phases that do not follow the load's shape. */
  get steady(): number | null {
    return this.#model.asked === null ? null : this.#model.firstLevel * this.#perIteration;
  }

  /** The mean between two moments of such a phase, requests a second. @param from ms from the phase's start; as `to` */
  between(from: number, to: number): number | null {
    const { asked } = this.#model;
    if (asked === null) return null;
    if (to <= from) return 0;
    return ((asked.before(to) - asked.before(from)) / (to - from)) * 1000 * this.#perIteration;
  }

  /** Requests between two moments of a run. @param from run time, ms; as `to` @param phases the load was sent in */
  within(phases: readonly PhaseSpan[], from: number, to: number): number | null {
    const { asked, firstLevel } = this.#model;
    if (asked === null) return null;
    const iterations = phases.reduce((sum, { phase, start, end }) => {
      const [first, last] = [Math.max(from, start) - start, Math.min(to, end) - start];
      if (last <= first) return sum;
      const follows = phase === 'measured' || phase === 'profiled';
      return sum + (follows ? asked.before(last) - asked.before(first) : (firstLevel * (last - first)) / 1000);
    }, 0);
    return iterations * this.#perIteration;
  }
}

/** Requests an iteration sends, where all of its steps go well: the mean over the scenarios by their weight. */
export function requestsPerIteration({ scenarios }: Pick<ResolvedPlan, 'scenarios'>): number {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  return scenarios.reduce((sum, { weight, steps }) => sum + weight * steps.length, 0) / total;
}
