import type { ObjectiveResult } from '../../runs/run-document.ts';
import type { ObjectivePlan } from '../plan/plan.ts';
import {
  type JudgedObjective,
  judgeMeasured,
  judgeObjective,
  mayStillHold,
  objectiveResult,
} from './judged-objective.ts';
import { type Objective, parseObjective } from './objective.ts';
import { type DataOf, judgeLastWindow, type Span } from './sliding-window.ts';

interface Followed {
  readonly objective: Objective;
  readonly window: number | null;
  /** Once a window broke it, it stays broken. */
  broken: JudgedObjective | null;
}

/** What a run's objectives come to while it goes on. */
export class ObjectivesSoFar {
  readonly #followed: readonly Followed[];

  /** Throws a `PlanError` where an objective is none. */
  constructor(objectives: readonly ObjectivePlan[]) {
    this.#followed = objectives.map(({ objective, window }) => ({
      objective: parseObjective(objective),
      window,
      broken: null,
    }));
  }

  /**
   * Over all so far; where an objective is for windows, over the last one, unless one before broke it. `ok` is null while there is too
   * little to tell, and where a number has yet to grow to its limit: then there is a value and no reason.
   * @param span the measured phase so far, run time, ms @param over whether it has ended and all of it is known
   */
  look(span: Span, dataOf: DataOf, over: boolean): ObjectiveResult[] {
    return this.#followed.map((followed) => {
      const { objective, window } = followed;
      if (window !== null) return objectiveResult(lastWindow(followed, window, span, dataOf));
      const data = dataOf(span.start, span.end);
      if (over) return objectiveResult(judgeObjective(objective, data));
      const { answered, failed, dropped, iterations } = data.counts(objective.selector);
      if (answered + failed + dropped + iterations === 0) return unknown(objective);
      const judged = judgeMeasured(objective, data);
      const open = judged.ok === false && judged.value !== null && mayStillHold(objective, judged.value);
      return open ? { ...unknown(objective), value: judged.value } : objectiveResult(judged);
    });
  }

  /** Before there is anything to look at. */
  get unknown(): ObjectiveResult[] {
    return this.#followed.map(({ objective }) => unknown(objective));
  }
}

function lastWindow(followed: Followed, window: number, span: Span, dataOf: DataOf): JudgedObjective {
  const { objective } = followed;
  if (followed.broken === null) {
    const judged = judgeLastWindow(objective, window, dataOf, span);
    if (judged === null) return { ...unknown(objective), reason: null, doubt: null, advice: null };
    if (judged.ok !== false) return judged;
    followed.broken = judged;
  }
  return followed.broken;
}

function unknown({ text }: Objective): ObjectiveResult {
  return { objective: text, value: null, ok: null, reason: null };
}
