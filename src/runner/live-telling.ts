import { LiveDetail } from '../load/measure/live-detail.ts';
import type { Recorder } from '../load/measure/recorder.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { RunClock } from '../runs/clock.ts';
import { LiveObjectives } from './live-objectives.ts';
import type { FromRunner } from './messages.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

const EVERY_MS = 500;
/** Who looks in detail is told at every second look, of everything at once: to draw takes time of the cores that send. */
const DETAIL_EVERY_LOOKS = 2;

export interface LiveTellingOptions {
  readonly plan: ResolvedPlan;
  /** Whether somebody looks in detail. */
  readonly detailed: boolean;
  /** Requests a second that the generators manage on this machine; null unknown. */
  readonly capacity: number | null;
  readonly recorder: Recorder;
  readonly telemetry: Telemetry | null;
  readonly clock: RunClock;
  readonly post: (message: FromRunner) => void;
  /** An objective that ends the run is broken for certain: with its sentence, once. */
  readonly onAbort: (sentence: string) => void;
}

/** Tells while a load lasts how it goes, and ends it where an objective says so. */
export class LiveTelling {
  readonly #options: LiveTellingOptions;
  /** Null where nobody looks in detail. */
  readonly detail: LiveDetail | null;
  readonly objectives: LiveObjectives;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #told = Promise.resolve();

  constructor(options: LiveTellingOptions) {
    const { plan, detailed, capacity } = options;
    this.#options = options;
    this.detail = detailed ? new LiveDetail(plan, capacity) : null;
    this.objectives = new LiveObjectives(plan, detailed);
  }

  begin(): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** All rows have come: tells those who look in detail of them. */
  async end(): Promise<void> {
    this.abandon();
    await this.#tellDetail(true);
  }

  /** Tells nothing any more. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { clock, recorder, post, onAbort } = this.#options;
    this.#looks++;
    if (this.detail === null || this.#looks % DETAIL_EVERY_LOOKS === 0) {
      post({ type: 'live', snapshot: recorder.snapshot(clock.now()) });
      void this.#tellDetail(false);
    }
    const aborted = this.objectives.look(clock.now());
    if (aborted !== null) onAbort(aborted);
  }

  /** One after the other, in the order of what they tell. */
  #tellDetail(over: boolean): Promise<void> {
    this.#told = this.#told.then(() => this.#takeUpdate(over));
    return this.#told;
  }

  async #takeUpdate(over: boolean): Promise<void> {
    const { telemetry: source, clock, post } = this.#options;
    const { detail } = this;
    if (detail?.begun !== true) return;
    const telemetry = (await source?.news()) ?? [];
    const now = clock.now();
    const update = detail.takeUpdate(now, over);
    if (update === null) return;
    const objectives = this.objectives.soFar(detail.measured(now)?.end ?? now, over);
    post({ type: 'update', update, telemetry, objectives });
  }
}
