import { PATIENCE } from './settings.mjs';

/** Nothing became free in time. */
export class Busy extends Error {
  constructor(what) {
    super(`No ${what} became free within ${PATIENCE} ms.`);
  }
}

/** So many of something, such as database connections. Who comes when all are taken waits in line, and not for ever. */
export class Pool {
  #what;
  #free;
  /** In the order they came; a set, because those who give up leave from the middle. */
  #waiting = new Set();

  constructor(what, places) {
    this.#what = what;
    this.#free = places;
  }

  get waiting() {
    return this.#waiting.size;
  }

  /** Resolves to what gives the place back; rejects with {@link Busy}. */
  take() {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(this.#place());
    }
    return new Promise((resolve, reject) => {
      const waiter = { resolve, timer: null };
      waiter.timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(new Busy(this.#what));
      }, PATIENCE);
      this.#waiting.add(waiter);
    });
  }

  /** Does `work` in a place of its own. */
  async with(work) {
    const giveBack = await this.take();
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  #place() {
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#free++;
        return;
      }
      this.#waiting.delete(next);
      clearTimeout(next.timer);
      next.resolve(this.#place());
    };
  }
}
