import type { FailureExample } from '../../runs/failure-example.ts';
import type { Outcome } from '../../runs/request-table.ts';
import type { OutgoingRequest } from '../http/connection.ts';
import { readableBody } from '../http/content-encoding.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Redactor } from '../plan/redaction.ts';

const EXAMPLES_PER_KIND = 3;
const BODY_CHARACTERS = 2000;
/** No more of a body is searched for secrets: the sending would wait for a long one. */
const SEARCHED_CHARACTERS = 16 * BODY_CHARACTERS;

/** A failed request as the generator saw it. */
export interface FailedRequest {
  readonly kind: Outcome;
  readonly step: string;
  readonly text: string;
  readonly at: number;
  readonly origin: string;
  readonly outgoing: OutgoingRequest;
  readonly exchange: Exchange | null;
  /** The beginning of the answer, uncompressed, where the exchange does not have it. */
  readonly body: Buffer | null;
}

/** Keeps the first failures of each kind at each step, without their secrets. */
export class FailureExamples {
  readonly #kept = new Map<string, number>();
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The example to keep; null where there are enough of its kind. */
  take({ kind, step, text, at, origin, outgoing, exchange, body }: FailedRequest): FailureExample | null {
    const key = `${kind} ${step}`;
    const kept = this.#kept.get(key) ?? 0;
    if (kept >= EXAMPLES_PER_KIND) return null;
    this.#kept.set(key, kept + 1);
    const redactor = this.#redactor;
    const redact = (whole: string): string => redactor.body(whole);
    // In a stream's events a token is a part of the answer.
    const redactAnswer = body === null ? redact : (events: string): string => redactor.text(events);
    const shown =
      body?.toString() ?? (exchange?.body ? readableBody(exchange.body, exchange.header('content-encoding')) : null);
    return {
      kind,
      step,
      at,
      // It may quote the answer.
      text: redact(text),
      request:
        outgoing.method === ''
          ? null
          : {
              method: outgoing.method,
              url: redactor.url(origin + outgoing.path),
              headers: redactor.headers(pairs(outgoing.headers)),
              body: outgoing.body && shownBody(outgoing.body.toString(), redact),
            },
      response:
        exchange === null || exchange.status === 0
          ? null
          : {
              status: exchange.status,
              headers: redactor.headers(Object.entries(exchange.headers).map(([name, value]) => [name, String(value)])),
              body: shown === null ? null : shownBody(shown, redactAnswer),
            },
    };
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const named: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) named.push([flat[at]!, flat[at + 1]!]);
  return named;
}

/** The beginning of a body, cut after its secrets are removed: a part of one would not be known. */
function shownBody(body: string, redact: (text: string) => string): string {
  const text = redact(body.slice(0, SEARCHED_CHARACTERS));
  const isWhole = text.length <= BODY_CHARACTERS && body.length <= SEARCHED_CHARACTERS;
  return isWhole ? text : `${text.slice(0, BODY_CHARACTERS)}…`;
}
