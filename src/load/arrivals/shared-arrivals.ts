import type { ArrivalTimes } from './arrivals.ts';

/**
 * One generator's part of a schedule that several share: of N generators, generator k (from 0) takes the arrivals k, k + N, k + 2N, …,
 * so that all of them together send just the one schedule. It stands at its first arrival from the beginning; `next` moves it on.
 */
export class SharedArrivals {
  /** Of the arrival it stands at, within the whole schedule, from 0. */
  index: number;
  /** The intended start of that arrival, ms on the run's clock; Infinity once there are no more. */
  time: number;
  readonly #schedule: ArrivalTimes;
  readonly #generators: number;
  /** The times of the others' arrivals between the last one that was passed and this one. */
  readonly #between: number[] = [];

  constructor(schedule: ArrivalTimes, generator: number, generators: number) {
    this.#schedule = schedule;
    this.#generators = generators;
    this.index = generator;
    this.time = this.#skip(generator + 1);
  }

  next(): void {
    if (this.time === Number.POSITIVE_INFINITY) return;
    this.index += this.#generators;
    this.time = this.#skip(this.#generators);
  }

  /** How many arrivals of the whole schedule come before a time, which is no later than the one it stands at. @param time as `time` */
  countBefore(time: number): number {
    return this.index - this.#between.filter((other) => other >= time).length;
  }

  /** The time of the `count`th arrival from here. */
  #skip(count: number): number {
    this.#between.length = 0;
    for (let i = 1; i < count; i++) this.#between.push(this.#schedule());
    return this.#schedule();
  }
}
