import type { Phase } from '../../runs/request-table.ts';
import { PlanValues } from '../scenario/plan-values.ts';
import { ScenarioMix } from '../scenario/prepared-scenario.ts';
import { Iteration, type IterationHost } from './iteration.ts';
import type { GeneratorData } from './messages.ts';

/** Makes the iterations of one generator: numbered, with their scenario and the values they may use. */
export class IterationFactory {
  readonly #mix: ScenarioMix;
  readonly #values: PlanValues;
  readonly #host: IterationHost;
  readonly #generator: number;
  readonly #generators: number;
  #first: number;
  #count = 0;

  /** Throws a `PlanError` where a file the plan needs is missing or wrong. */
  constructor(data: GeneratorData, host: Omit<IterationHost, 'valuesOf' | 'requireOrigin' | 'thinking'>) {
    const values = new PlanValues(data);
    this.#mix = new ScenarioMix(data.plan);
    this.#values = values;
    this.#generator = data.generator;
    this.#generators = data.generators;
    this.#first = data.generator;
    this.#host = {
      ...host,
      thinking: new Set(),
      valuesOf: ({ index, user, phase }) => values.of(index, user, phase === 'warmup'),
      requireOrigin: (origin) => values.requireOrigin(origin),
    };
  }

  /** The next iteration; null where a feed that is to be used once has no row left. @param user 0 in an open load */
  next(phase: Phase, user: number): Iteration | null {
    const index = this.#first + this.#generators * this.#count++;
    if (this.#values.endedBefore(index)) return null;
    return new Iteration(index, phase, user, this.#mix.of(index), this.#host);
  }

  /** A schedule that all generators share begins, after so many iterations of all of them: together they number its arrivals in order. */
  beginSchedule(before: number): void {
    this.#first = before + this.#generator;
    this.#count = 0;
  }

  /** Gives up every pause between two steps. */
  interrupt(): void {
    for (const iteration of [...this.#host.thinking]) iteration.interrupt();
  }

  /** What the set-up extracted, from the next iteration on. */
  learn(values: Readonly<Record<string, unknown>>): void {
    this.#values.learn(values);
  }
}
