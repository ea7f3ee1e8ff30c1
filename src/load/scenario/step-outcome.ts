import type { DetailValues, Outcome } from '../../runs/request-table.ts';
import { grpcFault } from '../grpc/grpc-status.ts';
import { type OutgoingRequest, WANTED_BODY_BYTES } from '../http/connection.ts';
import { decodeBody, readableBody } from '../http/content-encoding.ts';
import type { Exchange } from '../http/exchange.ts';
import type { StreamReading } from '../stream/stream-reading.ts';
import { Answer } from './answer.ts';
import type { PreparedStep } from './prepared-step.ts';
import { StepError } from './step-error.ts';
import type { IterationValues } from './values.ts';

const EXAMPLE_CHARACTERS = 500;
/** Every failed answer is quoted, so little of each may be unpacked for it. */
const QUOTED_BYTES = 64 * 1024;

export interface StepOutcome {
  readonly outcome: Outcome;
  /** For a person, where it is not ok. */
  readonly text: string;
}

const OK: StepOutcome = { outcome: 'ok', text: '' };
const CANCELLED: StepOutcome = { outcome: 'cancelled', text: '' };

/** What is known of a request besides the exchange it led to. */
export interface ExchangeContext {
  readonly sent: OutgoingRequest;
  /** Ms from the intended start. */
  readonly latency: number;
  /** What is filled in where the step reads into answers; null where it does not. */
  readonly details: DetailValues | null;
  /** What read the answer as it streamed; null where it was not asked to. */
  readonly reading: StreamReading | null;
  /** Called only where it is needed. */
  values(): IterationValues;
}

/**
 * What an exchange is worth to its step: the exchange itself, the status, the stream or the body, the step's checks, then what it extracts,
 * which is put into the iteration's values.
 */
export function outcomeOf(step: PreparedStep, exchange: Exchange, context: ExchangeContext): StepOutcome {
  const { reading, details } = context;
  try {
    if (reading !== null) return streamOutcome(step, exchange, reading, context);
    if (exchange.outcome !== 'ok') return { outcome: exchange.outcome, text: exchange.text };
    return wholeOutcome(step, exchange, context);
  } catch (error) {
    // Such as JSON that is nested too deep to be shown. Whoever hands the answer over drops errors, and the iteration would never end.
    return { outcome: 'bad-body', text: `The answer cannot be looked into: ${(error as Error).message}.` };
  } finally {
    if (details !== null) reading?.fill(details);
  }
}

/** Of an answer that came to its end and did not stream. */
function wholeOutcome(step: PreparedStep, exchange: Exchange, context: ExchangeContext): StepOutcome {
  const { status } = exchange;
  const encoding = exchange.header('content-encoding');
  if (!step.checksStatus && status >= 400) {
    const text = readableBody(exchange.body ?? NOTHING, encoding, QUOTED_BYTES);
    return { outcome: 'status', text: `${status} ${excerpt(text)}`.trim() };
  }
  const fault = step.call === null ? null : grpcFault((name) => exchange.trailer(name) ?? exchange.header(name));
  if (fault !== null) return { outcome: 'status', text: fault };
  let body: Buffer = NOTHING;
  if (step.needsBody) {
    try {
      body = bodyOf(step, exchange, encoding);
    } catch (error) {
      return { outcome: 'bad-body', text: (error as Error).message };
    }
  } else if (encoding === undefined && isBrokenJson(exchange)) {
    // Not where the plan looks into the body: it says itself what that has to be, which may be something else.
    const text = excerpt(exchange.body!.toString());
    return { outcome: 'bad-body', text: `The answer says it is JSON and is not: ${text}` };
  }
  if (step.checks.length === 0 && step.extractors.length === 0 && step.answerReader === null) return OK;
  return judgeAnswer(step, new Answer(status, exchange.headers, body, context.latency), context);
}

/** Of a gRPC answer its message as JSON. Throws an Error with a sentence. */
function bodyOf({ call }: PreparedStep, { body, unkept }: Exchange, encoding: string | undefined): Buffer {
  if (unkept > 0) {
    const [has, most] = [unkept, WANTED_BODY_BYTES].map((bytes) => Math.ceil(bytes / 1024 / 1024));
    throw new Error(`The answer has ${has} MB; checks and extractions look into no more than ${most}.`);
  }
  if (call === null) return decodeBody(body ?? NOTHING, encoding);
  return Buffer.from(JSON.stringify(call.answer(body ?? NOTHING)));
}

/**
 * Of an answer that was asked to stream. One that is no success is like any other answer, and a status that no check accepts has failed.
 * One that lost its connection after the last event that counts has come whole: clients stop reading there.
 */
function streamOutcome(
  step: PreparedStep,
  exchange: Exchange,
  reading: StreamReading,
  context: ExchangeContext,
): StepOutcome {
  const cancelled = exchange.outcome === 'cancelled';
  if (exchange.outcome !== 'ok' && !cancelled && !(exchange.outcome === 'reset' && reading.closed)) {
    return { outcome: exchange.outcome, text: cutOff(exchange, reading) };
  }
  if (!reading.began) {
    if (step.checksStatus || exchange.status >= 400) return wholeOutcome(step, exchange, context);
    return { outcome: 'status', text: `${exchange.status} came where a stream was asked for.` };
  }
  const trouble = cancelled ? null : reading.trouble();
  if (trouble !== null) return trouble;
  if (step.checks.length === 0 && step.extractors.length === 0 && step.answerReader === null) {
    return cancelled ? CANCELLED : OK;
  }
  const body = step.needsBody ? reading.answer() : NOTHING;
  const answer = new Answer(exchange.status, exchange.headers, body, context.latency);
  if (!cancelled) return judgeAnswer(step, answer, context);
  // What it has of the answer may do for the next step; there is nothing to be checked about a part.
  const { outcome } = judgeAnswer({ ...step, checks: [] }, answer, context);
  return outcome === 'ok'
    ? CANCELLED
    : { outcome: 'cancelled', text: 'What it had come to lacks what later steps need.' };
}

/** What happened to a stream that broke off, with how far it had come. */
function cutOff({ outcome, text }: Exchange, reading: StreamReading): string {
  const count = reading.times.length;
  if (!reading.began || outcome === 'bad-body') return text;
  const came = count === 0 ? 'no chunk with content' : count === 1 ? 'one chunk' : `${count} chunks`;
  const what = outcome === 'reset' ? 'The server closed the connection in the middle of the stream.' : text;
  return `${what} ${came[0]!.toUpperCase()}${came.slice(1)} had come.`;
}

function judgeAnswer(step: PreparedStep, answer: Answer, { sent, details, values }: ExchangeContext): StepOutcome {
  try {
    if (details !== null && answer.status < 400) step.answerReader?.read(answer, sent, details);
    for (const check of step.checks) {
      const fault = check.judge(answer, values());
      if (fault !== null) return { outcome: 'check', text: fault };
    }
    for (const extractor of step.extractors) values().set(extractor.name, extractor.extract(answer));
    return OK;
  } catch (error) {
    if (error instanceof StepError) return { outcome: error.kind, text: error.message };
    throw error;
  }
}

const NOTHING = Buffer.alloc(0);

/** Of answers that are not compressed: unpacking all of them only to see would cost the generator too much. */
function isBrokenJson(exchange: Exchange): boolean {
  const { body, status } = exchange;
  if (body === null || body.length === 0 || status >= 400 || !exchange.isJson) return false;
  try {
    JSON.parse(body.toString().replace(/^\ufeff/, ''));
    return false;
  } catch {
    return true;
  }
}

function excerpt(body: string): string {
  const text = body.replace(/\s+/g, ' ').trim();
  return text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}…` : text;
}
