import { ProfileError } from '../profile.ts';

/** Parsed JSON whose shape is checked as it is walked, so that a broken file is answered by where it is broken. */
export class JsonShape {
  readonly #value: unknown;
  /** As a person would write it: `nodes[3].callFrame`. */
  readonly #where: string;

  constructor(value: unknown, where = '') {
    this.#value = value;
    this.#where = where;
  }

  get isArray(): boolean {
    return Array.isArray(this.#value);
  }

  /** Throws a {@link ProfileError} where this is no object. */
  at(key: string): JsonShape {
    if (typeof this.#value !== 'object' || this.#value === null || this.isArray) throw this.#error('an object');
    return new JsonShape((this.#value as Record<string, unknown>)[key], this.#where ? `${this.#where}.${key}` : key);
  }

  has(key: string): boolean {
    return typeof this.#value === 'object' && this.#value !== null && Object.hasOwn(this.#value, key);
  }

  /** Throws a {@link ProfileError} where this is no array. */
  items(): JsonShape[] {
    if (!Array.isArray(this.#value)) throw this.#error('an array');
    return this.#value.map((item: unknown, index) => new JsonShape(item, `${this.#where}[${index}]`));
  }

  /** As {@link items}; empty where there is nothing at all. */
  itemsIfAny(): JsonShape[] {
    return this.#value === undefined || this.#value === null ? [] : this.items();
  }

  number(): number {
    if (typeof this.#value !== 'number' || !Number.isFinite(this.#value)) throw this.#error('a number');
    return this.#value;
  }

  numberOr<T>(otherwise: T): number | T {
    return typeof this.#value === 'number' && Number.isFinite(this.#value) ? this.#value : otherwise;
  }

  numbers(): number[] {
    return this.items().map((item) => item.number());
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.#error('text');
    return this.#value;
  }

  textOr<T>(otherwise: T): string | T {
    return typeof this.#value === 'string' ? this.#value : otherwise;
  }

  get isTrue(): boolean {
    return this.#value === true;
  }

  /** What is wrong here. */
  wrong(problem: string): ProfileError {
    return new ProfileError(`${this.#where || 'The file'} ${problem}.`);
  }

  #error(expected: string): ProfileError {
    return this.wrong(this.#value === undefined ? `is missing; ${expected} was expected` : `is not ${expected}`);
  }
}
