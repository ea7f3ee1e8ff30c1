import { type GrpcMethod, grpcMethod } from '../grpc/grpc-method.ts';
import type { OutgoingRequest } from '../http/connection.ts';
import type { Step, Target } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import { PreparedStream } from '../stream/prepared-stream.ts';
import { compileAddress } from './address.ts';
import type { AnswerReader } from './answer-reader.ts';
import { compileBody } from './body.ts';
import { type CompiledCheck, compileCheck } from './check.ts';
import type { CookieJar } from './cookies.ts';
import { compileExtraction, type Extractor } from './extraction.ts';
import { compileGrpcBody } from './grpc-body.ts';
import { compileHeaders, withCookies } from './request-headers.ts';
import { compileTimings } from './server-timings.ts';
import { batchSize, resizedStep, type SentStep, type StepSize, sizeOf } from './shaped-step.ts';
import { StepError } from './step-error.ts';
import { compileTemplate, renderText } from './template.ts';
import type { IterationValues } from './values.ts';

/** One request as it goes out, and where to. */
export interface RenderedRequest extends OutgoingRequest {
  readonly origin: string;
  /** Rows in its body; NaN where they cannot be told. */
  readonly size: number;
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
  /** The call that it makes, by which its answers are read; null where it makes none. */
  readonly call: GrpcMethod | null;
  /** null: its answers are taken as a whole. */
  readonly stream: PreparedStream | null;
  /** Whether its API is known, so that there are details of its requests. */
  readonly isShaped: boolean;
  /** null: nothing is read into its whole answers. */
  readonly answerReader: AnswerReader | null;
  readonly think: Step['think'];
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
 */
export function prepareStep(step: Step, target: Target, stepIndex: number, seed = 0): PreparedStep {
  return within(`Step "${step.name}"`, () => {
    const answerReader = step.timings === null ? null : within('timings', () => compileTimings(step.timings!));
    const size = within('body', () => sizeOf(step, target));
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
      call: step.method === 'GRPC' ? grpcCall(step, target) : null,
      stream: step.stream === null ? null : new PreparedStream(step.stream, seed, stepIndex, needsBody),
      answerReader,
      isShaped: size !== null,
      checks,
      checksStatus: step.checks.some(({ on }) => on === 'status'),
      extractors,
      think: step.think,
      ...(step.batch === null ? prepareRequest(step, target, size) : prepareBatches(step, target, step.batch)),
    };
  });
}

type PreparedRequest = Pick<PreparedStep, 'origin' | 'fixed' | 'render'>;

/** As many requests are kept ready, each with its number of rows. */
const MOST_BATCHES = 64;

/** A step with the number of rows that was asked for, be it the same in every iteration or not. */
function prepareBatches(step: Step, target: Target, batch: string): PreparedRequest {
  const template = compileTemplate(batch);
  const prepare = (count: number): PreparedRequest =>
    prepareRequest(resizedStep(step, target, count), target, { fixed: count, of: () => count });
  if (template.static) return prepare(batchSize(template.text));
  const prepared = new Map<number, PreparedRequest>();
  // Whether the rows can be changed at all is said before the load.
  const { origin } = prepare(2);
  const of = (count: number): PreparedRequest => {
    const known = prepared.get(count);
    if (known !== undefined) return known;
    if (prepared.size >= MOST_BATCHES) prepared.clear();
    const made = inIteration(() => prepare(count));
    prepared.set(count, made);
    return made;
  };
  return {
    origin,
    fixed: null,
    render: (values, cookies) => {
      const count = inIteration(() => batchSize(renderText(template, values)));
      return of(count).render(values, cookies);
    },
  };
}

/** What is wrong with the plan only in an iteration fails that, and no more. */
function inIteration<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PlanError) throw new StepError('template', error.message);
    throw error;
  }
}

/** @param size null: its rows are not known */
function prepareRequest(step: SentStep, target: Target, size: StepSize | null): PreparedRequest {
  const call = step.method === 'GRPC' ? grpcCall(step, target) : null;
  const method = call === null ? step.method : 'POST';
  const body = within('body', () => (call === null ? compileBody(step.body) : compileGrpcBody(call, step.body)));
  const address = compileAddress(call?.path ?? step.url, step.query, target.url);
  const headers = compileHeaders([
    { 'user-agent': 'tailflame', accept: '*/*' },
    target.compression ? { 'accept-encoding': 'gzip, deflate, br' } : {},
    body.contentType === null ? {} : { 'content-type': body.contentType },
    call === null ? {} : { te: 'trailers' },
    address.authorization === null ? {} : { authorization: address.authorization },
    target.headers,
    step.headers,
  ]);
  const make = (values: IterationValues): RenderedRequest => {
    const { origin, path, authorization } = address.fixed ?? address.place(values);
    const named = headers.fixed ?? headers.render(values);
    const all =
      authorization === null || headers.has('authorization') ? named : [...named, 'authorization', authorization];
    const bytes = body.static === undefined ? body.render(values) : body.static;
    return { origin, path, method, headers: all, body: bytes, size: size?.of(bytes) ?? NaN };
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
          size: size?.of(body.static) ?? NaN,
        });
  return {
    origin: address.origin,
    fixed,
    render: (values, cookies) => {
      const request = fixed ?? make(values);
      const sent = cookies?.header(request.origin + request.path) ?? null;
      return sent === null ? request : { ...request, headers: withCookies(request.headers, sent) };
    },
  };
}

function grpcCall({ url }: Pick<Step, 'url'>, { http }: Target): GrpcMethod {
  if (http !== '1.1') return grpcMethod(url);
  throw new PlanError('gRPC goes over HTTP/2: write the target as grpc://HOST:PORT, or give it http: "2".');
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
