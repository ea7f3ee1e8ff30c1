import { figure } from '../measure/figure.ts';
import { LIMITS, type Limit, requireWithin } from '../plan/limits.ts';

/** A stretch of a load in which its level goes from `from` to `to` in a straight line. */
export interface Stage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Ms. */
  readonly duration: number;
}

export function highestLevel(stages: readonly Stage[]): number {
  return stages.reduce((most, { from, to }) => Math.max(most, from, to), 0);
}

/** Throws a `PlanError`. @param option that sets the level on a command line */
export function checkStages(
  option: string,
  stages: readonly Stage[],
  limits: { readonly highest: Limit; readonly each: Limit },
): void {
  requireWithin(option, limits.highest, highestLevel(stages));
  for (const { from, to, duration } of stages) {
    requireWithin(option, limits.each, from);
    requireWithin(option, limits.each, to);
    requireWithin('The length of a stage', LIMITS.stageTime, duration);
  }
}

/** `8 users for 10s`, `up to 200/s in 3 stages, 60s`. @param levelText of a level written out @param duration of all stages, ms */
export function stagesText(stages: readonly Stage[], levelText: (level: string) => string, duration: number): string {
  const level = levelText(figure(highestLevel(stages)));
  const seconds = `${figure(duration / 1000)}s`;
  return stages.length > 1 ? `up to ${level} in ${stages.length} stages, ${seconds}` : `${level} for ${seconds}`;
}
