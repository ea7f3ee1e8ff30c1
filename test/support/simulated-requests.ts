import { seededRandom } from '../../src/load/arrivals/random.ts';
import { OUTCOMES, type Outcome } from '../../src/runs/request-table.ts';
import { normalFrom } from './normal.ts';

export interface SimulatedRequest {
  readonly outcome: Outcome;
  readonly intended: number;
  /** NaN where it was never sent. */
  readonly end: number;
}

/** Poisson arrivals of `rate` a second for `duration` ms from `start`, answered after log-normal times about `medianAt(time)`; some fail. */
export function simulatedRequests(
  seed: number,
  { start, duration, rate }: { readonly start: number; readonly duration: number; readonly rate: number },
  medianAt: (time: number) => number,
): SimulatedRequest[] {
  const random = seededRandom(seed);
  const normal = normalFrom(random);
  const requests: SimulatedRequest[] = [];
  for (let intended = start; ; ) {
    intended -= (Math.log(1 - random()) * 1000) / rate;
    if (intended >= start + duration) return requests;
    const end = intended + medianAt(intended) * Math.exp(0.5 * normal());
    const chance = random();
    if (chance < 0.02) requests.push({ outcome: 'status', intended, end });
    else if (chance < 0.03) requests.push({ outcome: 'dropped', intended, end: Number.NaN });
    else if (chance < 0.04) requests.push({ outcome: 'template', intended, end: Number.NaN });
    else if (chance < 0.05) requests.push({ outcome: 'interrupted', intended, end });
    else requests.push({ outcome: 'ok', intended, end });
  }
}

export function codeOf(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}
