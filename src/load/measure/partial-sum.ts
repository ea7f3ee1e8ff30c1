/** A sum over answers, each of which may not tell its part. */
export class PartialSum {
  #sum = 0;
  #known = 0;
  #unknown = 0;

  /** @param part NaN unknown */
  add(part: number): void {
    if (Number.isNaN(part)) this.#unknown++;
    else {
      this.#sum += part;
      this.#known++;
    }
  }

  addAll(other: PartialSum): void {
    this.#sum += other.#sum;
    this.#known += other.#known;
    this.#unknown += other.#unknown;
  }

  get isUnknown(): boolean {
    return this.#unknown > 0;
  }

  /** Null of nothing, and unknown where a single part is: a sum of some would pass for one of all. */
  get sum(): number | null {
    return this.#known === 0 || this.#unknown > 0 ? null : this.#sum;
  }
}
