import type { ObjectivePlan } from '../plan/plan.ts';
import { moment } from './figure.ts';
import { isBrokenBeyondChance, judgeMeasured, wasText } from './judged-objective.ts';
import { type Objective, parseObjective } from './objective.ts';
import { brokeText, type DataOf, judgeWindow } from './sliding-window.ts';

interface Watched {
  readonly objective: Objective;
  readonly plan: ObjectivePlan;
}

/** Of a look every second at 95 % some would find a limit broken that is not. */
const CONFIDENCE = 0.999;

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
    const span = { start: now - plan.window!, end: now };
    if (span.start < this.#start) return null;
    const data = dataOf(span.start, span.end);
    const judged = judgeWindow(objective, data, span.end - span.start);
    if (judged?.ok !== false) return null;
    if (judged.value !== null && !isBrokenBeyondChance(objective, data, CONFIDENCE)) return null;
    return brokeText(objective, { span, judged }, this.#start);
  }

  #soFar({ objective }: Watched, now: number, dataOf: DataOf): string | null {
    const data = dataOf(this.#start, now);
    const { ok, value } = judgeMeasured(objective, data);
    if (ok !== false || value === null || mayStillHold(objective, value)) return null;
    if (!isBrokenBeyondChance(objective, data, CONFIDENCE)) return null;
    return `${objective.text} was broken after ${moment(now - this.#start)}: ${wasText(objective, value)}.`;
  }
}

/** A number or a maximum only grows and a minimum only falls: a limit it has not come to yet it may still meet. */
function mayStillHold({ statistic, operator, limit }: Objective, value: number): boolean {
  const onlyGrows = statistic === 'count' || statistic === 'max';
  if (!onlyGrows && statistic !== 'min') return false;
  if (operator === '==') return onlyGrows ? value < limit : value > limit;
  return operator.startsWith('>') === onlyGrows;
}
