import type { DueRequest } from './due-request.ts';

/**
 * The requests under way, in the order they were handed over, which is but for late turns the order in which they became due and time
 * out: one handed over late stands behind others and times out no sooner than they do. A linked list: one that ends leaves it at once,
 * and is not kept in memory by those before it.
 */
export class UnderWay {
  #first: DueRequest | null = null;
  #last: DueRequest | null = null;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get first(): DueRequest | null {
    return this.#first;
  }

  add(request: DueRequest): void {
    request.before = this.#last;
    if (this.#last === null) this.#first = request;
    else this.#last.after = request;
    this.#last = request;
    this.#count++;
  }

  remove(request: DueRequest): void {
    const { before, after } = request;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    request.before = null;
    request.after = null;
    this.#count--;
  }
}
