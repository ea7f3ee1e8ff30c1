import type { PhaseSpan } from '../../runs/run-document.ts';
import { LevelCurve } from '../arrivals/level-curve.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { requestsPerIteration } from './run-figures.ts';

/** How many requests a plan's load asks for between two moments of a run. */
export class AskedLoad {
  readonly #load: ResolvedPlan['load'];
  readonly #curve: LevelCurve | null;
  readonly #perIteration: number;

  constructor(plan: ResolvedPlan) {
    this.#load = plan.load;
    this.#curve = plan.load.model === 'open' ? new LevelCurve(plan.load.stages) : null;
    this.#perIteration = requestsPerIteration(plan);
  }

  /** Null in a closed load, which asks for none. @param from run time, ms; as `to` @param phases the load was sent in */
  within(phases: readonly PhaseSpan[], from: number, to: number): number | null {
    if (this.#load.model === 'closed') return null;
    const iterations = phases.reduce((sum, { phase, start, end }) => {
      const [first, last] = [Math.max(from, start) - start, Math.min(to, end) - start];
      if (last <= first) return sum;
      return (
        sum + (phase === 'measured' || phase === 'profiled' ? this.#shaped(first, last) : this.#steady(last - first))
      );
    }, 0);
    return iterations * this.#perIteration;
  }

  /** Before and between the shaped phases the load stays at the level it begins with. @param length ms */
  #steady(length: number): number {
    return ((this.#curve?.levelAt(0) ?? 0) * length) / 1000;
  }

  /** @param from ms from the phase's start */
  #shaped(from: number, to: number): number {
    if (this.#curve !== null) return this.#curve.area(to) - this.#curve.area(from);
    if (this.#load.model !== 'replay') return 0;
    return countBefore(this.#load.times, to) - countBefore(this.#load.times, from);
  }
}

/** @param times ascending */
function countBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
