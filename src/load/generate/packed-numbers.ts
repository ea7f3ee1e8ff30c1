const INITIAL_ROWS = 1024;

/** Rows of as many numbers each, one after the other, in memory that grows. */
export class PackedNumbers {
  readonly #width: number;
  #numbers: Float64Array;
  #used = 0;

  /** @param width numbers a row */
  constructor(width: number) {
    this.#width = width;
    this.#numbers = new Float64Array(INITIAL_ROWS * width);
  }

  /** Where the next row is to be written, all of it, in {@link numbers}, which may be others after the call. */
  begin(): number {
    const from = this.#used;
    if (from + this.#width > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#used += this.#width;
    return from;
  }

  get numbers(): Float64Array {
    return this.#numbers;
  }

  /** The rows since the last call; empty when there are none. */
  take(): Float64Array {
    const taken = this.#numbers.slice(0, this.#used);
    this.#used = 0;
    return taken;
  }
}
