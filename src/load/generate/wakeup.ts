import { Worker } from 'node:worker_threads';
import { monotonicNow, type RunClock } from '../../runs/clock.ts';

/** A wait shorter than this is passed in turns of the event loop: to sleep and to be woken takes about as long. */
const SPIN_MS = 0.1;
/** Being woken takes about this long. */
const EARLY_MS = 0.05;

const WANTED = 0;
const WOKEN = 1;

/**
 * Calls back at a moment, to a tenth of a ms, without keeping a core busy. Node's own timers count whole ms, and spinning takes a core: so
 * a second thread sleeps in `Atomics.wait`, which is exact, and wakes this one, which meanwhile reads what comes from the sockets.
 */
export class Wakeup {
  readonly #clock: RunClock;
  readonly #toMonotonic: number;
  readonly #signals: Int32Array;
  readonly #times: Float64Array;
  readonly #sleeper: Worker;
  #at = Number.POSITIVE_INFINITY;
  #callback: () => void = () => {};
  #listening = false;
  #closed = false;

  constructor(clock: RunClock) {
    const memory = new SharedArrayBuffer(16);
    this.#clock = clock;
    this.#toMonotonic = monotonicNow() - clock.now();
    this.#signals = new Int32Array(memory, 0, 2);
    this.#times = new Float64Array(memory, 8, 1).fill(Number.POSITIVE_INFINITY);
    this.#sleeper = new Worker(SLEEPER, { eval: true, workerData: memory });
  }

  /** Calls `callback` at `time` (ms on the run's clock), or as soon as it can after. The last call counts. */
  at(time: number, callback: () => void): void {
    this.#at = time;
    this.#callback = callback;
    const wait = time - this.#clock.now();
    if (wait < SPIN_MS) {
      setImmediate(() => this.#look());
      return;
    }
    this.#listen();
    this.#times[0] = time + this.#toMonotonic - EARLY_MS;
    Atomics.add(this.#signals, WANTED, 1);
    Atomics.notify(this.#signals, WANTED);
  }

  close(): void {
    this.#closed = true;
    void this.#sleeper.terminate();
  }

  #look(): void {
    if (this.#closed || this.#at === Number.POSITIVE_INFINITY) return;
    if (this.#clock.now() < this.#at) {
      this.at(this.#at, this.#callback);
      return;
    }
    this.#at = Number.POSITIVE_INFINITY;
    this.#callback();
  }

  #listen(): void {
    if (this.#listening) return;
    const woken = Atomics.waitAsync(this.#signals, WOKEN, Atomics.load(this.#signals, WOKEN));
    if (!woken.async) {
      setImmediate(() => this.#look());
      return;
    }
    this.#listening = true;
    void woken.value.then(() => {
      this.#listening = false;
      this.#look();
    });
  }
}

/** What it sleeps until is read after the count of wishes, so that a wish that comes between the two is not slept through. */
const SLEEPER = `
const { workerData } = require('node:worker_threads');
const signals = new Int32Array(workerData, 0, 2);
const times = new Float64Array(workerData, 8, 1);
for (;;) {
  const wishes = Atomics.load(signals, ${WANTED});
  const wait = times[0] - Number(process.hrtime.bigint()) / 1e6;
  if (wait > 0) Atomics.wait(signals, ${WANTED}, wishes, wait);
  else {
    times[0] = Infinity;
    Atomics.add(signals, ${WOKEN}, 1);
    Atomics.notify(signals, ${WOKEN});
  }
}`;
