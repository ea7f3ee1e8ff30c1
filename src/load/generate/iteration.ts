import { type DetailValues, type Outcome, type Phase, unknownDetails } from '../../runs/request-table.ts';
import type { Exchange } from '../http/exchange.ts';
import { CookieJar } from '../scenario/cookies.ts';
import type { PreparedScenario } from '../scenario/prepared-scenario.ts';
import type { PreparedStep, RenderedRequest } from '../scenario/prepared-step.ts';
import { withCookies } from '../scenario/request-headers.ts';
import { readTimingHeaders } from '../scenario/server-timings.ts';
import { StepError } from '../scenario/step-error.ts';
import { outcomeOf } from '../scenario/step-outcome.ts';
import type { IterationValues } from '../scenario/values.ts';
import type { Due, DueRequest, RequestOwner } from './due-request.ts';
import type { Sender } from './sender.ts';

/** What became of one request of an iteration. */
export interface StepEnd {
  readonly request: DueRequest;
  readonly step: PreparedStep;
  readonly exchange: Exchange | null;
  readonly outcome: Outcome;
  readonly text: string;
  /** null: the step reads nothing into answers. */
  readonly details: DetailValues | null;
}

/** What iterations need of the generator they belong to. */
export interface IterationHost {
  readonly sender: Sender;
  now(): number;
  /** The values placeholders can name; called once an iteration, and only where a step has placeholders. */
  valuesOf(iteration: Iteration): IterationValues;
  /** Throws a `StepError` where load may not go to an origin that only the iteration knows. */
  requireOrigin(origin: string): void;
  /** A request of that phase is due; `stepEnded` follows, whatever becomes of it. */
  stepDue(phase: Phase): void;
  stepEnded(end: StepEnd): void;
  iterationEnded(iteration: Iteration, outcome: Outcome): void;
  /** Those that pause between two steps, for whoever ends the run. */
  readonly thinking: Set<Iteration>;
}

/** What goes out for a step that cannot be made. */
const NOTHING: RenderedRequest = { origin: '', path: '', method: '', headers: [], body: null, size: NaN };

/** One walk through the steps of a scenario; it ends at the first step that fails. */
export class Iteration implements RequestOwner {
  /** Over all generators, from 0. */
  readonly index: number;
  readonly phase: Phase;
  /** From 1 in a closed load, 0 in an open one. */
  readonly user: number;
  readonly #scenario: PreparedScenario;
  readonly #host: IterationHost;
  #at = 0;
  #values: IterationValues | null = null;
  #cookies: CookieJar | null = null;
  /** Where redirects led from the request under way; null: nowhere. */
  #path: string | null = null;
  #thinking: NodeJS.Timeout | null = null;

  constructor(index: number, phase: Phase, user: number, scenario: PreparedScenario, host: IterationHost) {
    this.index = index;
    this.phase = phase;
    this.user = user;
    this.#scenario = scenario;
    this.#host = host;
  }

  /** Sends the first step, meant for `intended` (ms on the run's clock). */
  begin(intended: number): void {
    const step = this.#scenario.steps[0]!;
    if (step.think === null) this.#send(step, intended);
    else this.#think(step);
  }

  /** Never sends its first step, and says so. */
  drop(intended: number): void {
    this.#unsent(this.#scenario.steps[0]!, intended, 'dropped', '');
  }

  /** Gives up a pause between two steps; what is in flight is the sender's to end. */
  interrupt(): void {
    if (this.#thinking === null) return;
    clearTimeout(this.#thinking);
    this.#thinking = null;
    this.#host.thinking.delete(this);
    this.#host.iterationEnded(this, 'interrupted');
  }

  get values(): IterationValues {
    this.#values ??= this.#host.valuesOf(this);
    return this.#values;
  }

  requestEnded(request: DueRequest, exchange: Exchange | null): void {
    const { intended, origin, outgoing } = request.due;
    const step = this.#scenario.steps[this.#at]!;
    const { reading, size } = request.due;
    const isTold = reading !== null || step.answerReader !== null || step.isShaped;
    const details = isTold ? { ...unknownDetails(), size } : null;
    const { outcome, text } =
      exchange === null
        ? { outcome: 'dropped' as const, text: '' }
        : outcomeOf(step, exchange, {
            sent: outgoing,
            latency: exchange.end - intended,
            details,
            reading,
            values: () => this.values,
          });
    if (details !== null && exchange !== null) this.#readHeaders(step, exchange, details);
    if (exchange !== null) this.#keepCookies(exchange, origin, outgoing.path);
    this.#host.stepEnded({ request, step, exchange, outcome, text, details });
    this.#at++;
    const next = this.#scenario.steps[this.#at];
    const goesOn = outcome === 'ok' || (outcome === 'cancelled' && text === '');
    if (!goesOn || next === undefined) this.#host.iterationEnded(this, outcome);
    else if (next.think === null) this.#send(next, exchange!.end);
    else this.#think(next);
  }

  redirected(
    { due: { origin } }: DueRequest,
    from: string,
    to: string,
    setCookie: readonly string[],
    headers: readonly string[],
  ): readonly string[] {
    this.#path = to;
    const former = this.#cookies?.header(origin + from) ?? null;
    this.#storeCookies(origin + from, setCookie);
    return withCookies(headers, this.#cookies?.header(origin + to) ?? null, former);
  }

  #send(step: PreparedStep, intended: number): void {
    let rendered: RenderedRequest;
    try {
      rendered = step.fixed !== null && this.#cookies === null ? step.fixed : step.render(this.values, this.#cookies);
      if (step.origin === null) this.#host.requireOrigin(rendered.origin);
    } catch (error) {
      // Whatever it is: an iteration that never ends would keep the run from its end.
      const kind = error instanceof StepError ? error.kind : 'template';
      this.#unsent(step, intended, kind, (error as Error).message);
      this.#host.iterationEnded(this, kind);
      return;
    }
    this.#host.stepDue(this.phase);
    this.#host.sender.send(this.#due(step, intended, rendered), this);
  }

  #think(step: PreparedStep): void {
    const [least, most] = step.think!;
    const pause = least === most ? least : least + this.values.random() * (most - least);
    this.#host.thinking.add(this);
    this.#thinking = setTimeout(() => {
      this.#thinking = null;
      this.#host.thinking.delete(this);
      // A pause is over when its timer says so: nobody waits for a person's next move.
      this.#send(step, this.#host.now());
    }, pause);
  }

  #unsent(step: PreparedStep, intended: number, outcome: Outcome, text: string): void {
    this.#host.stepDue(this.phase);
    const request = this.#host.sender.unsent(this.#due(step, intended, NOTHING), this);
    this.#host.stepEnded({ request, step, exchange: null, outcome, text, details: null });
  }

  #due(step: PreparedStep, intended: number, outgoing: RenderedRequest): Due {
    const { index: iteration, phase } = this;
    return {
      phase,
      step: step.index,
      iteration,
      intended,
      origin: outgoing.origin,
      outgoing,
      size: outgoing.size,
      wantBody: step.needsBody,
      reading: step.stream?.open(iteration) ?? null,
    };
  }

  /** Where the plan says itself where the server's times are, they are read with the answer. */
  #readHeaders(step: PreparedStep, exchange: Exchange, details: DetailValues): void {
    if (!step.isShaped || step.answerReader !== null || exchange.status >= 400) return;
    readTimingHeaders((name) => exchange.header(name), details);
  }

  /** @param path where no redirect led elsewhere */
  #keepCookies(exchange: Exchange, origin: string, path: string): void {
    if (exchange.header('set-cookie') !== undefined) {
      this.#storeCookies(origin + (this.#path ?? path), exchange.all('set-cookie'));
    }
    this.#path = null;
  }

  #storeCookies(url: string, setCookie: readonly string[]): void {
    if (setCookie.length === 0) return;
    this.#cookies ??= new CookieJar();
    this.#cookies.store(url, setCookie);
  }
}
