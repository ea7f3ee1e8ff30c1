import type { OutgoingRequest } from '../http/connection.ts';
import { PlanError, type Step, type Target } from '../plan/plan.ts';
import { PreparedStream } from '../stream/prepared-stream.ts';
import { compileAddress } from './address.ts';
import type { AnswerReader } from './answer-reader.ts';
import { compileBody } from './body.ts';
import { type CompiledCheck, compileCheck } from './check.ts';
import type { CookieJar } from './cookies.ts';
import { compileExtraction, type Extractor } from './extraction.ts';
import { compileHeaders, withCookies } from './request-headers.ts';
import type { IterationValues } from './values.ts';

/** One request as it goes out, and where to. */
export interface RenderedRequest extends OutgoingRequest {
  readonly origin: string;
}

/** An extraction with the name its value goes by. */
export interface NamedExtractor extends Extractor {
  readonly name: string;
}

/** A step made ready once, so that sending it costs little but the send. */
export interface PreparedStep {
  /** Among the steps of all scenarios. */
  readonly index: number;
  readonly name: string;
  /** null: the host is a template. */
  readonly origin: string | null;
  /** Whether the answer's body is looked into. */
  readonly needsBody: boolean;
  readonly checks: readonly CompiledCheck[];
  /** Without a check on the status it has to be below 400. */
  readonly checksStatus: boolean;
  readonly extractors: readonly NamedExtractor[];
  /** null: its answers are taken as a whole. */
  readonly stream: PreparedStream | null;
  /** null: nothing is read into its whole answers. */
  readonly answerReader: AnswerReader | null;
  readonly think: Step['think'];
  /** Whether `fixed` is there. */
  readonly isStatic: boolean;
  /** What is sent in every iteration that has no cookies; null where it has to be rendered. Frozen. */
  readonly fixed: RenderedRequest | null;
  /** Throws a `StepError` of kind `template` for a name without a value, and for a value that cannot be sent. */
  render(values: IterationValues, cookies: CookieJar | null): RenderedRequest;
}

/**
 * Reads what the step sends, files included. Throws a {@link PlanError} that names the step.
 *
 * @param stepIndex among all scenarios'
 * @param seed of what is drawn at random about it
 * @param answerReader reads into its whole answers
 */
export function prepareStep(
  step: Step,
  target: Target,
  stepIndex: number,
  seed = 0,
  answerReader: AnswerReader | null = null,
): PreparedStep {
  return within(`Step "${step.name}"`, () => {
    const checks = step.checks.map((check, at) => within(`check ${at + 1}`, () => compileCheck(check)));
    const extractors = Object.entries(step.extract).map(([name, extraction]) =>
      within(`extract ${name}`, () => ({ name, ...compileExtraction(extraction) })),
    );
    const needsBody =
      checks.some(({ needs }) => needs.body) ||
      extractors.some((extractor) => extractor.needsBody) ||
      answerReader?.needsBody === true;
    return {
      index: stepIndex,
      name: step.name,
      needsBody,
      stream: step.stream === null ? null : new PreparedStream(step.stream, seed, stepIndex, needsBody),
      answerReader,
      checks,
      checksStatus: step.checks.some(({ on }) => on === 'status'),
      extractors,
      think: step.think,
      ...prepareRequest(step, target),
    };
  });
}

type PreparedRequest = Pick<PreparedStep, 'origin' | 'isStatic' | 'fixed' | 'render'>;

function prepareRequest(step: Step, target: Target): PreparedRequest {
  const { method } = step;
  const body = within('body', () => compileBody(step.body));
  const address = compileAddress(step.url, step.query, target.url);
  const headers = compileHeaders([
    { 'user-agent': 'tailflame', accept: '*/*' },
    target.compression ? { 'accept-encoding': 'gzip, deflate, br' } : {},
    body.contentType === null ? {} : { 'content-type': body.contentType },
    address.authorization === null ? {} : { authorization: address.authorization },
    target.headers,
    step.headers,
  ]);
  const make = (values: IterationValues): RenderedRequest => {
    const { origin, path, authorization } = address.fixed ?? address.place(values);
    const named = headers.fixed ?? headers.render(values);
    const all =
      authorization === null || headers.has('authorization') ? named : [...named, 'authorization', authorization];
    return { origin, path, method, headers: all, body: body.static === undefined ? body.render(values) : body.static };
  };
  const fixed =
    address.fixed === null || headers.fixed === null || body.static === undefined
      ? null
      : Object.freeze({
          origin: address.fixed.origin,
          path: address.fixed.path,
          method,
          headers: headers.fixed,
          body: body.static,
        });
  return {
    origin: address.origin,
    isStatic: fixed !== null,
    fixed,
    render: (values, cookies) => {
      const request = fixed ?? make(values);
      const sent = cookies?.header(request.origin + request.path) ?? null;
      return sent === null ? request : { ...request, headers: withCookies(request.headers, sent) };
    },
  };
}

/** Says where in the plan a fault is. */
function within<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PlanError) throw new PlanError(`${where}: ${error.message}`);
    throw error;
  }
}
