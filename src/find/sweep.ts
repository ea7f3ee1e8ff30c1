import { requestsPerIteration } from '../load/measure/asked-load.ts';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import { MEASURED, OK } from '../runs/request-table.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { batchingOf, batchingSentence } from './batcher.ts';
import { type Probe, probeDocument } from './probe.ts';
import { type MadeRun, ProbeRunner, type SearchEvent } from './probe-runner.ts';
import { readProbe } from './read-probe.ts';
import { whatSaturated } from './saturation.ts';
import type { SweepDocument } from './sweep-document.ts';
import { sweepOrder } from './sweep-order.ts';
import { bestPoint, kneePoint, type SweepRun, sweepPoint } from './sweep-point.ts';
import { sweepSentence, valueText } from './sweep-sentence.ts';

/** One value of what is varied, and the plan that has it. */
export interface SweepSetting {
  /** As it was written. */
  readonly value: string;
  readonly plan: Plan;
}

export interface SweepOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  /** Where to send it, and what is started; its plan is not used. */
  readonly request: RunRequest;
  /** `users`, `rate`, or the name of a setting. */
  readonly varied: string;
  /** Each with a load. */
  readonly settings: readonly SweepSetting[];
  /** Runs at each value. */
  readonly repeat: number;
  /** Of the order in which they are made. */
  readonly seed: number;
  /** What the server costs in an hour; null: costs are not told. */
  readonly price: number | null;
}

export type SweepEvent = SearchEvent | { readonly type: 'probe'; readonly probe: Probe };

const LONGEST_REST_MS = 3000;
/** A {@link RunnerError}'s code. */
const PREFLIGHT_FAILED = 3;

interface Done {
  readonly setting: number;
  readonly document: RunDocument;
  readonly run: SweepRun;
}

/** Measures a plan at several values of something, in an order that drift cannot hide in. `stop` may be called at any time. */
export class Sweeper {
  readonly #options: SweepOptions;
  readonly #onEvent: (event: SweepEvent) => void;
  readonly #runner: ProbeRunner;
  readonly #done: Done[] = [];
  /** By setting, why no run could be made with it. */
  readonly #refused = new Map<number, RunnerError>();
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  #interrupted = false;

  /** Throws a {@link PlanError} where there is nothing to compare. */
  constructor(options: SweepOptions, onEvent: (event: SweepEvent) => void) {
    if (options.settings.length < 2) {
      throw new PlanError('A sweep compares at least two values. Give some, such as --users 1,2,4,8.');
    }
    this.#options = options;
    this.#onEvent = onEvent;
    this.#runner = new ProbeRunner(options.dist, options.request, 'sweep', onEvent);
  }

  /** Ends it; what was measured by then is the result. */
  stop(): void {
    this.#interrupted = true;
    this.#runner.stop();
  }

  /** Rejects with a {@link RunnerError} where a run could not be made for another reason than its value, or with no value at all. */
  async sweep(): Promise<SweepDocument> {
    const { settings, repeat, seed } = this.#options;
    try {
      await this.#runner.open();
      for (const index of sweepOrder(settings.length, repeat, seed)) {
        if (this.#runner.stopped) break;
        if (!this.#refused.has(index)) await this.#measure(index).catch((error: unknown) => this.#refuse(index, error));
      }
      const [refused] = this.#refused.values();
      // Stopped by then, what was not tried yet may have been measured all the same.
      if (refused !== undefined && this.#done.length === 0 && !this.#interrupted) throw refused;
    } catch (error) {
      if (!this.#interrupted || this.#done.length === 0 || !(error instanceof RunnerError)) throw error;
    } finally {
      await this.#runner.close();
    }
    return this.#document();
  }

  async #measure(index: number): Promise<void> {
    const { settings, varied } = this.#options;
    const { value, plan } = settings[index]!;
    const label = valueText({ varied, requestsPerIteration: requestsPerIteration(plan) }, value);
    const made = await this.#runner.run(plan, label, Number.POSITIVE_INFINITY);
    // Half a run is no run at that value.
    if (this.#interrupted) return;
    const { probe, valid } = probeOf(made, label);
    const rowsPerSecond = rowsOf(made) ?? rowsBySetting(made, varied, value);
    const { document } = made;
    const run = { probe: probeDocument(probe), valid, rowsPerSecond, batching: batchingOf(document) };
    this.#done.push({ setting: index, document, run });
    this.#onEvent({ type: 'probe', probe });
    await this.#runner.rest(made.document, LONGEST_REST_MS);
  }

  /** A value whose preflight fails tells that of itself, and nothing of the others. */
  #refuse(index: number, error: unknown): void {
    if (!(error instanceof RunnerError) || error.code !== PREFLIGHT_FAILED || this.#runner.stopped) throw error;
    this.#refused.set(index, error);
  }

  #document(): SweepDocument {
    const { settings, varied, price } = this.#options;
    const runsAt = (index: number): SweepRun[] =>
      this.#done.filter(({ setting }) => setting === index).map(({ run }) => run);
    const points = settings.map(({ value }, index) =>
      sweepPoint(value, runsAt(index), price, this.#refused.get(index)?.message ?? null),
    );
    const { plan } = settings[0]!;
    const each = { varied, requestsPerIteration: requestsPerIteration(plan) };
    const objectives = plan.objectives.map(({ objective }) => objective);
    const knee = kneePoint(points, varied);
    const isLoad = varied === 'users' || varied === 'rate';
    // Of loads alone, with nothing to hold them against, the most is not the best.
    const best = objectives.length === 0 && isLoad ? knee : bestPoint(points, objectives.length > 0);
    return {
      schema: 'tailflame.sweep/1',
      ...each,
      objectives,
      points,
      knee,
      best,
      sentence: sweepSentence({ ...each, objectives, points, knee, best }),
      saturated: this.#saturated(knee),
      batching: batchingSentence(each, points),
      pricePerHour: price,
      startedAt: this.#startedAt,
      took: Math.round(performance.now() - this.#began),
      interrupted: this.#interrupted,
    };
  }

  /** At the highest load, where the curve bends before it. */
  #saturated(knee: number | null): string | null {
    const { settings } = this.#options;
    if (knee === null) return null;
    const level = ({ setting }: Done): number => Number(settings[setting]!.value);
    const ordered = this.#done.filter(({ run }) => run.valid).toSorted((a, b) => level(a) - level(b));
    const [least, most] = [ordered[0], ordered.at(-1)];
    if (least === undefined || most === undefined || most.setting === knee) return null;
    return whatSaturated(most.document);
  }
}

function probeOf(made: MadeRun, label: string): { probe: Probe; valid: boolean } {
  const { document, plan } = made;
  const { reading, growth, unfit } = readProbe(made, 0, false);
  const piles = reading.pilesUp === true;
  const broken = document.objectives.find(({ ok }) => ok === false);
  const untold = document.objectives.find(({ ok }) => ok === null);
  const ok =
    unfit !== null
      ? null
      : piles || broken !== undefined || document.load.completed === 0
        ? false
        : untold !== undefined || document.objectives.length === 0
          ? null
          : true;
  const why = broken?.reason ?? untold?.reason ?? null;
  const reason = unfit !== null ? unfit : piles ? 'Requests piled up.' : why;
  const probe = { label, level: null, load: plan.load, run: document.run, document, growth, ok, reason };
  return { probe, valid: unfit === null };
}

/** Rows of the answers of the measured phase, a second; null where requests have no sizes, or tokens tell more. */
function rowsOf({ requests, document }: MadeRun): number | null {
  const span = document.phases.find(({ phase }) => phase === 'measured');
  if (document.streaming !== null || requests.details === null || span === undefined || span.end <= span.start)
    return null;
  let rows = 0;
  for (let row = 0; row < requests.length; row++) {
    if (requests.phase[row] !== MEASURED || requests.outcome[row] !== OK) continue;
    if (requests.end[row]! < span.end) rows += requests.details.size[row]!;
  }
  return rows > 0 ? (rows / (span.end - span.start)) * 1000 : null;
}

/** A batch that the plan itself makes of a value of its environment has as many rows: one an iteration. */
function rowsBySetting({ document, plan }: MadeRun, varied: string, value: string): number | null {
  const size = Number(value);
  return varied === 'batch' && size > 0 ? (size * document.load.rate.got) / requestsPerIteration(plan) : null;
}
