import { readFileSync } from 'node:fs';
import { isThisMachine } from '../http/this-machine.ts';
import { type Plan, PlanError } from '../plan/plan.ts';
import { Feeder, parseFeed } from './feeder.ts';
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
  readonly #feeders: ReadonlyMap<string, Feeder>;
  readonly #ending: readonly Feeder[];
  readonly #allowed: ReadonlySet<string>;
  #known: Readonly<Record<string, unknown>>;

  /** Throws a {@link PlanError} where a file of rows is missing or wrong. */
  constructor({ plan, secrets, values, allowed }: PlanValueSources) {
    this.#plan = plan;
    this.#secrets = secrets;
    this.#known = values;
    this.#allowed = new Set(allowed.map((name) => name.toLowerCase()));
    this.#feeders = new Map(
      Object.entries(plan.data).map(([name, feed]) => [
        name,
        new Feeder(parseFeed(readFeed(feed.file), feed.file), feed, plan.seed),
      ]),
    );
    this.#ending = [...this.#feeders.values()].filter((feeder) => feeder.ends);
  }

  /** @param index of the iteration over all generators, from 0 @param user from 1 in a closed load, 0 in an open one */
  of(index: number, user: number): IterationValues {
    return new IterationValues({
      index,
      user,
      seed: this.#plan.seed,
      environment: this.#plan.environment,
      secrets: this.#secrets,
      feeders: this.#feeders,
      known: this.#known,
    });
  }

  /** Whether a feed that is to be used once has no row left for an iteration. */
  endedBefore(index: number): boolean {
    return this.#ending.some((feeder) => feeder.rowAt(index) === null);
  }

  /** What the set-up extracted, from the next iteration on. */
  learn(values: Readonly<Record<string, unknown>>): void {
    this.#known = values;
  }

  /** Load goes where it was allowed to go when the run began, also where a template says otherwise. Throws a {@link StepError}. */
  requireOrigin(origin: string): void {
    const { hostname } = new URL(origin);
    if (isThisMachine(hostname) || this.#allowed.has(hostname.toLowerCase())) return;
    throw new StepError('template', `${hostname} is not this machine, and was not allowed with --allow-remote.`);
  }
}

function readFeed(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PlanError(`${file}: ${missing ? 'there is no such file' : (error as Error).message}.`);
  }
}
