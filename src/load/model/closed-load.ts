import { LIMITS } from '../plan/limits.ts';
import type { LoadModel } from './load-model.ts';
import { checkStages, highestLevel, type Stage, stagesText } from './stages.ts';

/** Users each wait for an answer before they send again. */
export interface ClosedLoad {
  readonly model: 'closed';
  /** Levels are users. */
  readonly stages: readonly Stage[];
}

/** What it is to those who make load. */
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

/** @param duration ms */
export function steadyUsers(users: number, duration: number): ClosedLoad {
  return { model: 'closed', stages: [{ name: 'steady', from: users, to: users, duration }] };
}
