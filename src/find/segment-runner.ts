import { type Load, type Plan, PlanError, steadyRate, steadyUsers } from '../load/plan/plan.ts';
import type { RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { ProbeRunner, type SearchEvent } from './probe-runner.ts';
import type { StoredBaseline } from './stored-baseline.ts';

/** What a segment takes besides its measured time, ms: a process, a first request, a warm-up, what is written. */
const BESIDE_MS = 1500;
const SHORTEST_MS = 1000;
/** Sent before each segment and not measured: another build may have had the machine. */
const WARMUP_MS = 500;
/** Segments in all that are measured again where the generator could not be relied on. */
const MOST_REPEATED = 6;

/** Measured time of each of so many segments, ms, of the time that all may take. Throws a {@link PlanError} where that is too short. */
export function segmentLength(budget: number, count: number): number {
  const length = Math.floor(budget / count - BESIDE_MS);
  if (length >= SHORTEST_MS) return length;
  const least = Math.ceil((count * (SHORTEST_MS + BESIDE_MS)) / 1000);
  throw new PlanError(`${count} segments take longer than that: give at least --time ${least}s.`);
}

/** The generator could not be relied on too often. */
export class NotReliable extends Error {}

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
    this.#runners = new Map(builds.map((build) => [build, new ProbeRunner(dist, requests[build], 'gate', onEvent)]));
  }

  /** So many segments were measured again. */
  get repeated(): number {
    return this.#repeated;
  }

  /** What segments are sent with; null until the first has been made, where the plan does not say. */
  get level(): StoredBaseline['load'] | null {
    const load = this.#load;
    if (load === null || load.model === 'replay') return null;
    return { model: load.model, level: load.stages[0]!.from };
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

  /** A segment that is not compared, after the plan's own warm-up: the build has answered then. */
  async settle(build: Build): Promise<RunDocument> {
    const { seed, warmup } = this.#requests[build].plan;
    return this.#made(build, `${build}, to begin with`, seed, warmup);
  }

  /** @param number of the segment, from 1: those of the same number send the same requests at the same times */
  async make(build: Build, number: number): Promise<RunDocument> {
    return this.#made(build, `${build}, ${number}`, this.#requests[build].plan.seed + number, WARMUP_MS);
  }

  /** Throws {@link NotReliable}. */
  async #made(build: Build, label: string, seed: number, warmup: number): Promise<RunDocument> {
    for (;;) {
      const plan: Plan = { ...this.#requests[build].plan, load: this.#load, duration: this.#length, warmup, seed };
      const made = await this.#runners.get(build)!.run(plan, label, Number.POSITIVE_INFINITY);
      this.#load ??= steadyLoad(made.plan.load, this.#length);
      if (made.document.verdict.status !== 'void' || this.#stopped) return made.document;
      if (this.#repeated >= MOST_REPEATED) throw new NotReliable();
      this.#repeated++;
    }
  }
}

/** Throws a {@link PlanError} for a load that changes: no part of it would stand for another. */
function steadyLoad(load: Load, duration: number): Load {
  const advice = 'A gate holds one load: give it --rate or --users.';
  if (load.model === 'replay') throw new PlanError(`The plan's load is recorded. ${advice}`);
  const levels = [...new Set(load.stages.flatMap(({ from, to }) => [from, to]))];
  if (levels.length !== 1) throw new PlanError(`The plan's load changes. ${advice}`);
  return load.model === 'open'
    ? steadyRate(levels[0]!, duration, load.arrivals, load.burstiness)
    : steadyUsers(levels[0]!, duration);
}
