import type { SingleWalk } from '../load/generate/single-walk.ts';
import { parseDuration } from '../load/plan/duration.ts';
import { LIMITS } from '../load/plan/limits.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { PlanValues } from '../load/scenario/plan-values.ts';
import { type SetUpResult, setUp } from '../load/set-up.ts';

/** What was extracted is made new before it expires: after this part of the time it lasts. */
const EARLY = 0.9;

interface Prepared {
  readonly plan: ResolvedPlan;
  readonly walk: SingleWalk;
  readonly values: PlanValues;
  readonly setUp: SetUpResult | null;
}

/** Runs a plan's set-up again as often as the plan says, while the load goes on with what was extracted before. */
export class SetUpRefresh {
  readonly #prepared: Prepared;
  readonly #learned: (values: SetUpResult['values']) => void;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #trouble: string | null = null;

  constructor(prepared: Prepared, learned: (values: SetUpResult['values']) => void) {
    this.#prepared = prepared;
    this.#learned = learned;
    this.#plan(prepared.setUp);
  }

  /** Why what was extracted could not be made new, as a sentence; null where it could. */
  get trouble(): string | null {
    return this.#trouble;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#abort.abort();
  }

  #plan(last: SetUpResult | null): void {
    if (last === null || last.refresh === null) return;
    const lasts = parseDuration(last.refresh);
    if (lasts === null) {
      const { setup } = this.#prepared.plan;
      this.#trouble = `The set-up was not run again: setup.refresh (${setup?.refresh}), filled in, is no time such as 3600s.`;
      return;
    }
    // The preflight, and a calibration, may have taken a good part of it.
    const passed = performance.now() - last.at;
    const after = Math.min(LIMITS.refresh.most, Math.max(LIMITS.refresh.least, lasts * EARLY));
    this.#timer = setTimeout(() => void this.#again(), after - passed);
  }

  async #again(): Promise<void> {
    const { plan, walk, values } = this.#prepared;
    try {
      const done = await setUp(plan, walk, values, this.#abort.signal);
      if (done === null) return;
      values.learn(done.values);
      this.#learned(done.values);
      this.#plan(done);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#trouble = `The set-up could not be run again: ${(error as Error).message}`;
    }
  }
}
