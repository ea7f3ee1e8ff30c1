import { errorOf, eventObject, isObject, type JsonObject, listOf, objectOf, textOf } from './json-value.ts';
import { eventError } from './openai-choices.ts';
import type { EventReader, StreamFormat } from './stream-format.ts';
import type { StreamNotes } from './stream-notes.ts';

/*
 * Hugging Face's Text Generation Inference, `/generate_stream`: an event a token, which is the only one of these APIs that says so. A stream
 * is whole with the event that has the whole `generated_text`, which repeats what came and is no content.
 */

function open(): EventReader {
  return {
    read(event, notes) {
      if (event.type === 'error') {
        notes.fail(eventError(event.data));
        return undefined;
      }
      const said = eventObject(event);
      const error = errorOf(said);
      if (error !== null) notes.fail(error);
      const { token, details } = said;
      if (isObject(token)) {
        notes.outputTokens = (Number.isNaN(notes.outputTokens) ? 0 : notes.outputTokens) + 1;
        notes.tokens = 1;
        if (token.special !== true) notes.content += textOf(token.text);
      }
      if (typeof said.generated_text === 'string') {
        notes.ended = true;
        notes.closed = true;
        noteDetails(objectOf(details), notes);
      }
      return said;
    },
  };
}

function noteDetails({ generated_tokens, input_length, prefill }: JsonObject, notes: StreamNotes): void {
  if (typeof generated_tokens === 'number') notes.outputTokens = generated_tokens;
  if (typeof input_length === 'number') notes.inputTokens = input_length;
  else if (listOf(prefill).length > 0) notes.inputTokens = listOf(prefill).length;
}

export const TGI: StreamFormat = {
  framing: 'events',
  terminator: 'generated_text',
  open,
  answerOf(events) {
    const said = events.map(objectOf);
    const last = said.findLast(({ generated_text }) => typeof generated_text === 'string');
    if (last !== undefined) return { generated_text: last.generated_text, details: last.details ?? null };
    const tokens = said.map(({ token }) => objectOf(token)).filter(({ special }) => special !== true);
    return { generated_text: tokens.map(({ text }) => textOf(text)).join(''), details: null };
  },
  whole(answer, notes) {
    const error = errorOf(answer);
    if (error !== null) notes.fail(error);
    notes.content += textOf(answer.generated_text);
    noteDetails(objectOf(answer.details), notes);
    return error !== null || typeof answer.generated_text === 'string';
  },
};
