import type { DetailValues, Outcome } from '../../runs/request-table.ts';
import { grpcFault } from '../grpc/grpc-status.ts';
import type { OutgoingRequest } from '../http/connection.ts';
import { decodeBody } from '../http/content-encoding.ts';
import type { Exchange } from '../http/exchange.ts';
import type { StreamReading } from '../stream/stream-reading.ts';
import { Answer } from './answer.ts';
import type { PreparedStep } from './prepared-step.ts';
import { StepError } from './step-error.ts';
import type { IterationValues } from './values.ts';

/** An answer that says it is JSON is parsed up to this size, to see that it is. */
const PARSED_BYTES = 256 * 1024;
const EXAMPLE_CHARACTERS = 500;

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
  const { reading } = context;
  if (reading !== null) {
    const outcome = streamOutcome(step, exchange, reading, context);
    if (context.details !== null) reading.fill(context.details);
    return outcome;
  }
  if (exchange.outcome !== 'ok') return { outcome: exchange.outcome, text: exchange.text };
  return wholeOutcome(step, exchange, context);
}

/** Of an answer that came to its end and did not stream. */
function wholeOutcome(step: PreparedStep, exchange: Exchange, context: ExchangeContext): StepOutcome {
  const { status } = exchange;
  const encoding = exchange.header('content-encoding');
  if (!step.checksStatus && status >= 400) {
    return { outcome: 'status', text: `${status} ${excerpt(exchange.body)}`.trim() };
  }
  const fault = step.call === null ? null : grpcFault((name) => exchange.trailer(name) ?? exchange.header(name));
  if (fault !== null) return { outcome: 'status', text: fault };
  if (step.checks.length === 0 && step.extractors.length === 0 && step.answerReader === null) {
    return encoding === undefined ? saidToBeJson(exchange) : OK;
  }
  try {
    const body = step.needsBody ? bodyOf(step, exchange, encoding) : NOTHING;
    return judgeAnswer(step, new Answer(status, exchange.headers, body, context.latency), context);
  } catch (error) {
    return { outcome: 'bad-body', text: (error as Error).message };
  }
}

/** Of a gRPC answer its message as JSON. Throws an Error with a sentence. */
function bodyOf({ call }: PreparedStep, { body }: Exchange, encoding: string | undefined): Buffer {
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
  if (details !== null && answer.status < 400) step.answerReader?.read(answer, sent, details);
  try {
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

function saidToBeJson(exchange: Exchange): StepOutcome {
  const { body, status } = exchange;
  if (body === null || body.length === 0 || body.length > PARSED_BYTES || status >= 400) return OK;
  if (!exchange.header('content-type')?.includes('json')) return OK;
  try {
    JSON.parse(body.toString());
    return OK;
  } catch {
    return { outcome: 'bad-body', text: `The answer says it is JSON and is not: ${excerpt(body)}` };
  }
}

function excerpt(body: Buffer | null): string {
  const text = (body ?? NOTHING).toString().replace(/\s+/g, ' ').trim();
  return text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}…` : text;
}
