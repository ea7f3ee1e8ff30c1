/** Numbers, as many as come: 8 bytes each, where an array of a list's would take several times that. */
export class Floats {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  /** What there is so far; a view, good until the next `push`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
