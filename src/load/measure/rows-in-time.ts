import { Floats } from './floats.ts';

/** The numbers of rows in order of a time that each has, for those who ask for a stretch of it again and again while more come. */
export class RowsInTime {
  readonly #time: (row: number) => number;
  readonly #order = new Floats();

  /** @param time of a row, which does not change once it is there */
  constructor(time: (row: number) => number) {
    this.#time = time;
  }

  /** Rows with a time in [from, to), in its order; good until the next call. @param count how many rows there are by now */
  between(count: number, from: number, to: number): Float64Array {
    this.#putInOrder(count);
    const order = this.#order.values;
    const first = this.#lowerBound(order, from);
    return order.subarray(first, this.#lowerBound(order, to));
  }

  /** Only rows that are new: who looks once a second cannot order all of them each time. Most are later than all before. */
  #putInOrder(count: number): void {
    const order = this.#order;
    const time = this.#time;
    const known = order.length;
    const added = Float64Array.from({ length: count - known }, (_, i) => known + i);
    added.sort((a, b) => time(a) - time(b));
    for (const row of added) order.push(row);
    let [before, next] = [known - 1, added.length - 1];
    while (before >= 0 && next >= 0) {
      const later = time(order.at(before)) > time(added[next]!);
      order.set(before + next + 1, later ? order.at(before--) : added[next--]!);
    }
    for (; next >= 0; next--) order.set(next, added[next]!);
  }

  #lowerBound(order: Float64Array, value: number): number {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#time(order[middle]!) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
