import type { Latency, LoadCounts, Waits } from '../../runs/run-document.ts';
import { modelOf } from '../model/load-model.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { figure, wholePercent } from './figure.ts';
import { TAILS } from './waits.ts';

/** How the processes that send fared in the measured phase. Unknown is null. */
export interface GeneratorFacts {
  /** Ms from the intended start to dispatched, and from there to a connection. */
  readonly lateness: Waits;
  readonly poolWait: Waits;
  /** How many processes send. */
  readonly generators: number;
  /** Cores used by all of them together, 1 = one core busy. */
  readonly cpu: number | null;
  /** The share of all the time in which a sending thread was ready to run and had no core; of several, the worst. */
  readonly starved: number | null;
  /** Garbage collection: the longest pause, ms, and the share of the time; of several, the worst. */
  readonly gc: { readonly max: number; readonly share: number } | null;
  /** Of every second the longest time in which a sending thread did nothing, at least, ms. */
  readonly stalls: readonly number[];
  /** Of one process, the one nearest to its limit: the most that were open at once. */
  readonly fds: { readonly used: number; readonly limit: number } | null;
  /** The most local ports in use at once on this machine, and how many it hands out. */
  readonly ports: { readonly used: number; readonly available: number } | null;
  /** Requests a second that these generators together managed against a server that does nothing, on this machine. */
  readonly capacity: number | null;
}

/** What was asked of them, and what came of it. */
export interface LoadFacts {
  /** Rates are requests a second: of several steps, iterations a second times the steps of one. */
  readonly load: LoadCounts;
  /** The highest rate the load asks for at any moment, requests a second; null in a closed loop. */
  readonly askedPeak: number | null;
  /** What being late is held against: of streams the time to first token, which is what their users wait for. */
  readonly latency: Latency;
  /** Ms from the intended start to the end of a whole answer, streamed or not: the mean; null where none came whole. */
  readonly answerTime: number | null;
  /**
   * Ms a request takes when nothing is in its way: the lesser of the preflight's time and the fast decile of acquired → end. The decile
   * alone would not do: a server that is overloaded from the first moment on has no fast requests, and would be excused for want of
   * connections. Of streams, which differ in length, see {@link StreamPace}. Of several steps the mean of each one's own, weighted by how
   * often it was sent. Null where nothing was answered.
   */
  readonly unloaded: number | null;
  /** Requests one connection carries at a time: 1 over HTTP/1.1, the plan's `streams` over HTTP/2. */
  readonly streams: number;
  /** Failures of the kind `connect`, which is what running out of descriptors or ports looks like. */
  readonly connectFailures: number;
}

/** The requests that a percentile leaves out. */
const SHARE_BEYOND = { p90: 0.1, p95: 0.05, p99: 0.01 };
/** A generator whose thread rests less than this share of the time is what its users wait for. */
const SATURATED = 0.95;
/**
 * A standstill of this length shows in a closed load, ms, where it is this part of the p99 as well: once in each request that is under
 * way. It matters to a p99 where that comes to this share of the requests.
 */
const STALL = { least: 50, part: 0.25, share: 0.01 };
/** Descriptors and ports are counted once a second, so what ran out was seen nearly used up. */
const USED_UP = 0.95;
/** Fewer failures than this share of requests do not make a result another one. */
const MATTERS = 0.001;

/**
 * Why a run says nothing of the server: sentences with figures and what to change; empty where it does. Everything here is the
 * generator's own: the rule for each is that a server which got slow cannot have caused it.
 */
export function generatorTrouble(plan: ResolvedPlan, facts: LoadFacts, health: GeneratorFacts): string[] {
  const { closed, highestLevel } = modelOf(plan.load);
  const found = [
    closed ? (saturation(health) ?? standstill(highestLevel, facts, health)) : lateSchedule(facts, health),
    tooFewConnections(plan, facts, health),
    tooLowCap(plan, facts),
    noDescriptors(facts, health),
    noPorts(plan, facts, health),
  ];
  return found.filter((sentence) => sentence !== null);
}

function lateSchedule({ latency, load, askedPeak }: LoadFacts, health: GeneratorFacts): string | null {
  // A server that answers nothing has no latency to measure lateness by, and has failed whenever it was asked.
  if (load.completed === 0) return null;
  const p50 = health.lateness.p50 ?? 0;
  const lateTypical = p50 > Math.max(1, 0.1 * (latency.p50 ?? 0));
  // One late request of sixty is in no figure that is told of sixty.
  const told = TAILS.find((name) => latency[name] !== null);
  const tail = told === undefined ? null : { name: told, ms: health.lateness[told] ?? 0, share: SHARE_BEYOND[told] };
  const lateTail = tail !== null && tail.ms > Math.max(10, 0.25 * latency[tail.name]!) ? tail : null;
  if (!lateTypical && lateTail === null) return null;
  const { name, ms } = lateTail ?? { name: 'p50', ms: p50 };
  return `Tailflame sent late (${name} ${figure(ms)} ms)${whyLate(health, askedPeak, lateTail)}`;
}

/** The causes from the surest on: who had no core cannot be blamed for what its CPU, memory or speed were. */
function whyLate(
  health: GeneratorFacts,
  askedPeak: number | null,
  tail: { readonly ms: number; readonly share: number } | null,
): string {
  const { starved, gc, capacity, generators } = health;
  const busy = busyShare(health);
  if (starved !== null && starved > 0.1) {
    return `: ${hadACore(health)}. Stop what else runs, or ask for a lower rate.`;
  }
  const instead = `Use ${moreGenerators(generators)}, or a lower rate.`;
  if (busy !== null && busy >= 0.9) return `: ${ownCpu(generators, busy)}. ${instead}`;
  if (capacity !== null && askedPeak !== null && askedPeak > capacity) {
    return `: it was asked for ${figure(askedPeak)} requests a second, and manages about ${figure(capacity)} on this machine. ${instead}`;
  }
  // Pauses make so many late only where they last for as much of the time.
  if (gc !== null && tail !== null && gc.share >= tail.share && gc.max >= tail.ms / 2) {
    return `: collecting garbage stopped it for up to ${figure(gc.max)} ms. ${instead}`;
  }
  return `. Ask for a lower rate, or free this machine's CPU.`;
}

/** A closed loop has no schedule to be late for: it shows in a thread that never rests. A slow server would let it rest. */
function saturation(health: GeneratorFacts): string | null {
  const busy = busyShare(health);
  const starved = health.starved ?? 0;
  if (busy === null || busy + starved < SATURATED) return null;
  if (starved > 0.1) {
    return `Tailflame was the bottleneck: ${hadACore(health)}. Stop what else runs, or use fewer users.`;
  }
  const instead = `Use ${moreGenerators(health.generators)}, or fewer users.`;
  return `Tailflame was the bottleneck: ${ownCpu(health.generators, busy)}. ${instead}`;
}

/** Nor has it a schedule by which to see that nothing was sent and no answer was taken for a while. */
function standstill(
  users: number,
  { latency, answerTime, load }: LoadFacts,
  { stalls, generators }: GeneratorFacts,
): string | null {
  const shown = stalls.filter((stall) => stall > Math.max(STALL.least, STALL.part * (latency.p99 ?? latency.max ?? 0)));
  // Little's law: who thinks waits for nothing. Of streams that were all cut off only the time to first token is known.
  const underWay = Math.min(users, (load.rate.got * (answerTime ?? latency.mean ?? 0)) / 1000);
  const touched = Math.min(load.completed, (shown.length * underWay) / generators);
  if (touched === 0 || touched < STALL.share * load.completed) return null;
  return (
    `Tailflame itself stood still for up to ${figure(Math.max(...shown))} ms, and ${wholePercent(touched / load.completed)} of the ` +
    'requests seem to have taken as long. Keep the machine awake and its CPU free, and run again.'
  );
}

function tooFewConnections(plan: ResolvedPlan, facts: LoadFacts, { poolWait }: GeneratorFacts): string | null {
  const { askedPeak, unloaded, load, latency, streams } = facts;
  if (askedPeak === null || unloaded === null) return null;
  // Little's law: as many are under way at once as arrive while one takes its time.
  const needed = (askedPeak * unloaded) / 1000;
  const felt = Math.min(unloaded, latency.p50 ?? unloaded);
  const waited = (poolWait.p50 ?? 0) > Math.max(1, 0.1 * felt) || load.dropped > 0;
  if (!waited || plan.connections * streams >= needed) return null;
  const enough = Math.ceil((needed * 1.5) / streams) + 1;
  return `Tailflame ran out of connections (${plan.connections}). Use ${enough}.`;
}

/** Only where the cap is below what a server that is not slow keeps under way, thinking included. */
function tooLowCap(plan: ResolvedPlan, { askedPeak, unloaded, load }: LoadFacts): string | null {
  if (askedPeak === null || unloaded === null || load.dropped <= MATTERS * (load.planned ?? 0)) return null;
  const needed = (askedPeak * (unloaded + thinkPerRequest(plan))) / 1000;
  if (plan.maxInFlight >= needed) return null;
  return (
    `Tailflame dropped ${figure(load.dropped)} requests, because no more than ${plan.maxInFlight} may be in flight ` +
    `and this load needs about ${figure(Math.ceil(needed))}. Set maxInFlight to ${Math.ceil(needed * 1.5) + 1}.`
  );
}

function noDescriptors({ load, connectFailures }: LoadFacts, { fds }: GeneratorFacts): string | null {
  if (fds === null || fds.used < USED_UP * fds.limit || connectFailures <= MATTERS * load.dispatched) return null;
  return (
    `Tailflame ran out of file descriptors (${fds.used} of ${fds.limit}), and ${figure(connectFailures)} connections could not be made. ` +
    `Raise the limit, such as with ulimit -n ${fds.limit * 4}, or use fewer connections.`
  );
}

function noPorts({ target }: ResolvedPlan, facts: LoadFacts, { ports }: GeneratorFacts): string | null {
  const { load, connectFailures } = facts;
  if (ports === null || ports.used < USED_UP * ports.available || connectFailures <= MATTERS * load.dispatched)
    return null;
  const instead = target.keepAlive
    ? 'Use fewer connections, a lower rate, or a server that keeps connections open.'
    : 'Set keepAlive: true, or ask for a lower rate.';
  return (
    `This machine ran out of local ports (${figure(ports.used, 9)} of ${figure(ports.available, 9)}), ` +
    `and ${figure(connectFailures)} connections could not be made. ${instead}`
  );
}

/** Mean think time, ms, that comes with one request. */
function thinkPerRequest({ scenarios }: ResolvedPlan): number {
  let think = 0;
  let requests = 0;
  for (const { weight, steps } of scenarios) {
    requests += weight * steps.length;
    for (const step of steps) think += step.think ? (weight * (step.think[0] + step.think[1])) / 2 : 0;
  }
  return requests > 0 ? think / requests : 0;
}

/** Cores used by each generator. */
function busyShare({ cpu, generators }: GeneratorFacts): number | null {
  return cpu === null ? null : cpu / Math.max(1, generators);
}

function hadACore(health: GeneratorFacts): string {
  const starved = health.starved ?? 0;
  const busy = busyShare(health);
  const had = busy === null ? 1 - starved : busy / (busy + starved);
  return `it got a core only ${wholePercent(had)} of the time it wanted one`;
}

function ownCpu(generators: number, busy: number): string {
  return generators > 1
    ? `its ${generators} generators' CPU was at ${wholePercent(busy)} of a core each`
    : `its own CPU was at ${wholePercent(busy)} of a core`;
}

function moreGenerators(generators: number): string {
  return `--generators ${generators * 2}`;
}
