import type { ObjectivePlan } from '../plan/plan.ts';
import { moment } from './figure.ts';
import { isBrokenBeyondChance, judgeMeasured, mayStillHold, wasText } from './judged-objective.ts';
import { type Objective, parseObjective } from './objective.ts';
import { type DataOf, judgeLastWindow, LOOKING_CONFIDENCE } from './sliding-window.ts';

interface Watched {
  readonly objective: Objective;
  readonly plan: ObjectivePlan;
}

/** Looks at the objectives that end a run while it runs. */
export class AbortWatch {
  readonly #watched: readonly Watched[];
  readonly #start: number;

  /** @param start of the measured phase, run time. Throws a `PlanError` where an objective is none. */
  constructor(objectives: readonly ObjectivePlan[], start: number) {
    this.#watched = objectives
      .filter(({ abort }) => abort)
      .map((plan) => ({ objective: parseObjective(plan.objective), plan }));
    this.#start = start;
  }

  /**
   * The sentence of the first objective that is broken for certain: over the window that ends now, or over all so far where it has
   * none. Too little to tell, nothing answered yet, or a limit that may still be met break nothing.
   * @param now run time up to which everything that ended is known
   */
  look(now: number, dataOf: DataOf): string | null {
    for (const watched of this.#watched) {
      if (now - this.#start < watched.plan.after) continue;
      const sentence =
        watched.plan.window === null ? this.#soFar(watched, now, dataOf) : this.#window(watched, now, dataOf);
      if (sentence !== null) return sentence;
    }
    return null;
  }

  #window({ objective, plan }: Watched, now: number, dataOf: DataOf): string | null {
    const judged = judgeLastWindow(objective, plan.window!, dataOf, { start: this.#start, end: now });
    return judged?.ok === false ? judged.reason : null;
  }

  #soFar({ objective }: Watched, now: number, dataOf: DataOf): string | null {
    const data = dataOf(this.#start, now);
    const { ok, value } = judgeMeasured(objective, data);
    if (ok !== false || value === null || mayStillHold(objective, value)) return null;
    if (!isBrokenBeyondChance(objective, data, LOOKING_CONFIDENCE)) return null;
    return `${objective.text} was broken after ${moment(now - this.#start)}: ${wasText(objective, value)}.`;
  }
}
