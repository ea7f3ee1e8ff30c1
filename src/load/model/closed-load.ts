import { LIMITS } from '../plan/limits.ts';
import type { ClosedLoad } from '../plan/plan.ts';
import { checkStages, highestLevel, stagesText } from './levels.ts';
import type { LoadModel } from './load-model.ts';

/** Users each wait for an answer before they send again. */
export function closedLoad({ stages }: ClosedLoad): LoadModel {
  return {
    closed: true,
    stages,
    firstLevel: stages[0]!.from,
    highestLevel: highestLevel(stages),
    asked: null,
    arrivals: () => null,
    steadyArrivals: () => null,
    check: () => checkStages('--users', stages, { highest: LIMITS.users, each: LIMITS.stageUsers }),
    words: (duration) => stagesText(stages, (users) => `${users} ${users === '1' ? 'user' : 'users'}`, duration),
  };
}
