import type { DetailValues, Outcome } from '../../runs/request-table.ts';
import type { OutgoingRequest } from '../http/connection.ts';
import type { Exchange } from '../http/exchange.ts';
import { Answer, decodeBody } from './answer.ts';
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

/** What is known of a request besides the exchange it led to. */
export interface ExchangeContext {
  readonly sent: OutgoingRequest;
  /** Ms from the intended start. */
  readonly latency: number;
  /** What the step's reader of answers fills in; null where it has none. */
  readonly details: DetailValues | null;
  /** Called only where it is needed. */
  values(): IterationValues;
}

/**
 * What an exchange is worth to its step: the exchange itself, the status, the body, the step's checks, then what it extracts, which is
 * put into the iteration's values.
 */
export function outcomeOf(step: PreparedStep, exchange: Exchange, context: ExchangeContext): StepOutcome {
  if (exchange.outcome !== 'ok') return { outcome: exchange.outcome, text: exchange.text };
  const { status } = exchange;
  const encoding = exchange.header('content-encoding');
  if (!step.checksStatus && status >= 400) {
    return { outcome: 'status', text: `${status} ${excerpt(exchange.body)}`.trim() };
  }
  if (step.checks.length === 0 && step.extractors.length === 0 && step.answerReader === null) {
    return encoding === undefined ? saidToBeJson(exchange) : OK;
  }
  try {
    const body = step.needsBody ? decodeBody(exchange.body ?? NOTHING, encoding) : NOTHING;
    return judgeAnswer(step, new Answer(status, exchange.headers, body, context.latency), context);
  } catch (error) {
    return { outcome: 'bad-body', text: (error as Error).message };
  }
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
