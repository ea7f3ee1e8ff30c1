import { arrivalTimes, steadyArrivals } from '../arrivals/arrivals.ts';
import type { Arrivals } from '../arrivals/gaps.ts';
import { LevelCurve } from '../arrivals/level-curve.ts';
import { LIMITS, requireWithin } from '../plan/limits.ts';
import type { LoadModel } from './load-model.ts';
import { checkStages, highestLevel, type Stage, stagesText } from './stages.ts';

/** Iterations arrive at a rate, whatever the server does. */
export interface OpenLoad {
  readonly model: 'open';
  readonly arrivals: Arrivals;
  /** Of gamma arrivals: the shape of the gaps. 1 is Poisson, more is steadier, less comes in bursts. */
  readonly burstiness: number;
  /** Levels are iterations a second. */
  readonly stages: readonly Stage[];
}

/** What it is to those who make load. */
export function openLoad(load: OpenLoad): LoadModel {
  const { stages, arrivals, burstiness } = load;
  const curve = new LevelCurve(stages);
  const firstLevel = stages[0]!.from;
  return {
    closed: false,
    stages,
    firstLevel,
    highestLevel: highestLevel(stages),
    asked: { before: (time) => curve.area(time), rateAt: (time) => curve.levelAt(time) },
    arrivals: (start, seed, phase) => arrivalTimes(load, start, seed, phase),
    steadyArrivals: (start, seed, phase) =>
      firstLevel > 0 ? steadyArrivals(firstLevel, start, arrivals, burstiness, seed, phase) : null,
    check: () => {
      checkStages('--rate', stages, { highest: LIMITS.rate, each: LIMITS.stageRate });
      if (arrivals === 'gamma') requireWithin('--burstiness', LIMITS.burstiness, burstiness);
    },
    words: (duration) =>
      `${stagesText(stages, (rate) => `${rate}/s`, duration)}${arrivals === 'poisson' ? '' : `, ${arrivals} arrivals`}`,
  };
}

/** An even rate, iterations a second. @param duration ms */
export function steadyRate(rate: number, duration: number, arrivals: Arrivals = 'poisson', burstiness = 1): OpenLoad {
  return { model: 'open', arrivals, burstiness, stages: [{ name: 'steady', from: rate, to: rate, duration }] };
}
