import { errorOf, eventObject, isObject, type JsonObject, listOf, objectOf, textOf } from './json-value.ts';
import { eventError, noteNumbers } from './openai-choices.ts';
import type { EventReader, StreamFormat } from './stream-format.ts';
import type { StreamNotes } from './stream-notes.ts';

/*
 * OpenAI's responses. A stream is whole with `response.completed`, or `response.incomplete` where the answer was cut at the length asked
 * for, as `finish_reason: length` does elsewhere. Both hold the whole response. `response.failed` and `error` say that it failed.
 */

const ENDS = new Set(['response.completed', 'response.incomplete']);

const DELTAS: Readonly<Record<string, 'content' | 'reasoning' | 'toolCall'>> = {
  'response.output_text.delta': 'content',
  'response.refusal.delta': 'content',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'toolCall',
  'response.custom_tool_call_input.delta': 'toolCall',
  'response.mcp_call_arguments.delta': 'toolCall',
};

function open(): EventReader {
  let streamed = false;
  return {
    read(event, notes) {
      // What speaks chat completions as well may end both alike.
      if (event.data.trim() === '[DONE]') {
        notes.closed = true;
        return undefined;
      }
      if (event.type === 'error') {
        notes.fail(eventError(event.data));
        return undefined;
      }
      const said = eventObject(event);
      const type = textOf(said.type) || event.type;
      const kind = DELTAS[type];
      if (kind !== undefined) notes[kind] += textOf(said.delta);
      else if (type === 'response.output_item.added') notes.toolCall += callName(objectOf(said.item));
      else if (type === 'error') notes.fail(textOf(said.message) || (errorOf(said) ?? 'no reason is given'));
      else if (type === 'response.failed') notes.fail(errorOf(objectOf(said.response)) ?? 'no reason is given');
      else if (ENDS.has(type)) {
        notes.ended = true;
        notes.closed = true;
        // A server may only pretend to stream: then all of it comes here.
        noteResponse(objectOf(said.response), notes, !streamed);
      } else {
        const error = errorOf(said);
        if (error !== null) notes.fail(error);
      }
      streamed ||= notes.hasContent;
      return said;
    },
  };
}

function callName({ type, name }: JsonObject): string {
  return type === 'function_call' ? textOf(name) : '';
}

/** @param content whether its content is noted, or only its usage */
function noteResponse({ output, usage }: JsonObject, notes: StreamNotes, content: boolean): void {
  const { input_tokens, output_tokens, input_tokens_details } = objectOf(usage);
  noteNumbers(notes, input_tokens, output_tokens, input_tokens_details);
  if (!content) return;
  for (const item of listOf(output).filter(isObject)) {
    const { type, name, arguments: given } = item;
    if (type === 'function_call') notes.toolCall += textOf(name) + textOf(given);
    const texts = [...listOf(item.content), ...listOf(item.summary)].map(objectOf);
    const joined = texts.map(({ text, refusal }) => textOf(text) + textOf(refusal)).join('');
    notes[type === 'reasoning' ? 'reasoning' : 'content'] += joined;
  }
}

/** The response that the last event holds; of a stream that was cut off, one of what had come. */
function answerOf(events: readonly unknown[]): unknown {
  const said = events.map(objectOf);
  const last = said.findLast(({ type }) => ENDS.has(textOf(type)));
  if (last !== undefined) return last.response;
  const begun = objectOf(said.find(({ response }) => isObject(response))?.response);
  const text = said.map(({ type, delta }) => (DELTAS[textOf(type)] === 'content' ? textOf(delta) : '')).join('');
  const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  return { ...begun, output: [message] };
}

export const OPENAI_RESPONSES: StreamFormat = {
  framing: 'events',
  terminator: 'response.completed',
  open,
  answerOf,
  whole(answer, notes) {
    const error = errorOf(answer);
    if (error !== null) notes.fail(error);
    noteResponse(answer, notes, true);
    return error !== null || Array.isArray(answer.output);
  },
};
