import { seededRandom } from '../../src/load/arrivals/random.ts';
import { type Frame, type Profile, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { normalFrom } from './normal.ts';

export interface Simulation {
  seed: number;
  /** Ms. */
  duration: number;
  /** Requests per second. */
  rate: number;
  arrivals: 'poisson' | 'constant';
  /** Samples per second. */
  hz: number;
  /**
   * What some requests do besides: `ms` more, either every `every`th or each with probability `chance`. `wait`: without running, and
   * `suspended` without a stack either. `below`: in a call of this from the planted line; `outside`: in this, and in no code of the user's. `inline`: all of
   * it at the planted line.
   */
  planted?: {
    ms: number;
    every?: number;
    chance?: number;
    wait?: boolean;
    suspended?: boolean;
    below?: Frame;
    outside?: Frame;
    inline?: boolean;
  };
  /** Sigma of the log-normal factor on a request's whole work, and how much of it carries over to the next request (0–1). */
  spread?: number;
  carry?: number;
  /** Sigma of the slowly wandering log-normal factors on each function's part of the work, the sum held. */
  mixSpread?: number;
  /** One request runs at a time where true, else all at once, each in a thread of its own. */
  parallel?: boolean;
  /** The sampler reports unchanged stacks as one long sample, as readers of begin/end formats do. */
  merged?: boolean;
}

export interface Simulated {
  profile: Profile;
  start: Float64Array;
  end: Float64Array;
  phase: { start: number; end: number };
  /** By request, 1 where it did what is planted. */
  hit: Uint8Array;
  /** What ran when, by function name from the outermost call in: the ground truth samples are drawn from. */
  segments: readonly Segment[];
}

export interface Segment {
  start: number;
  end: number;
  path: readonly string[];
  running: boolean;
}

export const MODEL_FILE = '/srv/app/model.mjs';
export const PLANTED_LINE = 42;

interface Call {
  frame: Frame;
  line: number;
}

function call(name: string, file: string | null, declared: number, line: number): Call {
  return { frame: { function: name, file, line: declared, column: 1 }, line };
}

const ROOT = call('(root)', null, 0, 0);
const IDLE = [ROOT, call('(idle)', null, 0, 0)];
const BASE = [ROOT, call('emit', 'node:events', 465, 518), call('handler', '/srv/app/server.mjs', 10, 14)];
const PREDICT = [...BASE, call('predict', MODEL_FILE, 60, 63)];

/** Ordinary work, ms: 3 in all. */
const WORK: readonly { stack: readonly Call[]; ms: number }[] = [
  { stack: [...BASE.slice(0, 2), call('parseHead', 'node:_http_common', 70, 77)], ms: 0.3 },
  { stack: [...BASE, call('decode', '/srv/app/codec.mjs', 5, 8)], ms: 0.5 },
  { stack: [...PREDICT, call('normalise', MODEL_FILE, 20, 23)], ms: 0.7 },
  { stack: [...PREDICT, call('multiply', MODEL_FILE, 30, 33)], ms: 1.0 },
  { stack: [...BASE, call('encode', '/srv/app/codec.mjs', 25, 27)], ms: 0.5 },
];
/** Where the planted time is spent: under `handler` → `refresh` → `rebuildIndex`, part of it in a helper. */
const PLANTED_CALLER = [...BASE, call('refresh', MODEL_FILE, 50, 53)];
const PLANTED = [...PLANTED_CALLER, call('rebuildIndex', MODEL_FILE, 40, PLANTED_LINE)];
const PLANTED_HELPER = [
  ...PLANTED_CALLER,
  call('rebuildIndex', MODEL_FILE, 40, 44),
  call('hashRow', MODEL_FILE, 35, 36),
];

interface TimedStack {
  start: number;
  end: number;
  stack: readonly Call[];
  running: boolean;
  thread: number;
}

/** A server with a queue, its requests and the samples a profiler would take of it, the same for the same seed. */
export function simulateServer(options: Simulation): Simulated {
  const random = seededRandom(options.seed);
  const normal = normalFrom(random);
  const starts: number[] = [];
  const ends: number[] = [];
  const hits: boolean[] = [];
  const timeline: TimedStack[] = [];
  const mix = WORK.map(() => 0);
  let factor = 0;
  let free = 0;
  let arrival = 0;
  for (let i = 0; ; i++) {
    arrival =
      options.arrivals === 'constant'
        ? (i * 1000) / options.rate
        : arrival - (Math.log(1 - random()) * 1000) / options.rate;
    if (arrival >= options.duration) break;
    const carry = options.carry ?? 0;
    factor = carry * factor + Math.sqrt(1 - carry * carry) * (options.spread ?? 0) * normal();
    const parts = WORK.map((work, part) => {
      mix[part] = 0.95 * mix[part]! + Math.sqrt(1 - 0.95 ** 2) * (options.mixSpread ?? 0) * normal();
      return work.ms * Math.exp(mix[part]!);
    });
    const scale = (3 * Math.exp(factor)) / parts.reduce((sum, ms) => sum + ms, 0);
    const { planted } = options;
    const hit =
      planted !== undefined &&
      (planted.every !== undefined ? i % planted.every === planted.every - 1 : random() < (planted.chance ?? 0));
    let now = options.parallel === true ? arrival : Math.max(arrival, free);
    const thread = options.parallel === true ? i % 8 : 0;
    const work = (stack: readonly Call[], ms: number, running = true): void => {
      timeline.push({ start: now, end: now + ms, stack, running, thread });
      now += ms;
    };
    WORK.forEach(({ stack }, part) => {
      work(stack, parts[part]! * scale);
      if (part !== 1 || !hit) return;
      const { below, outside } = planted;
      if (planted.wait === true) {
        work(planted.suspended === true ? IDLE : PLANTED, planted.ms, false);
        return;
      }
      if (planted.inline === true) {
        work(PLANTED, planted.ms);
        return;
      }
      if (below !== undefined || outside !== undefined) {
        const stack = below === undefined ? BASE.slice(0, 2) : PLANTED;
        work([...stack, { frame: (below ?? outside)!, line: 7 }], planted.ms);
        return;
      }
      for (let k = 0; k < 6; k++) {
        work(PLANTED, planted.ms * 0.1);
        work(PLANTED_HELPER, planted.ms * (0.4 / 6));
      }
    });
    free = now;
    starts.push(arrival);
    ends.push(now);
    hits.push(hit);
  }
  timeline.sort((a, b) => a.start - b.start);
  return {
    profile: sampled(timeline, options, random),
    start: Float64Array.from(starts),
    end: Float64Array.from(ends),
    phase: { start: 0, end: options.duration },
    hit: Uint8Array.from(hits, Number),
    segments: timeline.map(({ start, end, stack, running }) => ({
      start,
      end,
      path: stack.map(({ frame }) => frame.function),
      running,
    })),
  };
}

function sampled(timeline: readonly TimedStack[], options: Simulation, random: () => number): Profile {
  const builder = new ProfileBuilder();
  const stackOf = (calls: readonly Call[]): number =>
    calls.reduce((parent, { frame, line }) => builder.stack(parent, builder.frame(frame), line), -1);
  const threads = options.parallel === true ? 8 : 1;
  const period = 1000 / options.hz;
  // As py-spy does: intervals are exponential around the period.
  const ticks: number[] = [];
  let time = random() * period;
  while (time < options.duration) {
    ticks.push(time);
    time += -Math.log(1 - random()) * period;
  }
  for (let id = 0; id < threads; id++) {
    const own = timeline.filter((entry) => entry.thread === id);
    const thread = builder.thread({ pid: 1, id: String(id), name: `worker ${id}` });
    let at = 0;
    const taken: { time: number; stack: number; state: number }[] = [];
    for (const tick of ticks) {
      while (at < own.length && own[at]!.end <= tick) at++;
      const entry = own[at];
      const inside = entry !== undefined && entry.start <= tick;
      const stack = stackOf(inside ? entry.stack : IDLE);
      const state = inside && entry.running ? RUNNING : WAITING;
      const last = taken.at(-1);
      const unchanged = options.merged === true && last?.stack === stack && last.state === state;
      if (!unchanged) taken.push({ time: tick, stack, state });
    }
    taken.forEach(({ time, stack, state }, i) => {
      builder.sample(time, stack, thread, (taken[i + 1]?.time ?? options.duration) - time, state);
    });
  }
  return builder.build('simulated', 'ms', true);
}
