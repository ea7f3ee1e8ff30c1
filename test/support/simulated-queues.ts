import { seededRandom } from '../../src/load/arrivals/random.ts';
import type { StepRows } from '../../src/load/measure/cascade.ts';
import { normalFrom } from './normal.ts';

/** Services in a row, each with a pool in front of its work. Times in ms, rates per second. */
export interface Queues {
  readonly seed: number;
  readonly services: readonly Service[];
  /** Iterations due. */
  readonly rate: (time: number) => number;
  readonly duration: number;
  /** Who waits longer for a place has failed. */
  readonly patience: number;
  /** Sigma of the log-normal factor on every piece of work. */
  readonly spread: number;
  /** A factor on a service's work that begins at a time; 1 where nothing is the matter. */
  readonly factor?: (service: number, time: number) => number;
  /** The share of requests that fail whatever else happens. */
  readonly failing?: number;
}

export interface Service {
  readonly work: number;
  /** So many requests are worked on at once; the others in its pool of workers wait. */
  readonly servers: number;
  /** A request has one while it is here; the next service's requests need one for a moment, to ask how it went. */
  readonly workers: number;
  /** Kept from a request's arrival until the iteration's next step is over, as a transaction is that stays open. */
  readonly held: number;
}

/** Requests a second that a service can work off. */
export function capacityOf({ work, servers }: Service): number {
  return (servers / work) * 1000;
}

/** What clients see of the iterations: a row a request, in the order they ended. An iteration ends with the first failure. */
export function simulateQueues(queues: Queues): StepRows {
  const { services, patience, spread } = queues;
  const random = seededRandom(queues.seed);
  const normal = normalFrom(random);
  const time = new Timeline();
  const pools = services.map(({ servers, workers, held }) => ({
    servers: new Pool(servers, patience, time),
    workers: new Pool(workers, patience, time),
    held: new Pool(held, patience, time),
  }));
  const rows: { step: number; intended: number; latency: number; ok: boolean }[] = [];

  /** Takes places one after the other, then goes on; gives back what it has where one is not to be had. */
  const takeAll = (wanted: readonly Pool[], then: (got: boolean) => void): void => {
    const next = (at: number): void => {
      const pool = wanted[at];
      if (pool === undefined) then(true);
      else
        pool.take((got) => {
          if (got) next(at + 1);
          else {
            for (const taken of wanted.slice(0, at)) taken.give();
            then(false);
          }
        });
    };
    next(0);
  };

  const send = (step: number, intended: number): void => {
    const own = pools[step]!;
    const before = pools[step - 1];
    const end = (answered: boolean): void => {
      before?.held.give();
      const ok = answered && random() >= (queues.failing ?? 0);
      rows.push({ step, intended, latency: time.now - intended, ok });
      if (ok && step + 1 < services.length) send(step + 1, time.now);
      else if (answered) own.held.give();
    };
    const work = (): void => {
      own.servers.take((got) => {
        if (!got) {
          for (const pool of [own.workers, own.held]) pool.give();
          end(false);
          return;
        }
        const factor = queues.factor?.(step, time.now) ?? 1;
        time.after(services[step]!.work * factor * Math.exp(spread * normal() - spread ** 2 / 2), () => {
          for (const pool of [own.servers, own.workers]) pool.give();
          end(true);
        });
      });
    };
    takeAll([own.held, own.workers, ...(before === undefined ? [] : [before.workers])], (got) => {
      if (!got) end(false);
      else if (before === undefined) work();
      else
        time.after(1, () => {
          before.workers.give();
          work();
        });
    });
  };

  const arrive = (): void => {
    // Poisson arrivals at a changing rate, by thinning those at a higher one.
    const most = 500;
    time.after((-Math.log(1 - random()) * 1000) / most, () => {
      if (time.now >= queues.duration) return;
      if (random() * most < queues.rate(time.now)) send(0, time.now);
      arrive();
    });
  };
  arrive();
  time.run();
  return {
    step: rows.map(({ step }) => step),
    intended: Float64Array.from(rows, ({ intended }) => intended),
    latency: Float64Array.from(rows, ({ latency }) => latency),
    ok: Uint8Array.from(rows, ({ ok }) => Number(ok)),
  };
}

/** What is due, in order: a binary heap. */
class Timeline {
  now = 0;
  readonly #due: { readonly time: number; readonly run: () => void }[] = [];

  after(ms: number, run: () => void): void {
    const due = this.#due;
    let at = due.push({ time: this.now + ms, run }) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && due[at]!.time < due[parent]!.time; parent = (at - 1) >> 1) {
      this.#swap(at, parent);
      at = parent;
    }
  }

  run(): void {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      this.now = next.time;
      next.run();
    }
  }

  #pop(): { readonly time: number; readonly run: () => void } | undefined {
    const due = this.#due;
    if (due.length < 2) return due.pop();
    this.#swap(0, due.length - 1);
    const first = due.pop();
    for (let at = 0; ; ) {
      const children = [2 * at + 1, 2 * at + 2].filter((child) => child < due.length);
      const least = children.reduce((a, b) => (due[b]!.time < due[a]!.time ? b : a), at);
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#due[a], this.#due[b]] = [this.#due[b]!, this.#due[a]!];
  }
}

class Pool {
  #free: number;
  readonly #patience: number;
  readonly #time: Timeline;
  readonly #waiting = new Set<(got: boolean) => void>();

  constructor(places: number, patience: number, time: Timeline) {
    this.#free = places;
    this.#patience = patience;
    this.#time = time;
  }

  take(then: (got: boolean) => void): void {
    if (this.#free > 0) {
      this.#free--;
      then(true);
      return;
    }
    this.#waiting.add(then);
    this.#time.after(this.#patience, () => {
      if (this.#waiting.delete(then)) then(false);
    });
  }

  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next(true);
  }
}
