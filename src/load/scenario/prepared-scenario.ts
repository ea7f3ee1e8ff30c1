import { mixSeed } from '../arrivals/random.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import { type PreparedStep, prepareStep } from './prepared-step.ts';

/** A scenario made ready once, so that walking through it costs little but the requests. */
export interface PreparedScenario {
  readonly name: string;
  readonly steps: readonly PreparedStep[];
}

/** The scenarios of a plan, and which of them an iteration walks through. */
export class ScenarioMix {
  readonly scenarios: readonly PreparedScenario[];
  readonly #seed: number;
  /** Sums of the weights up to and with each scenario, as shares of all. */
  readonly #upTo: readonly number[];

  /** Throws a {@link PlanError} where a file of a body is missing or nothing has any weight. */
  constructor(plan: Plan) {
    let index = 0;
    this.scenarios = plan.scenarios.map(({ name, steps }) => ({
      name,
      steps: steps.map((step) => prepareStep(step, plan.target, index++, plan.seed)),
    }));
    this.#seed = plan.seed;
    const total = plan.scenarios.reduce((sum, { weight }) => sum + weight, 0);
    if (!(total > 0)) throw new PlanError('No scenario has any weight: give at least one of them a weight above 0.');
    let sum = 0;
    this.#upTo = plan.scenarios.map(({ weight }) => {
      sum += weight;
      return sum / total;
    });
  }

  /** By weight; the same for an iteration's index, whichever process runs it. */
  of(iteration: number): PreparedScenario {
    if (this.scenarios.length === 1) return this.scenarios[0]!;
    const drawn = mixSeed(this.#seed, iteration, 1) / 2 ** 32;
    return this.scenarios[this.#upTo.findIndex((share) => drawn < share)] ?? this.scenarios.at(-1)!;
  }
}
