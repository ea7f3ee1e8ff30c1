import { cutShort } from '../scenario/value-text.ts';
import type { StreamEvent } from './event-decoder.ts';
import { StreamFault } from './stream-fault.ts';

/** What the APIs' objects may have that is looked at here. */
type Field =
  | 'arguments'
  | 'cached_tokens'
  | 'choices'
  | 'completion_tokens'
  | 'content'
  | 'delta'
  | 'details'
  | 'done'
  | 'error'
  | 'eval_count'
  | 'eval_duration'
  | 'finish_reason'
  | 'function'
  | 'function_call'
  | 'generated_text'
  | 'generated_tokens'
  | 'id'
  | 'index'
  | 'input_length'
  | 'input_tokens'
  | 'input_tokens_details'
  | 'item'
  | 'load_duration'
  | 'message'
  | 'name'
  | 'object'
  | 'output'
  | 'output_tokens'
  | 'predicted_ms'
  | 'prefill'
  | 'prompt_eval_count'
  | 'prompt_eval_duration'
  | 'prompt_ms'
  | 'prompt_tokens'
  | 'prompt_tokens_details'
  | 'reasoning'
  | 'reasoning_content'
  | 'refusal'
  | 'response'
  | 'special'
  | 'summary'
  | 'text'
  | 'thinking'
  | 'timings'
  | 'token'
  | 'tool_calls'
  | 'type'
  | 'usage';

/** An object of which nothing is known but the names that are looked for. */
export type JsonObject = Readonly<Record<string, unknown>> & { readonly [Name in Field]?: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : NOTHING;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** NaN for what is no number. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

const NOTHING: JsonObject = {};

/** What an event's data says. Throws a {@link StreamFault} where it is no JSON object. */
export function eventObject({ data }: StreamEvent): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new StreamFault(`An event of the stream is not JSON: ${cutShort(data)}`);
  }
  if (!isObject(value)) throw new StreamFault(`An event of the stream is no JSON object: ${cutShort(data)}`);
  return value;
}

/** What a server says went wrong, whichever of the usual ways it has of saying so; null where it says nothing went wrong. */
export function errorOf(said: JsonObject): string | null {
  const { error, object, message } = said;
  if (typeof error === 'string' && error !== '') return error;
  if (isObject(error)) return textOf(error.message) || JSON.stringify(error);
  // As FastChat and earlier vLLM say it.
  return object === 'error' ? textOf(message) || 'no reason is given' : null;
}
