import { LIMITS } from '../limits.ts';
import { type Body, type Extraction, METHODS, type Method, type Target } from '../plan.ts';
import { PlanError } from '../plan-error.ts';
import { hasScheme } from '../target-url.ts';

/** One request as it was found in a curl line, a file of requests, a recording or an OpenAPI document. `plan-of.ts` makes steps of them. */
export interface ImportedRequest {
  /** null: it was given none. */
  readonly name: string | null;
  readonly method: Method;
  /** With scheme and host; a template, as are the values of query, headers and body. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Files as they were named: absolute, or relative to a folder that `plan-of.ts` is told. */
  readonly body: Body | null;
  /** What is left open, as `${env.NAME}`, with what stands in where that is not set; null: nothing does. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** What later requests need of the answer. */
  readonly extract: Readonly<Record<string, Extraction>>;
  /** How it is sent, where that is not as usual. Files as in the body. */
  readonly target: Partial<Target>;
  /** Ms; null: nothing was said about it. */
  readonly timeout: number | null;
  /** Waited before it, ms; null: nothing. */
  readonly think: number | null;
  /** Where it stands in what it was found in, from 1; null: that is not known. */
  readonly line: number | null;
  /** What could not be taken over, and what is sent otherwise than before: sentences for people. */
  readonly notes: readonly string[];
}

/** A GET of an address, with nothing else said. */
export function bareRequest(url: string): ImportedRequest {
  return {
    name: null,
    method: 'GET',
    url,
    query: {},
    headers: {},
    body: null,
    variables: {},
    extract: {},
    target: {},
    timeout: null,
    think: null,
    line: null,
    notes: [],
  };
}

/** Throws a {@link PlanError} for a method that no plan can send. */
export function methodOf(text: string): Method {
  const method = METHODS.find((known) => known === text.toUpperCase());
  if (method === undefined) throw new PlanError(`${text} requests cannot be sent. There are ${METHODS.join(', ')}.`);
  return method;
}

/** An address as people write it, with the scheme they leave out; one that begins with a placeholder may have it there. */
export function withScheme(url: string): string {
  if (url.startsWith('${')) return url;
  return hasScheme(url) ? url : `http://${url}`;
}

/** A timeout such as a plan may have; null: none. @param ms not a number, or 0: none */
export function timeoutOf(ms: number): number | null {
  return ms > 0 ? Math.min(Math.max(ms, LIMITS.timeout.least), LIMITS.timeout.most) : null;
}
