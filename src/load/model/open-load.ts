import { arrivalTimes, steadyArrivals } from '../arrivals/arrivals.ts';
import { LevelCurve } from '../arrivals/level-curve.ts';
import { LIMITS, requireWithin } from '../plan/limits.ts';
import type { OpenLoad } from '../plan/plan.ts';
import { checkStages, highestLevel, stagesText } from './levels.ts';
import type { LoadModel } from './load-model.ts';

/** Iterations arrive at a rate. */
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
