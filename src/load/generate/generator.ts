import path from 'node:path';
import { RunClock } from '../../runs/clock.ts';
import type { Outcome, Phase } from '../../runs/request-table.ts';
import { SharedArrivals } from '../arrivals/shared-arrivals.ts';
import { streamsTo } from '../http/origins.ts';
import { Transport } from '../http/transport.ts';
import { type LoadModel, modelOf } from '../model/load-model.ts';
import { Redactor, secretTexts } from '../plan/redaction.ts';
import { keepsDetails } from '../scenario/kept-details.ts';
import type { StreamReading } from '../stream/stream-reading.ts';
import { AnswerGroups } from './answer-groups.ts';
import { ChunkBatch } from './chunk-batch.ts';
import { FailureExamples } from './failure-examples.ts';
import { GeneratorHealth } from './generator-health.ts';
import type { Iteration, StepEnd } from './iteration.ts';
import { IterationFactory } from './iteration-factory.ts';
import { LateWatch } from './late-watch.ts';
import type { FromGenerator, GeneratorData } from './messages.ts';
import { RowBatch } from './row-batch.ts';
import { Sender } from './sender.ts';
import { TokenCounter } from './token-counter.ts';
import { Users } from './users.ts';
import { Wakeup } from './wakeup.ts';

const REPORT_EVERY_MS = 100;
const HEALTH_EVERY_MS = 1000;
const LONGEST_GRACE_MS = 30_000;
/** Tokens are counted for so long after the last answer may have come: without those of a single stream no sum of them is known. */
const COUNTING_MS = 5000;

/** Of these no example is kept either. */
const NO_FAILURES: ReadonlySet<Outcome> = new Set(['interrupted', 'cancelled']);

/** A request that has ended and whose tokens are still to be counted. */
interface Uncounted {
  readonly phase: Phase;
  /** Adds its row, with the tokens if they are known by then. */
  readonly add: () => void;
}

/** Makes its share of a run's load in the process it is created in: warm-up, measured phase, and if asked a profiled one. */
export class Generator {
  readonly #data: GeneratorData;
  readonly #post: (message: FromGenerator) => void;
  readonly #clock: RunClock;
  readonly #transport: Transport;
  readonly #sender: Sender;
  readonly #factory: IterationFactory;
  readonly #redactor: Redactor;
  readonly #load: LoadModel;
  readonly #users: Users | null;
  readonly #wakeup: Wakeup;
  readonly #health = new GeneratorHealth();
  readonly #batch: RowBatch;
  readonly #chunks = new ChunkBatch();
  readonly #planned: Record<Phase, number> = { warmup: 0, measured: 0, transition: 0, profiled: 0 };
  /** Iterations that have begun and not ended. */
  readonly #underWay: Record<Phase, number> = { warmup: 0, measured: 0, transition: 0, profiled: 0 };
  readonly #uncounted = new Set<Uncounted>();
  readonly #counter: TokenCounter;
  readonly #turn = (): void => this.#turnOnce();
  #arrivals: SharedArrivals | null = null;
  #phase: Phase = 'warmup';
  #phaseEnd = 0;
  #sending = true;
  #sendingEnd = 0;
  #interruptAt = Number.POSITIVE_INFINITY;
  #reportAt = 0;
  #healthAt = 0;
  #undrained: Phase[] = [];
  #late: LateWatch | null = null;

  /** Throws a `PlanError` where a file the plan needs is missing or wrong. */
  constructor(data: GeneratorData, post: (message: FromGenerator) => void) {
    const { plan } = data;
    this.#data = data;
    this.#post = post;
    this.#batch = new RowBatch(keepsDetails(plan));
    const program = path.join(path.dirname(process.argv[1]!), 'count-tokens.cjs');
    this.#counter = new TokenCounter(program, (message) => this.#post({ type: 'broken', message }));
    this.#clock = new RunClock(data.origin);
    const now = (): number => this.#clock.now();
    this.#transport = new Transport(plan.target, data.addresses, plan.timeout);
    const streams = (origin: string): number => streamsTo(origin, plan.target, data.multiplexed);
    const options = { connections: share(plan.connections, data), streams, now };
    this.#sender = new Sender(this.#transport, { ...options, redirects: plan.target.redirects }, plan.timeout, data);
    this.#redactor = new Redactor(secretTexts(data.secrets, data.values));
    const examples = new FailureExamples(this.#redactor);
    const groups = new AnswerGroups(plan.split, this.#redactor, (index, name) =>
      this.#post({ type: 'group', index, name }),
    );
    this.#factory = new IterationFactory(data, {
      sender: this.#sender,
      now,
      stepDue: (phase) => this.#planned[phase]++,
      stepEnded: (end) => {
        const { request, step, exchange, outcome, text } = end;
        const { intended: at, origin, outgoing, reading } = request.due;
        const group = groups.of(exchange);
        if (reading === null) this.#batch.add(request, outcome, exchange, group, end.details);
        else this.#streamEnded(end, reading, group);
        if (outcome === 'ok' || NO_FAILURES.has(outcome) || (outcome === 'dropped' && text === '')) return;
        const body = reading?.began === true ? reading.sample : null;
        const example = examples.take({ kind: outcome, step: step.name, text, at, origin, outgoing, exchange, body });
        if (example) this.#post({ type: 'failure', example });
      },
      iterationEnded: (iteration, outcome) => this.#iterationEnded(iteration, outcome),
    });
    const begin = (user: number): void => this.#beginAs(user);
    this.#load = modelOf(plan.load);
    this.#users = this.#load.closed ? new Users(this.#load.stages, data, begin) : null;
    this.#wakeup = new Wakeup(this.#clock);
  }

  /** @param startAt ms on the run's clock */
  start(startAt: number): void {
    if (!this.#sending) return;
    // What arrives has its times, and is made ready before the first; users begin as soon as they are told to.
    if (this.#users === null) this.#begin(startAt);
    else this.#wakeup.at(startAt, () => this.#begin(startAt));
  }

  #begin(startAt: number): void {
    const { plan } = this.#data;
    // A load that grows from nothing has no level to warm up at.
    if (plan.warmup > 0 && this.#load.firstLevel > 0) this.#enter('warmup', startAt, startAt + plan.warmup);
    else this.#enter('measured', startAt, startAt + plan.duration);
    this.#turnOnce();
  }

  /** Ends the transition: the profiler takes samples. @param late of requests under way for longer is told, ms; null: of none */
  profile(at: number, late: number | null): void {
    if (this.#phase !== 'transition' || !this.#sending) return;
    this.#late = late === null ? null : new LateWatch(late);
    this.#enter('profiled', at, at + this.#data.plan.duration);
    // What is due from here on was not when the next turn was arranged.
    this.#turnOnce();
  }

  /** What the set-up extracted anew. */
  learn(values: Readonly<Record<string, unknown>>): void {
    this.#factory.learn(values);
    this.#redactor.learn(secretTexts({}, values));
  }

  stop(grace: number): void {
    if (this.#sending) this.#sendingEnd = Math.min(this.#clock.now(), this.#phaseEnd);
    this.#sending = false;
    this.#interruptAt = Math.min(this.#interruptAt, this.#clock.now() + grace);
    this.#wakeup.at(this.#clock.now(), this.#turn);
  }

  #enter(phase: Phase, start: number, end: number): void {
    const { plan, generator, generators } = this.#data;
    // Of the transition nobody knows how many arrivals it will have had: what follows it is counted on from there.
    if (phase === 'measured' && this.#arrivals !== null) this.#factory.beginSchedule(this.#arrivals.countBefore(start));
    this.#phase = phase;
    this.#phaseEnd = end;
    this.#undrained.push(phase);
    this.#post({ type: 'phase', phase, start });
    const shaped = phase === 'measured' || phase === 'profiled';
    const schedule = shaped
      ? this.#load.arrivals(start, plan.seed, phase)
      : this.#load.steadyArrivals(start, plan.seed, phase);
    this.#arrivals = schedule === null ? null : new SharedArrivals(schedule, generator, generators);
    this.#users?.enter(start, shaped);
  }

  #turnOnce(): void {
    const now = this.#clock.now();
    this.#health.turned(now, REPORT_EVERY_MS);
    this.#movePhase(now);
    if (this.#sending) {
      this.#sendDue(Math.min(now, this.#phaseEnd));
      this.#users?.update(now);
    }
    this.#sender.expire();
    const countUntil = this.#interruptAt + COUNTING_MS;
    if (now >= this.#interruptAt) this.#interrupt();
    if (now >= countUntil) this.#endCounting();
    this.#tellLate(now);
    if (now >= this.#reportAt) this.#report(now);
    if (!this.#sending && this.#count() === 0 && this.#uncounted.size === 0) {
      this.#finish();
      return;
    }
    const next = this.#sending ? (this.#arrivals?.time ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const phaseEnd = this.#sending ? this.#phaseEnd : Number.POSITIVE_INFINITY;
    const late = this.#late?.next(this.#sender.first) ?? Number.POSITIVE_INFINITY;
    const deadline = [this.#interruptAt, countUntil].find((time) => time > now) ?? Number.POSITIVE_INFINITY;
    this.#wakeup.at(Math.min(next, phaseEnd, late, this.#reportAt, deadline), this.#turn);
  }

  #tellLate(now: number): void {
    const request = this.#late?.take(this.#sender.first, now) ?? null;
    if (request !== null) this.#post({ type: 'late', request: request.id, since: request.due.intended });
  }

  /** Begins what was due before `until`. */
  #sendDue(until: number): void {
    const arrivals = this.#arrivals;
    if (arrivals === null) return;
    const maxInFlight = share(this.#data.plan.maxInFlight, this.#data);
    while (arrivals.time <= until && arrivals.time < this.#phaseEnd) {
      const intended = arrivals.time;
      arrivals.next();
      const iteration = this.#factory.next(this.#phase, 0);
      if (iteration === null) {
        this.#feedEnded();
        return;
      }
      if (this.#count() >= maxInFlight) iteration.drop(intended);
      else {
        this.#underWay[this.#phase]++;
        iteration.begin(intended);
      }
    }
  }

  /** Sends what is still due in the phase that ends before the next one begins: a late turn must not lose arrivals. */
  #movePhase(now: number): void {
    while (this.#sending && now >= this.#phaseEnd) {
      const end = this.#phaseEnd;
      this.#sendDue(end);
      if (!this.#sending) return;
      const { plan, profiled } = this.#data;
      if (this.#phase === 'warmup') this.#enter('measured', end, end + plan.duration);
      else if (this.#phase === 'measured' && profiled) this.#enter('transition', end, Number.POSITIVE_INFINITY);
      else this.stop(plan.gracefulStop ?? Math.min(plan.timeout, LONGEST_GRACE_MS));
    }
  }

  #beginAs(user: number): void {
    if (!this.#sending) return;
    const iteration = this.#factory.next(this.#phase, user);
    if (iteration === null) {
      this.#feedEnded();
      return;
    }
    this.#underWay[this.#phase]++;
    iteration.begin(this.#clock.now());
  }

  #iterationEnded(iteration: Iteration, outcome: Outcome): void {
    this.#underWay[iteration.phase]--;
    if (iteration.user > 0 && this.#sending) this.#users?.free(iteration.user, outcome);
    if (!this.#sending && this.#count() === 0) this.#wakeup.at(this.#clock.now(), this.#turn);
  }

  /** A feed that is to be used once has no row left: the load ends here, as planned. */
  #feedEnded(): void {
    const { plan } = this.#data;
    this.stop(plan.gracefulStop ?? Math.min(plan.timeout, LONGEST_GRACE_MS));
  }

  #count(): number {
    return total(this.#underWay);
  }

  /** Its tokens are counted first where the server did not tell them and there is a tokenizer. */
  #streamEnded({ request, step, exchange, outcome, details }: StepEnd, reading: StreamReading, group: number): void {
    const add = (): void => {
      this.#batch.add(request, outcome, exchange, group, details);
      this.#chunks.add(request, outcome, reading);
    };
    const file = step.stream?.plan.tokenizer ?? null;
    if (file === null || details === null || !Number.isNaN(details.outputTokens) || reading.text === '') {
      add();
      return;
    }
    const uncounted = { phase: request.due.phase, add };
    this.#uncounted.add(uncounted);
    this.#counter.count(file, reading.text, (tokens) => {
      // The end of the run did not wait for it.
      if (!this.#uncounted.delete(uncounted)) return;
      details.outputTokens = tokens;
      add();
      if (!this.#sending) this.#wakeup.at(this.#clock.now(), this.#turn);
    });
  }

  #interrupt(): void {
    this.#sender.interrupt();
    this.#factory.interrupt();
  }

  /** What is not counted by now stays unknown. */
  #endCounting(): void {
    for (const { add } of this.#uncounted) add();
    this.#uncounted.clear();
  }

  #report(now: number): void {
    this.#reportAt = now + REPORT_EVERY_MS;
    // Chunks first: whoever knows a request knows its chunks.
    const chunks = this.#chunks.take();
    if (chunks.length > 0) this.#post({ type: 'chunks', chunks });
    this.#post({ type: 'rows', ...this.#batch.take(), inFlight: this.#sender.inFlight });
    if (now >= this.#healthAt) {
      this.#healthAt = now + HEALTH_EVERY_MS;
      const flown = this.#sender.flownUntil(now);
      this.#post({ type: 'health', sample: this.#health.sample(now, this.#transport.opened, flown) });
    }
    this.#undrained = this.#undrained.filter((phase) => {
      if (phase === this.#phase && this.#sending) return true;
      if (this.#underWay[phase] > 0 || [...this.#uncounted].some((one) => one.phase === phase)) return true;
      this.#post({ type: 'drained', phase, goesOn: this.#sending });
      return false;
    });
  }

  #finish(): void {
    this.#healthAt = 0;
    this.#report(this.#clock.now());
    this.#sender.close();
    this.#counter.close();
    this.#health.close();
    this.#wakeup.close();
    this.#post({
      type: 'done',
      sendingEnd: this.#sendingEnd,
      end: this.#clock.now(),
      planned: this.#load.closed ? null : { ...this.#planned },
    });
  }
}

function total(byPhase: Readonly<Record<Phase, number>>): number {
  const { warmup, measured, transition, profiled } = byPhase;
  return warmup + measured + transition + profiled;
}

/** This generator's part of what is to be shared evenly; at least one. */
function share(total: number, { generator, generators }: GeneratorData): number {
  return Math.max(1, Math.floor(total / generators) + (generator < total % generators ? 1 : 0));
}
