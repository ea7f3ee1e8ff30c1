/** Gives all that comes of one read of a socket one time: that of the first asking, until the event loop goes on. */
export class ReadMoment {
  readonly #now: () => number;
  readonly #pass = (): void => {
    this.#at = NaN;
  };
  #at = NaN;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Ms. */
  now(): number {
    if (Number.isNaN(this.#at)) {
      this.#at = this.#now();
      // Microtasks run when Node is done with a read, and before the next.
      queueMicrotask(this.#pass);
    }
    return this.#at;
  }
}
