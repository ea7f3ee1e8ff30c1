import { RunClock } from '../runs/clock.ts';
import type { Outcome, Phase } from '../runs/request-table.ts';
import { type ArrivalTimes, arrivalTimes } from './arrivals.ts';
import { prepareRequest } from './connection.ts';
import type { FromLoadWorker, LoadWorkerData } from './messages.ts';
import { RowBatch } from './row-batch.ts';
import { Sender } from './sender.ts';

const REPORT_EVERY_MS = 100;
const EXAMPLES_PER_KIND = 3;
/** A timer may fire this much late; the rest of a wait is spun, so that requests leave on time. */
const TIMER_SLACK_MS = 1.2;
/** A user whose connection fails waits this long before trying again, or a dead server would be asked 20,000 times a second. */
const RETRY_PAUSE_MS = 50;

/** Makes the load of one run on the thread it is created on: warm-up, measured phase, and if asked a profiled one. */
export class Generator {
  readonly #data: LoadWorkerData;
  readonly #post: (message: FromLoadWorker) => void;
  readonly #clock: RunClock;
  readonly #sender: Sender;
  readonly #batch = new RowBatch();
  readonly #planned: Record<Phase, number> = { warmup: 0, measured: 0, transition: 0, profiled: 0 };
  readonly #examples = new Map<Outcome, number>();
  #phase: Phase = 'warmup';
  #phaseEnd = 0;
  #next = Number.POSITIVE_INFINITY;
  #arrivals: ArrivalTimes = () => Number.POSITIVE_INFINITY;
  #startedUsers = 0;
  #sending = true;
  #sendingEnd = 0;
  #interruptAt = Number.POSITIVE_INFINITY;
  #reportAt = 0;
  #undrained: Phase[] = [];

  constructor(data: LoadWorkerData, post: (message: FromLoadWorker) => void) {
    this.#data = data;
    this.#post = post;
    this.#clock = new RunClock(data.origin);
    const { plan } = data;
    this.#sender = new Sender(
      prepareRequest(plan.target),
      plan.connections,
      plan.timeout,
      () => this.#clock.now(),
      (request, outcome, exchange, end) => {
        this.#batch.add(request, outcome, exchange, end);
        if (exchange && outcome !== 'ok' && outcome !== 'interrupted') this.#keepExample(outcome, exchange.text);
        if (plan.load.model === 'closed') this.#userIsFree(outcome);
      },
    );
  }

  start(): void {
    const { plan } = this.#data;
    const now = this.#clock.now();
    if (plan.warmup > 0) this.#enter('warmup', now, now + plan.warmup);
    else this.#enter('measured', now, now + plan.duration);
    this.#turn();
  }

  /** Ends the transition: the profiler takes samples. */
  profile(): void {
    if (this.#phase !== 'transition' || !this.#sending) return;
    const now = this.#clock.now();
    this.#enter('profiled', now, now + this.#data.plan.duration);
  }

  stop(grace: number): void {
    if (this.#sending) this.#sendingEnd = Math.min(this.#clock.now(), this.#phaseEnd);
    this.#sending = false;
    this.#interruptAt = Math.min(this.#interruptAt, this.#clock.now() + grace);
  }

  #enter(phase: Phase, start: number, end: number): void {
    const { load, seed } = this.#data.plan;
    this.#phase = phase;
    this.#phaseEnd = end;
    this.#undrained.push(phase);
    this.#post({ type: 'phase', phase, start });
    if (load.model === 'open') {
      this.#arrivals = arrivalTimes(load.arrivals, load.rate, start, seed, phase);
      this.#next = this.#arrivals();
    } else {
      // Users begin one at a time over the first moments, so that they do not all ask at once for ever.
      while (this.#startedUsers < load.users) {
        this.#startedUsers++;
        setTimeout(() => this.#userSends(), (this.#startedUsers / load.users) * Math.min(100, load.users));
      }
    }
  }

  #turn(): void {
    const now = this.#clock.now();
    this.#movePhase(now);
    const { load } = this.#data.plan;
    if (load.model === 'open' && this.#sending) {
      while (this.#next <= now && this.#next < this.#phaseEnd) {
        this.#planned[this.#phase]++;
        this.#sender.due(this.#phase, this.#next);
        this.#next = this.#arrivals();
      }
    }
    this.#sender.expire();
    if (now >= this.#interruptAt) this.#sender.interrupt();
    if (now >= this.#reportAt) {
      this.#reportAt = now + REPORT_EVERY_MS;
      this.#report();
    }
    if (!this.#sending && this.#sender.inFlight() === 0) {
      this.#finish();
      return;
    }
    const wait = Math.min(this.#next, this.#phaseEnd, this.#reportAt, this.#interruptAt) - this.#clock.now();
    if (wait > 2 * TIMER_SLACK_MS) setTimeout(() => this.#turn(), Math.floor(wait - TIMER_SLACK_MS));
    else setImmediate(() => this.#turn());
  }

  /** Sends what is still due in the phase that ends before the next one begins: a late turn must not lose arrivals. */
  #movePhase(now: number): void {
    while (this.#sending && now >= this.#phaseEnd) {
      const end = this.#phaseEnd;
      while (this.#next < end) {
        this.#planned[this.#phase]++;
        this.#sender.due(this.#phase, this.#next);
        this.#next = this.#arrivals();
      }
      const { plan, profiled } = this.#data;
      if (this.#phase === 'warmup') this.#enter('measured', end, end + plan.duration);
      else if (this.#phase === 'measured' && profiled) this.#enter('transition', end, Number.POSITIVE_INFINITY);
      else this.stop(Math.min(plan.timeout, 30_000));
    }
  }

  #userSends(): void {
    if (this.#sending) this.#sender.due(this.#phase, this.#clock.now());
  }

  #userIsFree(outcome: Outcome): void {
    if (!this.#sending) return;
    if (outcome === 'refused' || outcome === 'reset' || outcome === 'connect') {
      setTimeout(() => this.#userSends(), RETRY_PAUSE_MS);
    } else {
      setImmediate(() => this.#userSends());
    }
  }

  #keepExample(outcome: Outcome, text: string): void {
    const kept = this.#examples.get(outcome) ?? 0;
    if (kept >= EXAMPLES_PER_KIND) return;
    this.#examples.set(outcome, kept + 1);
    this.#post({ type: 'failure', outcome, text });
  }

  #report(): void {
    this.#post({ type: 'rows', rows: this.#batch.take(), inFlight: this.#sender.inFlight() });
    this.#undrained = this.#undrained.filter((phase) => {
      if (phase === this.#phase && this.#sending) return true;
      if (this.#sender.inFlight(phase) > 0) return true;
      this.#post({ type: 'drained', phase });
      return false;
    });
  }

  #finish(): void {
    this.#report();
    this.#sender.close();
    const open = this.#data.plan.load.model === 'open';
    this.#post({
      type: 'done',
      sendingEnd: this.#sendingEnd,
      end: this.#clock.now(),
      planned: open ? { ...this.#planned } : null,
    });
  }
}
