import { roundedUp } from '../load/measure/figure.ts';
import { type Load, type Plan, PlanError, steadyRate, steadyUsers } from '../load/plan/plan.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type ComparedFigure, judgedFigures } from './compared-figure.ts';
import type { GateDocument, GatePair } from './gate-document.ts';
import { judgeFigures, type MeasuredPair, statusOf, type Tolerance } from './gate-judgement.ts';
import { gateSentence } from './gate-sentence.ts';
import { lookLevels } from './look-levels.ts';
import { type MadeRun, ProbeRunner, type SearchEvent } from './probe-runner.ts';

export interface GateOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly candidate: RunRequest;
  /** The same requests to the build that the candidate is held against. */
  readonly baseline: RunRequest;
  readonly tolerance: Tolerance;
  /** Ms that all of it may take. */
  readonly budget: number;
}

type Build = 'baseline' | 'candidate';

/** Of all pairs: when it may be enough. Of ten, signed ranks of several figures cannot be as sure as a first look has to be. */
const LOOKS: readonly number[] = [12, 16, 20];
const MOST_PAIRS = 20;
/** Of either kind, over all looks, one-sided: that one fails which is not worse, and one passes which is. */
const MISS = 0.025;
/** Sent before each segment and not measured: the other build has had the machine. */
const WARMUP_MS = 500;
/** What a segment takes besides, ms, as long as none was made. */
const BESIDE_MS = 1000;
const SHORTEST_MS = 1000;
/** Segments in all that are measured again where the generator could not be relied on. */
const MOST_REPEATED = 6;

/** Holds two builds against each other: pairs of segments, in turns, until it is sure or the time is over. `stop` may be called at any time. */
export class Gate {
  readonly #options: GateOptions;
  readonly #runners: Readonly<Record<Build, ProbeRunner>>;
  readonly #segment: number;
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  readonly #pairs: (MeasuredPair & { readonly first: Build })[] = [];
  #figures: readonly ComparedFigure[] = [];
  #notJudged: readonly string[] = [];
  #load: Load | null = null;
  #repeated = 0;
  #longest = 0;
  #interrupted = false;

  /** Throws a {@link PlanError} where the time is too short, or the load is no steady one. */
  constructor(options: GateOptions, onEvent: (event: SearchEvent) => void) {
    const { dist, candidate, baseline, budget } = options;
    this.#options = options;
    // One of either build before the pairs.
    const segments = 2 * MOST_PAIRS + 2;
    this.#segment = Math.floor(budget / segments - BESIDE_MS - WARMUP_MS);
    if (this.#segment < SHORTEST_MS) {
      const least = segments * (SHORTEST_MS + BESIDE_MS + WARMUP_MS);
      throw new PlanError(
        `${segments} segments take longer than that: give the gate at least --time ${roundedUp(least).replace(' min', 'm').replace(' s', 's')}.`,
      );
    }
    this.#load = candidate.plan.load === null ? null : steadyLoad(candidate.plan.load, this.#segment);
    this.#runners = {
      baseline: new ProbeRunner(dist, baseline, 'gate', onEvent),
      candidate: new ProbeRunner(dist, candidate, 'gate', onEvent),
    };
  }

  /** Ends it; what was measured by then is told. */
  stop(): void {
    this.#interrupted = true;
    this.#runners.baseline.stop();
    this.#runners.candidate.stop();
  }

  /** Rejects with a {@link RunnerError} where a build could not be started, or did not answer. */
  async judge(): Promise<GateDocument> {
    try {
      await this.#runners.baseline.open();
      await this.#runners.candidate.open();
      await this.#settle();
      const levels = lookLevels(
        LOOKS.map((pairs) => pairs / MOST_PAIRS),
        MISS,
      );
      while (this.#hasTime()) {
        await this.#measurePair();
        const look = LOOKS.indexOf(this.#pairs.length);
        if (look >= 0 && this.#statusAt(levels[look]!) !== 'inconclusive') return this.#document(levels[look]!);
      }
      return this.#document(levels.at(-1)!);
    } catch (error) {
      if (error instanceof NotReliable) return this.#document(MISS, 'void');
      if (!this.#interrupted || this.#pairs.length === 0 || !(error instanceof RunnerError)) throw error;
      return this.#document(MISS);
    } finally {
      await Promise.all([this.#runners.baseline.close(), this.#runners.candidate.close()]);
    }
  }

  /** A segment of either build that is not compared: both have answered then, and what a segment supports is known. */
  async #settle(): Promise<void> {
    const { seed, warmup } = this.#options.candidate.plan;
    const baseline = await this.#made('baseline', 'baseline, to begin with', seed, warmup);
    this.#load ??= steadyLoad(baseline.plan.load, this.#segment);
    const candidate = await this.#made('candidate', 'candidate, to begin with', seed, warmup);
    const { figures, notJudged } = judgedFigures([baseline.document, candidate.document]);
    this.#figures = figures;
    this.#notJudged = notJudged;
  }

  async #measurePair(): Promise<void> {
    const began = performance.now();
    const number = this.#pairs.length + 1;
    // ABBA: what drifts meets both builds alike.
    const first: Build = number % 2 === 1 ? 'baseline' : 'candidate';
    const order: readonly Build[] = first === 'baseline' ? ['baseline', 'candidate'] : ['candidate', 'baseline'];
    const documents = new Map<Build, RunDocument>();
    for (const build of order) {
      const seed = this.#options.candidate.plan.seed + number;
      const { document } = await this.#made(build, `${build}, pair ${number}`, seed, WARMUP_MS);
      documents.set(build, document);
    }
    if (this.#interrupted) return;
    this.#pairs.push({ baseline: documents.get('baseline')!, candidate: documents.get('candidate')!, first });
    this.#longest = Math.max(this.#longest, performance.now() - began);
  }

  /** A run that can be relied on. */
  async #made(build: Build, label: string, seed: number, warmup: number): Promise<MadeRun> {
    for (;;) {
      const made = await this.#runners[build].run(
        this.#segmentOf(build, seed, warmup),
        label,
        Number.POSITIVE_INFINITY,
      );
      if (made.document.verdict.status !== 'void' || this.#interrupted) return made;
      if (this.#repeated >= MOST_REPEATED) throw new NotReliable();
      this.#repeated++;
    }
  }

  #segmentOf(build: Build, seed: number, warmup: number): Plan {
    const { plan } = this.#options[build];
    return { ...plan, load: this.#load, duration: this.#segment, warmup, seed };
  }

  #hasTime(): boolean {
    if (this.#interrupted || this.#pairs.length >= MOST_PAIRS) return false;
    return performance.now() - this.#began + this.#longest <= this.#options.budget;
  }

  #statusAt(miss: number): GateDocument['status'] {
    return statusOf(judgeFigures(this.#pairs, this.#figures, this.#options.tolerance, miss));
  }

  #document(miss: number, known?: 'void'): GateDocument {
    const { budget, candidate, baseline, tolerance } = this.#options;
    const figures = judgeFigures(this.#pairs, this.#figures, tolerance, miss);
    const status = known ?? (this.#interrupted ? 'inconclusive' : statusOf(figures));
    const pairs = this.#pairs.map((pair): GatePair => {
      return { baseline: pair.baseline.run, candidate: pair.candidate.run, first: pair.first };
    });
    return {
      schema: 'tailflame.gate/1',
      status,
      sentence: gateSentence({ status, figures, pairs }),
      baseline: baseline.plan.target.url,
      candidate: candidate.plan.target.url,
      figures,
      notJudged: [...this.#notJudged],
      pairs,
      looks: [...LOOKS],
      segment: this.#segment,
      took: Math.round(performance.now() - this.#began),
      budget,
      repeated: this.#repeated,
      startedAt: this.#startedAt,
      interrupted: this.#interrupted,
    };
  }
}

/** The generator could not be relied on too often. */
class NotReliable extends Error {}

/** Throws a {@link PlanError} for a load that changes: no part of it would stand for another. */
function steadyLoad(load: Load, duration: number): Load {
  const advice = 'A gate holds one load: give it --rate or --users.';
  if (load.model === 'replay') throw new PlanError(`The plan's load is recorded. ${advice}`);
  const levels = new Set(load.stages.flatMap(({ from, to }) => [from, to]));
  if (levels.size !== 1) throw new PlanError(`The plan's load changes. ${advice}`);
  const [level] = [...levels] as [number];
  return load.model === 'open'
    ? steadyRate(level, duration, load.arrivals, load.burstiness)
    : steadyUsers(level, duration);
}
