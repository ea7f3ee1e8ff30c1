import { seededRandom } from '../../src/load/arrivals/random.ts';

/** Requests that came by chance to one queue with a fixed service time. Times in ms, rates a second. */
export interface FixedQueue {
  readonly seed: number;
  readonly rate: number;
  readonly service: number;
  /** Each work on one request. */
  readonly servers?: number;
  readonly duration: number;
  /** More for some of the requests, whatever the load: by the moment of their arrival. */
  readonly delay?: (time: number) => number;
}

/** When each was due and when it was answered: an M/D/c queue. */
export function simulateFixedQueue(queue: FixedQueue): { intended: Float64Array; end: Float64Array } {
  const { seed, rate, service, servers = 1, duration, delay } = queue;
  const random = seededRandom(seed);
  const free = new Array<number>(servers).fill(0);
  const [intended, end]: [number[], number[]] = [[], []];
  for (let time = gap(random, rate), turn = 0; time < duration; time += gap(random, rate), turn++) {
    // With a fixed service time servers come free in the order in which they began.
    const done = Math.max(free[turn % servers]!, time) + service;
    free[turn % servers] = done;
    intended.push(time);
    end.push(done + (delay?.(time) ?? 0));
  }
  return { intended: Float64Array.from(intended), end: Float64Array.from(end) };
}

function gap(random: () => number, rate: number): number {
  return (-Math.log(1 - random()) * 1000) / rate;
}

/**
 * The share of requests that take longer than `limit` in an M/D/1 queue: of those whose wait is longer than the limit less their service.
 * P(W ≤ t) = (1 − ρ) Σ_{k=0}^{⌊t/D⌋} e^{λ(t − kD)} (−λ(t − kD))^k / k! (Erlang 1909; Gross et al., Fundamentals of Queueing Theory, §5.1.5).
 * Its terms alternate and cancel, which doubles bear up to some twenty service times.
 */
export function missesInTheory(rate: number, service: number, limit: number): number {
  const [perMs, wait] = [rate / 1000, limit - service];
  if (wait < 0) return 1;
  if (perMs * service >= 1) return 1;
  let sum = 0;
  for (let k = 0, factorial = 1; k * service <= wait; k++, factorial *= k) {
    const x = perMs * (wait - k * service);
    sum += (Math.exp(x) * (-x) ** k) / factorial;
  }
  return 1 - (1 - perMs * service) * sum;
}

/** The rate at which a share of requests takes longer than `limit` in an M/D/1 queue, requests a second. */
export function edgeInTheory(service: number, limit: number, allowed: number): number {
  let [low, high] = [0, 1000 / service];
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (missesInTheory(middle, service, limit) > allowed) high = middle;
    else low = middle;
  }
  return low;
}
