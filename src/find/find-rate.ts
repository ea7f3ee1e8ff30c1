import { requestsPerIteration } from '../load/measure/asked-load.ts';
import { figure } from '../load/measure/figure.ts';
import { steadyUsers } from '../load/model/closed-load.ts';
import type { Load } from '../load/model/load-model.ts';
import { steadyRate } from '../load/model/open-load.ts';
import { durationText } from '../load/plan/duration.ts';
import { LIMITS } from '../load/plan/limits.ts';
import { PLAN_DEFAULTS } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import { balancedSeed } from './balanced-seed.ts';
import type { FindRateDocument } from './find-rate-document.ts';
import { type Climb, climbOf, RUNG_FACTOR, type Rung, startRate } from './ladder.ts';
import { LevelSearch, leansToHold, type NextProbe } from './level-search.ts';
import { longestLimit, tailLimit } from './limit-text.ts';
import { type NeededAnswers, neededAnswers } from './needed-answers.ts';
import { type Probe, probeDocument } from './probe.ts';
import { probeLength } from './probe-length.ts';
import { type KeptRun, keptRun, type MadeRun, ProbeRunner, type SearchEvent } from './probe-runner.ts';
import { levelText, rateAnswer } from './rate-answer.ts';
import { edgeOf, isProbe, type RateTry, reasonOf, saturatedOf } from './rate-try.ts';
import { readProbe } from './read-probe.ts';

export interface FindRateOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  /** What to send, with at least one objective; its load is not used. */
  readonly request: RunRequest;
  /** What is looked for: iterations a second, or users who each wait for an answer. */
  readonly unit: 'rate' | 'users';
  /** Ms; it ends by then. At least 10 s. */
  readonly budget: number;
  /** The width of the band, as a share of its middle, that is narrow enough. */
  readonly precision: number;
}

export type FindRateEvent = SearchEvent | { readonly type: 'probe'; readonly probe: Probe };

/** Less is used up before a server was seen at two loads. */
const LEAST_BUDGET_MS = 10_000;
/** Answers of a probe whose objectives need none in particular. */
const LEAST_SUPPORT = 20;
/** Kept for the end of a run whose time is up: what is under way is given up, and what was measured is written. */
const CLOSING_MS = 2500;
/** What a run takes besides its measured time, before one was seen. */
const USUAL_OVERHEAD_S = 2;
const RUNG_S = 0.5;
const RUNG_ANSWERS = 20;
const LEAST_ANSWERS = 5;
const MOST_RUNGS = 6;
/** The ladder gets no more of the budget than this. */
const LADDER_SHARE = 0.3;
const LEAST_WARMUP_MS = 500;
/** Users find their pace over several requests. */
const WARMUP_REQUESTS = 4;
/** Of what one user gets: a load at which requests hardly meet each other. */
const LOWEST_SHARE = 0.1;
/** Answers beyond those needed, because arrivals come by chance, and the part of the time left that is soon. */
const SUPPORT_SPARE = 1.3;
const SOON_SHARE = 0.4;
/** So many times what the limit allows under way is more than a server can work off in time. */
const OVERWHELMED = 6;
const LEAST_OVERWHELMED = 50;
const UNLIMITED_MS = 5000;
const MOST_CONNECTIONS = 2048;
/** A server whose preflight takes this many times the first one's, and this much of the limit, has not recovered. */
const SLOWER = 4;
const LIMIT_SHARE = 0.5;
const MOST_WAITS = 3;
/** No rest takes more than this part of the time that is left. */
const REST_SHARE = 8;

/** Looks for the highest rate, or the most users, at which a plan's objectives hold. `stop` may be called at any time. */
export class RateFinder {
  readonly #options: FindRateOptions;
  readonly #onEvent: (event: FindRateEvent) => void;
  readonly #runner: ProbeRunner;
  readonly #objectives: readonly string[];
  readonly #needed: readonly NeededAnswers[];
  readonly #requestsEach: number;
  readonly #tries: RateTry[] = [];
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  #search: LevelSearch | null = null;
  #climb: Climb | null = null;
  #least = 0;
  #waits = 0;
  #interrupted = false;
  /** Why it could not go on, as part of a sentence. */
  #shortOf: string | null = null;

  /** Throws a {@link PlanError} where the plan has no objective, or the budget is too short. */
  constructor(options: FindRateOptions, onEvent: (event: FindRateEvent) => void) {
    this.#options = options;
    this.#onEvent = onEvent;
    this.#objectives = options.request.plan.objectives.map(({ objective }) => objective);
    if (this.#objectives.length === 0) {
      throw new PlanError(
        "There is nothing to hold a rate against. Give an objective, such as --objective 'p(99)<250'.",
      );
    }
    if (options.budget < LEAST_BUDGET_MS) {
      throw new PlanError(
        `A budget of ${durationText(options.budget)} is too short for a search. Give one of at least ${durationText(LEAST_BUDGET_MS)}.`,
      );
    }
    this.#needed = this.#objectives.map((objective) => neededAnswers(options.request.plan, objective));
    this.#requestsEach = requestsPerIteration(options.request.plan);
    this.#runner = new ProbeRunner(options.dist, options.request, 'find-rate', onEvent);
  }

  /** Ends it; what is known by then is the answer. */
  stop(): void {
    this.#interrupted = true;
    this.#runner.stop();
  }

  /** Rejects with a {@link RunnerError} where not even a first run could be made. */
  async find(): Promise<FindRateDocument> {
    const timeUp = setTimeout(() => this.#runner.stop(), Math.max(0, this.#options.budget - CLOSING_MS));
    try {
      await this.#runner.open();
      await this.#look();
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error;
      const isOver = this.#runner.stopped && !this.#interrupted;
      if (this.#tries.length === 0) throw isOver ? new RunnerError(2, this.#nothingInTime()) : error;
      this.#shortOf = isOver ? this.#usedUp() : `because the next probe could not be made: ${error.message}`;
    } finally {
      clearTimeout(timeUp);
      await this.#runner.close();
    }
    return this.#document();
  }

  async #look(): Promise<void> {
    const search = await this.#begin();
    this.#search = search;
    for (;;) {
      const next = search.next();
      if (next === null) return;
      const seconds = this.#length(next);
      if (seconds === null) {
        this.#shortOf ??= this.#whatIsMissing(next.level);
        return;
      }
      const made = await this.#probe(next.level, seconds);
      // What was cut short says nothing of its level.
      if (this.#runner.stopped && !made.overwhelmed) break;
      const read = readProbe(made, next.level, made.overwhelmed);
      const counts = !this.#hasNotRecovered(made);
      if (counts) search.add(read.reading);
      this.#keep({ order: next, made: keptRun(made), read, counts });
      await this.#runner.rest(made.document, (this.#left() * 1000) / REST_SHARE);
      if (this.#runner.stopped) break;
    }
    this.#shortOf ??= this.#usedUp();
  }

  /** Climbs the ladder where a rate is looked for, and from what it says begins the search. */
  async #begin(): Promise<LevelSearch> {
    const { unit, precision } = this.#options;
    if (unit === 'users') {
      this.#least = 1;
      return new LevelSearch({
        whole: true,
        least: 1,
        most: LIMITS.users.most,
        start: 4,
        capacity: null,
        precision,
      });
    }
    this.#climb = await this.#ladder();
    const tail = tailLimit(this.#objectives);
    // What is climbed is told in answers, and levels are iterations.
    const each = this.#requestsEach;
    const unloaded = (this.#climb?.unloaded ?? 1) / each;
    // Where not even one user gets answers in time, no lower load will help, and the rate may be one that can be told soon.
    const hopeless = this.#tries[0] !== undefined && !leansToHold(this.#tries[0].read.reading);
    const soon = Math.min((SUPPORT_SPARE * this.#support()) / (this.#left() * SOON_SHARE), unloaded / 2);
    this.#least = clampRate(Math.max(unloaded * LOWEST_SHARE, hopeless ? soon : 0));
    const start =
      this.#climb === null || hopeless
        ? this.#least
        : startRate(this.#climb, tail?.limit ?? null, tail?.allowed ?? 0.05) / each;
    return new LevelSearch({
      whole: false,
      least: this.#least,
      most: LIMITS.rate.most,
      start: Math.max(this.#least, clampRate(start)),
      capacity: this.#climb?.saturated === true ? this.#climb.capacity / each : null,
      precision,
    });
  }

  async #ladder(): Promise<Climb | null> {
    const rungs: Rung[] = [];
    let seconds = RUNG_S;
    let users = 1;
    for (let made = 0; made < MOST_RUNGS && !this.#runner.stopped; made++) {
      const enough = this.#spent() + seconds + this.#overhead() > (this.#options.budget / 1000) * LADDER_SHARE;
      if (made > 0 && enough) break;
      const rung = await this.#made(steadyUsers(users, seconds * 1000), levelText('users', users), seconds);
      const { load, latency, verdict, target } = rung.document;
      this.#keep({
        order: { level: users, purpose: 'ladder' },
        made: keptRun(rung),
        read: readProbe(rung, users, false),
        counts: true,
      });
      const each = latency.mean ?? target.preflight?.ms ?? 0;
      const valid = verdict.status !== 'void';
      seconds = Math.max(RUNG_S, (each * RUNG_ANSWERS) / 1000);
      // Too few to have a rate: the same again, for long enough.
      if (valid && load.completed < LEAST_ANSWERS && made === 0) continue;
      rungs.push({ users, rate: load.rate.got, latency: latency.mean, valid });
      if (climbOf(rungs)?.saturated || !valid) break;
      users *= RUNG_FACTOR;
    }
    return climbOf(rungs) ?? this.#guessedClimb();
  }

  /** One request's time is all that is known of a server too slow for a ladder. */
  #guessedClimb(): Climb | null {
    const first = this.#tries[0]?.made.document;
    const each = first?.latency.mean ?? first?.target.preflight?.ms ?? null;
    if (each === null || each <= 0 || first?.load.completed === 0) return null;
    return { unloaded: 1000 / each, capacity: 1000 / each, saturated: false, servers: 1 };
  }

  async #probe(level: number, seconds: number): Promise<MadeRun> {
    const { unit, request } = this.#options;
    const ms = Math.round(seconds * 1000);
    const load = unit === 'users' ? steadyUsers(level, ms) : steadyRate(level, ms, 'poisson');
    const limit = longestLimit(this.#objectives) ?? UNLIMITED_MS;
    // Little's law: so many requests are under way where all of them take as long as they may.
    const underWay = (level * this.#requestsEach * limit) / 1000;
    const bears = unit === 'users' ? Number.POSITIVE_INFINITY : Math.max(LEAST_OVERWHELMED, OVERWHELMED * underWay);
    const connections = Math.min(MOST_CONNECTIONS, Math.ceil(2 * underWay));
    const most = unit === 'users' ? level : Math.max(PLAN_DEFAULTS.openConnections, connections);
    return this.#made(load, this.#text(level), seconds, bears, request.plan.connections ?? most);
  }

  async #made(
    load: Load,
    label: string,
    seconds: number,
    bears = Number.POSITIVE_INFINITY,
    connections: number | null = null,
  ): Promise<MadeRun> {
    const { plan } = this.#options.request;
    const limit = longestLimit(this.#objectives);
    const known = this.#tries[0]?.made.document;
    const each = known?.latency.p50 ?? known?.target.preflight?.ms ?? 0;
    const warmup = Math.min(plan.warmup, Math.max(LEAST_WARMUP_MS, WARMUP_REQUESTS * each, seconds * 100));
    const seed = (plan.seed + this.#tries.length) % LIMITS.seed.most;
    const made = await this.#runner.run(
      {
        ...plan,
        load,
        duration: Math.round(seconds * 1000),
        warmup: Math.round(warmup),
        // What was under way for longer than the limit when the load ended has missed it, answered or not.
        gracefulStop: Math.round(Math.min(plan.timeout, Math.max(1000, 1.2 * (limit ?? 1000)))),
        connections: connections ?? plan.connections,
        seed: load.model === 'open' ? balancedSeed(load, Math.round(seconds * 1000), seed) : seed,
      },
      label,
      bears,
    );
    return made;
  }

  #keep(tried: RateTry): void {
    this.#tries.push(tried);
    this.#onEvent({ type: 'probe', probe: this.#told(tried) });
  }

  /** What one probe is not to be blamed for: what the one before left behind. */
  #hasNotRecovered({ document }: KeptRun): boolean {
    const first = this.#tries[0]?.made.document.target.preflight?.ms;
    const now = document.target.preflight?.ms;
    const limit = longestLimit(this.#objectives) ?? UNLIMITED_MS;
    if (first === undefined || now === undefined || now <= SLOWER * first || now < LIMIT_SHARE * limit) return false;
    return ++this.#waits <= MOST_WAITS;
  }

  #length({ level, purpose }: NextProbe): number | null {
    const { unit } = this.#options;
    const support = this.#support();
    const narrowing = this.#tries.filter(({ order }) => order.purpose === 'edge').length;
    const rate = unit === 'rate' ? level : this.#rateOf(level);
    return probeLength(purpose, { left: this.#left(), overhead: this.#overhead(), narrowing, support, rate });
  }

  /** Iterations that bring the answers every objective needs. */
  #support(): number {
    return Math.max(LEAST_SUPPORT / this.#requestsEach, ...this.#needed.map(({ iterations }) => iterations));
  }

  /** Iterations a second to be expected of so many users: as many each as at the nearest number that was tried. */
  #rateOf(users: number): number {
    const nearest = this.#tries.toSorted(
      (a, b) => Math.abs(a.order.level - users) - Math.abs(b.order.level - users),
    )[0];
    if (nearest === undefined) return 100;
    const iterations = nearest.made.document.load.rate.got / this.#requestsEach;
    return Math.max(0.1, iterations * Math.min(1, users / nearest.order.level));
  }

  #text(level: number): string {
    return levelText(this.#options.unit, level, this.#requestsEach);
  }

  /** Seconds, from the start to now. */
  #spent(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #left(): number {
    return (this.#options.budget - CLOSING_MS) / 1000 - this.#spent();
  }

  /** Seconds that runs took besides their measured time, of late. */
  #overhead(): number {
    const last = this.#tries.slice(-3).map(({ made }) => made.took / 1000 - made.plan.duration / 1000);
    return last.length === 0 ? USUAL_OVERHEAD_S : Math.max(0.5, ...last);
  }

  #whatIsMissing(level: number): string {
    const { unit, budget } = this.#options;
    const { objective, answers, iterations } = this.#needed.reduce((one, other) =>
      other.iterations > one.iterations ? other : one,
    );
    const seconds = (iterations * 1.2) / (unit === 'rate' ? level : this.#rateOf(level));
    if (seconds <= budget / 4000) return this.#usedUp();
    const minutes = Math.ceil((seconds * 6) / 60);
    return (
      `because ${objective} needs ${answers} answers, which take ${figure(seconds, 2)} s at ` +
      `${this.#text(level)}: give a budget of about ${minutes}m, or a lower percentile`
    );
  }

  #usedUp(): string {
    return `because the budget of ${durationText(this.#options.budget)} was used up`;
  }

  #nothingInTime(): string {
    return `The budget of ${durationText(this.#options.budget)} was used up before anything was measured. Give a longer one.`;
  }

  #told(tried: RateTry): Probe {
    const { made, order, read } = tried;
    const { document, plan } = made;
    const isRung = order.purpose === 'ladder';
    const standing = this.#standing(tried);
    return {
      label: isRung ? levelText('users', order.level) : this.#text(order.level),
      level: isRung ? null : order.level,
      load: plan.load,
      run: document.run,
      document,
      growth: read.growth,
      ok: standing,
      reason: reasonOf(tried, standing, this.#objectives),
    };
  }

  #standing({ order, read, counts }: RateTry): boolean | null {
    if (order.purpose === 'ladder' || !read.reading.valid || !counts) return null;
    return this.#search?.standing(order.level) ?? null;
  }

  #document(): FindRateDocument {
    const { unit, budget } = this.#options;
    const search = this.#search;
    const seen = search?.band ?? { passesAt: null, failsAt: null };
    const { inferred, ...band } = search?.answer ?? { passesAt: null, failsAt: null, inferred: null };
    const probed = this.#tries.filter((tried) => isProbe(tried) && tried.counts);
    const valid = probed.filter(({ read }) => read.reading.valid);
    const lowest = valid.filter(({ order }) => order.level <= this.#least * 1.05).at(-1);
    const failsAtLeast =
      lowest !== undefined && this.#standing(lowest) === false
        ? { level: lowest.order.level, reason: reasonOf(lowest, false, this.#objectives) }
        : null;
    const lastVoid = probed.findLast(({ read }) => read.unfit !== null)?.read.unfit ?? null;
    const end = rateAnswer({
      unit,
      requestsPerIteration: this.#requestsEach,
      objectives: this.#objectives,
      band: { ...band, inferred },
      failsAtLeast,
      generatorLimit: search?.generatorLimit ?? null,
      generatorReason: lastVoid,
      tooBusy: search?.tooBusy === true ? lastVoid : null,
      shortOf: this.#interrupted ? 'because it was stopped' : this.#shortOf,
    });
    return {
      schema: 'tailflame.find-rate/1',
      answer: end.answer,
      unit,
      requestsPerIteration: this.#requestsEach,
      ...band,
      inferred,
      estimate: band.passesAt === null || band.failsAt === null ? null : (search?.estimate ?? null),
      edge: edgeOf(this.#tries, seen),
      sentence: end.sentence,
      saturated: saturatedOf(this.#tries, seen.failsAt),
      objectives: [...this.#objectives],
      probes: this.#tries.map((tried) => probeDocument(this.#told(tried))),
      startedAt: this.#startedAt,
      took: Math.round(performance.now() - this.#began),
      budget,
      interrupted: this.#interrupted,
    };
  }
}

function clampRate(rate: number): number {
  return Number(Math.min(LIMITS.rate.most, Math.max(LIMITS.rate.least, rate)).toPrecision(3));
}
