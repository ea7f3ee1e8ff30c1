/** More are joined two by two. */
export const MOST_BUCKETS = 600;

interface Joinable<B> {
  /** Takes in the bucket after this one. */
  join(next: B): void;
}

/** Buckets of time, each as long as the others, which lose nothing when there would be too many and they are joined two by two. */
export class Buckets<B extends Joinable<B>> {
  /** Run time at which the first bucket begins, ms. */
  readonly start: number;
  #width: number;
  readonly #make: () => B;
  #all: B[] = [];
  readonly #changed = new Set<number>();

  constructor(start: number, width: number, make: () => B) {
    this.start = start;
    this.#width = width;
    this.#make = make;
  }

  /** Ms; only ever doubles. */
  get width(): number {
    return this.#width;
  }

  /** The first first. */
  get all(): readonly B[] {
    return this.#all;
  }

  /** The bucket at that moment of run time (ms), which is about to change; good until the next call. */
  at(time: number): B {
    let index = this.#indexOf(time);
    while (index >= MOST_BUCKETS) {
      this.#join();
      index = this.#indexOf(time);
    }
    while (this.#all.length <= index) this.#changed.add(this.#all.push(this.#make()) - 1);
    this.#changed.add(index);
    return this.#all[index]!;
  }

  /** Makes them as long as those they are to be shown beside. @param width this one's, or doubles of it */
  widen(width: number): void {
    while (this.#width < width) this.#join();
  }

  /** Those that changed since the last call, by their index; all of them where the width is another. */
  takeChanged(): (readonly [index: number, bucket: B])[] {
    const changed = [...this.#changed].sort((a, b) => a - b).map((i) => [i, this.#all[i]!] as const);
    this.#changed.clear();
    return changed;
  }

  #indexOf(time: number): number {
    return Math.max(0, Math.floor((time - this.start) / this.#width));
  }

  #join(): void {
    this.#width *= 2;
    this.#all = this.#all.flatMap((bucket, index, all) => {
      if (index % 2 === 1) return [];
      const next = all[index + 1];
      if (next !== undefined) bucket.join(next);
      return [bucket];
    });
    this.#changed.clear();
    for (const index of this.#all.keys()) this.#changed.add(index);
  }
}
