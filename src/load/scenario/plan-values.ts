import { hostOf, isThisMachine } from '../http/this-machine.ts';
import type { Plan } from '../plan/plan.ts';
import { Redactor, secretTexts } from '../plan/redaction.ts';
import type { RowSource } from './feeder.ts';
import { rowSources } from './row-sources.ts';
import { StepError } from './step-error.ts';
import { IterationValues } from './values.ts';

export interface PlanValueSources {
  readonly plan: Plan;
  readonly secrets: Readonly<Record<string, string>>;
  /** What the set-up extracted. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Hosts beyond this machine that may be sent load. */
  readonly allowed: readonly string[];
}

/** What the iterations of a plan may use: its rows, its environment, its secrets, and what the set-up extracted. */
export class PlanValues {
  readonly #plan: Plan;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #rows: ReadonlyMap<string, RowSource>;
  /** For what comes before anything is measured. */
  readonly #rehearsalRows: ReadonlyMap<string, RowSource>;
  readonly #ending: readonly RowSource[];
  readonly #allowed: ReadonlySet<string>;
  #known: Readonly<Record<string, unknown>>;

  /** Throws a `PlanError` where a file of rows is missing or wrong. */
  constructor({ plan, secrets, values, allowed }: PlanValueSources) {
    this.#plan = plan;
    this.#secrets = secrets;
    this.#known = values;
    this.#allowed = new Set(allowed.map((name) => name.toLowerCase()));
    const sources = Object.entries(plan.data).map(([name, data]) => [name, rowSources(name, data, plan.seed)] as const);
    this.#rows = new Map(sources.map(([name, { measured }]) => [name, measured]));
    this.#rehearsalRows = new Map(sources.map(([name, { rehearsal }]) => [name, rehearsal]));
    this.#ending = [...this.#rows.values()].filter(({ ends }) => ends);
  }

  /**
   * @param index of the iteration over all generators, from 0 @param user from 1 in a closed load, 0 in an open one
   * @param rehearsal of the preflight or the warm-up, which must not teach the server what is measured then
   */
  of(index: number, user: number, rehearsal: boolean): IterationValues {
    return new IterationValues({
      index,
      user,
      seed: this.#plan.seed,
      environment: this.#plan.environment,
      secrets: this.#secrets,
      feeders: rehearsal ? this.#rehearsalRows : this.#rows,
      known: this.#known,
    });
  }

  /** Whether a feed that is to be used once has no row left for an iteration. */
  endedBefore(index: number): boolean {
    return this.#ending.some((feeder) => feeder.rowAt(index) === null);
  }

  /** Knows the plan's secrets, and what the set-up extracted. */
  redactor(extracted: Readonly<Record<string, unknown>> = this.#known): Redactor {
    return new Redactor(secretTexts(this.#secrets, extracted));
  }

  /** What the set-up extracted, from the next iteration on. */
  learn(values: Readonly<Record<string, unknown>>): void {
    this.#known = values;
  }

  /** Load goes where it was allowed to go when the run began, also where a template says otherwise. Throws a {@link StepError}. */
  requireOrigin(origin: string): void {
    const host = hostOf(new URL(origin));
    if (isThisMachine(host) || this.#allowed.has(host.toLowerCase())) return;
    throw new StepError('template', `${host} is not this machine, and was not allowed with --allow-remote.`);
  }
}
