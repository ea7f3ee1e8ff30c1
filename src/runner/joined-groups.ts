import { GroupNames } from '../runs/group-names.ts';
import { REQUEST_OFFSET, REQUEST_WIDTH } from '../runs/request-table.ts';

/** Makes one numbering of the groups that several generators each number as they meet them. */
export class JoinedGroups {
  readonly #names = new GroupNames();
  /** By generator and its own number: the run's. */
  readonly #numbers: number[][] = [];

  /** A generator has met a group. @returns the run's next group where it is new to the run; else null */
  learn(generator: number, index: number, name: string): string | null {
    const before = this.#names.names.length;
    const joined = this.#names.indexOf(name);
    this.#numbers[generator] ??= [];
    this.#numbers[generator][index] = joined;
    return joined === before ? this.#names.names[joined]! : null;
  }

  /** Gives a generator's rows the run's numbers, in place. */
  renumber(rows: Float64Array, generator: number): void {
    const numbers = this.#numbers[generator];
    if (numbers === undefined) return;
    for (let at = REQUEST_OFFSET.group; at < rows.length; at += REQUEST_WIDTH) {
      const index = rows[at]!;
      if (!Number.isNaN(index)) rows[at] = numbers[index]!;
    }
  }
}
