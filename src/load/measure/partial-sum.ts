/** A sum over answers, each of which may not tell its part. */
export class PartialSum {
  #sum = 0;
  #told = 0;
  #unknown = 0;

  /** @param part NaN unknown */
  add(part: number): void {
    if (Number.isNaN(part)) this.#unknown++;
    else {
      this.#sum += part;
      this.#told++;
    }
  }

  addAll(other: PartialSum): void {
    this.#sum += other.#sum;
    this.#told += other.#told;
    this.#unknown += other.#unknown;
  }

  /** Null of nothing, and unknown where a single part is: a sum of some would pass for one of all. */
  get sum(): number | null {
    return this.#told === 0 || this.#unknown > 0 ? null : this.#sum;
  }

  /** The same, but 0 of nothing. */
  get sumOrZero(): number | null {
    return this.#unknown > 0 ? null : this.#sum;
  }
}
