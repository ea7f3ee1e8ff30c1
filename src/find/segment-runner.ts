import { randomBytes } from 'node:crypto';
import type { CodeRun } from '../correlate/code/line-times.ts';
import type { Load } from '../load/model/load-model.ts';
import { LIMITS } from '../load/plan/limits.ts';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import { openRun } from '../runner/opened/open-run.ts';
import { openCodeRun } from '../runner/opened/open-view.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { BuildGone } from './build-gone.ts';
import { NotReliable } from './not-reliable.ts';
import { type MadeRun, ProbeRunner, type SearchEvent } from './probe-runner.ts';

/** What a segment takes besides its measured time, ms: a process, a first request, a warm-up, what is written. */
const BESIDE_MS = 1500;
const SHORTEST_MS = 1000;
/** Sent before each segment and not measured: another build may have had the machine. */
const WARMUP_MS = 500;
/** Segments in all that are measured again where the generator could not be relied on. */
const MOST_REPEATED = 6;
/** A build that fails a first request so often in a row is gone; one that fails some of its requests is not. */
const MOST_REFUSED = 3;
/** Of a profiled run, once without its profiler and once with it, ms: of what takes a tenth of the time 400 samples of V8, 20 to 40 of py-spy. */
const PROFILED_MS = 4000;
/** For its profiler to begin, to end, and for its samples to be read, ms. */
const PROFILER_MS = 3000;
/** For a build to work off what a segment left behind, ms. */
const LONGEST_REST_MS = 3000;

/** What so many segments take, the first of them after a plan's own warm-up, ms. */
export function segmentsTake(count: number, length: number, warmup: number): number {
  return count * (length + BESIDE_MS) + warmup;
}

/** What so many profiled runs take, ms. */
export function profiledRunsTake(count: number): number {
  return count * (2 * PROFILED_MS + PROFILER_MS + BESIDE_MS);
}

/**
 * Measured time of each of so many segments, ms, of the time that all may take. Throws a {@link PlanError} where that is too short.
 * @param beside what else takes of that time: warm-ups, profiles
 */
export function segmentLength(budget: number, count: number, beside: number): number {
  const length = Math.floor((budget - segmentsTake(count, 0, beside)) / count);
  if (length >= SHORTEST_MS) return length;
  throw new PlanError(tooShort(count, segmentsTake(count, SHORTEST_MS, beside)));
}

/** How so many segments of a length, ms, get so many times as many answers, for people. @param budget of all that takes, ms */
export function longerSegments(times: number, budget: number, count: number, length: number): string {
  const time = Math.ceil((budget + count * length * (times - 1)) / 10_000) * 10;
  return `--time ${time}s, or ${(Math.ceil(10 * times) / 10).toFixed(1)} times the load`;
}

/** That a time is too short for so many segments, and how long it has to be. */
export function tooShort(count: number, least: number): string {
  return `The time is too short for ${count} segments: give at least --time ${Math.ceil(least / 1000)}s.`;
}

/** Makes runs of one length under one load, of one build or of several, and again where the generator spoiled one. */
export class SegmentRunner<Build extends string> {
  readonly #requests: Readonly<Record<Build, RunRequest>>;
  readonly #runners: ReadonlyMap<Build, ProbeRunner>;
  readonly #length: number;
  #load: Load | null;
  #stopped = false;
  #repeated = 0;

  /**
   * Throws a {@link PlanError} where the load of the first build's plan is no steady one.
   * @param dist the folder of the bundles @param requests in the order in which they are started @param length measured time, ms
   */
  constructor(
    dist: string,
    requests: Readonly<Record<Build, RunRequest>>,
    length: number,
    onEvent: (event: SearchEvent) => void,
  ) {
    const builds = Object.keys(requests) as Build[];
    const { load } = requests[builds[0]!].plan;
    this.#requests = requests;
    this.#length = length;
    this.#load = load === null ? null : steadyLoad(load, length);
    const id = randomBytes(6).toString('hex');
    this.#runners = new Map(
      builds.map((build) => [build, new ProbeRunner(dist, requests[build], 'gate', onEvent, id)]),
    );
  }

  /** So many segments were measured again. */
  get repeated(): number {
    return this.#repeated;
  }

  /** What segments are sent with; null until the first has been made, where the plan does not say. */
  get load(): Load | null {
    return this.#load;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Starts what the requests ask for. */
  async open(): Promise<void> {
    for (const runner of this.#runners.values()) await runner.open();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
  }

  /** Ends the segment under way. There are no more after it. */
  stop(): void {
    this.#stopped = true;
    for (const runner of this.#runners.values()) runner.stop();
  }

  /** A segment that is not compared, after the plan's own warm-up: the build has answered then. Rejects with a {@link RunnerError}. */
  async settle(build: Build): Promise<RunDocument> {
    const { seed, warmup } = this.#requests[build].plan;
    const made = await this.#made(build, `${build}, to begin with`, seed, warmup);
    this.#load ??= steadyLoad(made.plan.load, this.#length);
    return made.document;
  }

  /**
   * Rejects with {@link NotReliable}, and with {@link BuildGone} where the build answers no longer.
   * @param number of the segment, from 1: those of the same number have the same seed
   */
  async make(build: Build, number: number): Promise<MadeRun> {
    const seed = (this.#requests[build].plan.seed + number) % LIMITS.seed.most;
    return this.#asked(build, () => this.#made(build, `${build}, ${number}`, seed, WARMUP_MS));
  }

  /** Each run begins with one request, which may be one of those that fail: then it is begun again. */
  async #asked(build: Build, run: () => Promise<MadeRun>): Promise<MadeRun> {
    for (let refused = 1; ; refused++) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof RunnerError) || error.code !== 3) throw error;
        if (refused === MOST_REFUSED) throw new BuildGone(build, error.message);
      }
    }
  }

  /** A run of a build that is profiled and not compared, or why there is no profile of it, as a sentence. Rejects with a {@link RunnerError}. */
  async profile(build: Build, number: number): Promise<CodeRun | string> {
    const { plan } = this.#requests[build];
    const load = steadyLoad(this.#load!, PROFILED_MS);
    const seed = (plan.seed + number) % LIMITS.seed.most;
    const own: Plan = { ...plan, load, duration: PROFILED_MS, warmup: WARMUP_MS, seed, objectives: [] };
    const label = `${build}, profiled, ${number}`;
    const { folder, document } = await this.#asked(build, () =>
      this.#runners.get(build)!.run(own, label, Number.POSITIVE_INFINITY, 'auto'),
    );
    const run = await openCodeRun(await openRun(folder));
    return run ?? document.findingsNote ?? 'It could not be profiled.';
  }

  async #made(build: Build, label: string, seed: number, warmup: number): Promise<MadeRun> {
    const runner = this.#runners.get(build)!;
    for (;;) {
      const { plan } = this.#requests[build];
      const own: Plan = { ...plan, load: this.#load, duration: this.#length, warmup, seed, objectives: [] };
      const made = await runner.run(own, label, Number.POSITIVE_INFINITY);
      await runner.rest(made.document, LONGEST_REST_MS);
      if (made.document.verdict.status !== 'void' || this.#stopped) return made;
      if (this.#repeated >= MOST_REPEATED) throw new NotReliable();
      this.#repeated++;
    }
  }
}

/** Throws a {@link PlanError} for a load that changes: no part of it would stand for another. */
function steadyLoad(load: Load, duration: number): Load {
  const advice = 'A gate holds one load: give it --rate or --users.';
  if (!('stages' in load)) throw new PlanError(`The plan's load has no level that could be held. ${advice}`);
  const levels = [...new Set(load.stages.flatMap(({ from, to }) => [from, to]))];
  if (levels.length !== 1) throw new PlanError(`The plan's load changes. ${advice}`);
  return { ...load, stages: [{ name: 'steady', from: levels[0]!, to: levels[0]!, duration }] };
}
