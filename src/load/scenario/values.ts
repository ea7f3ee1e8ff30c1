import { mixSeed, seededRandom } from '../arrivals/random.ts';
import type { Row, RowSource } from './feeder.ts';
import { StepError } from './step-error.ts';

/** What an iteration's placeholders are filled from. */
export interface ValueSources {
  /** The iteration's number over all generators, from 0. */
  readonly index: number;
  /** From 1 in a closed load, 0 in an open one. */
  readonly user: number;
  readonly seed: number;
  /** By `${env.NAME}`: the environment over the plan's defaults. */
  readonly environment: Readonly<Record<string, string>>;
  /** By `${secrets.NAME}`: the values themselves. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly feeders: ReadonlyMap<string, RowSource>;
  /** What the set-up extracted. */
  readonly known: Readonly<Record<string, unknown>>;
}

/** The streams of an iteration's random numbers; which scenario it walks through is drawn from another. */
const FIRST_STREAM = 2;
const SECOND_STREAM = 3;

/**
 * What placeholders can name in one iteration. Random numbers and rows depend on the run's seed and the iteration's number alone, so
 * that any number of generators send the same. A name there is no value of throws a {@link StepError} of kind `template`.
 */
export class IterationValues {
  readonly #sources: ValueSources;
  #extracted: Map<string, unknown> | null = null;
  #rows: Map<string, Row> | null = null;
  #first: (() => number) | null = null;
  #second: (() => number) | null = null;

  constructor(sources: ValueSources) {
    this.#sources = sources;
  }

  /** The iteration's number over all generators, from 0. */
  get index(): number {
    return this.#sources.index;
  }

  /** Unique to the iteration over all generators, from 1. */
  get counter(): number {
    return this.#sources.index + 1;
  }

  get user(): number {
    return this.#sources.user;
  }

  /** Keeps what a step extracted, for the steps after it. */
  set(name: string, value: unknown): void {
    this.#extracted ??= new Map();
    this.#extracted.set(name, value);
  }

  /** All that steps of this iteration extracted. */
  get extracted(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#extracted ?? []);
  }

  /** By a name that a step of this iteration or of the set-up extracted. */
  value(name: string): unknown {
    const extracted = this.#extracted?.get(name);
    if (extracted !== undefined) return extracted;
    const { known } = this.#sources;
    if (Object.hasOwn(known, name) && known[name] !== undefined) return known[name];
    throw new StepError('template', `\${${name}}: no step before this one has extracted "${name}".`);
  }

  env(name: string): string {
    const { environment } = this.#sources;
    if (Object.hasOwn(environment, name)) return environment[name]!;
    const remedy = 'Set it, or give it a value under "environment" in the plan.';
    throw new StepError('template', `\${env.${name}}: there is no environment variable ${name}. ${remedy}`);
  }

  secret(name: string): string {
    const { secrets } = this.#sources;
    if (Object.hasOwn(secrets, name)) return secrets[name]!;
    const remedy = 'Name its environment variable under "secrets" in the plan, and set that.';
    throw new StepError('template', `\${secrets.${name}}: there is no secret "${name}". ${remedy}`);
  }

  /** A column of this iteration's row of a feed. */
  column(feed: string, column: string): unknown {
    const row = this.#row(feed, column);
    if (Object.hasOwn(row, column) && row[column] !== undefined) return row[column];
    const known = Object.keys(row).join(', ');
    throw new StepError('template', `\${${feed}.${column}}: the row has no column "${column}". It has: ${known}.`);
  }

  /** Uniform in [0, 1), 32 bits; the next of this iteration's own. */
  random(): number {
    const { seed, index } = this.#sources;
    // One stream has 32 bits of state: among 100,000 iterations two would meet somewhere, and draw the same "unique" values from there.
    this.#first ??= seededRandom(mixSeed(seed, index, FIRST_STREAM));
    this.#second ??= seededRandom(mixSeed(seed, index, SECOND_STREAM));
    const sum = this.#first() + this.#second();
    return sum >= 1 ? sum - 1 : sum;
  }

  /** Kept, because the feeder may have gone on to another pass when a later step asks again. */
  #row(feed: string, column: string): Row {
    const kept = this.#rows?.get(feed);
    if (kept !== undefined) return kept;
    const feeder = this.#sources.feeders.get(feed);
    if (feeder === undefined) {
      throw new StepError('template', `\${${feed}.${column}}: the plan has no data named "${feed}".`);
    }
    const row = feeder.rowAt(this.#sources.index);
    if (row === null) throw new StepError('template', `\${${feed}.${column}}: "${feed}" has no rows left.`);
    this.#rows ??= new Map();
    this.#rows.set(feed, row);
    return row;
  }
}
