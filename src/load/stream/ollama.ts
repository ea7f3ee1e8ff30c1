import { errorOf, eventObject, isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from './json-value.ts';
import type { StreamFormat } from './stream-format.ts';
import type { StreamNotes } from './stream-notes.ts';

/*
 * Ollama's own API: a JSON object a line. A stream is whole with `done: true`, whose line also tells tokens and times. An answer that does
 * not stream is the same as that one line.
 */

const NS_PER_MS = 1e6;

function noteLine(line: JsonObject, notes: StreamNotes): void {
  const error = errorOf(line);
  if (error !== null) notes.fail(error);
  const { content, thinking, tool_calls } = objectOf(line.message);
  notes.content += textOf(line.response) + textOf(content);
  notes.reasoning += textOf(line.thinking) + textOf(thinking);
  for (const call of listOf(tool_calls)) {
    const { name, arguments: given } = objectOf(objectOf(call).function);
    notes.toolCall += textOf(name) + (isObject(given) ? JSON.stringify(given) : '');
  }
  if (line.done !== true) return;
  notes.ended = true;
  notes.closed = true;
  if (typeof line.prompt_eval_count === 'number') notes.inputTokens = line.prompt_eval_count;
  if (typeof line.eval_count === 'number') {
    notes.outputTokens = line.eval_count;
    notes.counted = true;
  }
  // It loads the model within the time that a request waits for its turn.
  notes.serverQueue = numberOf(line.load_duration) / NS_PER_MS;
  notes.serverCompute = (numberOf(line.prompt_eval_duration) + numberOf(line.eval_duration)) / NS_PER_MS;
}

function ollama(contentOf: (lines: readonly JsonObject[]) => JsonObject): StreamFormat {
  return {
    framing: 'lines',
    terminator: 'done: true',
    open: () => ({
      read(event, notes) {
        const line = eventObject(event);
        noteLine(line, notes);
        return line;
      },
    }),
    answerOf(events) {
      const lines = events.map(objectOf);
      return { ...lines.at(-1), ...contentOf(lines) };
    },
    whole: null,
  };
}

const joined = (texts: readonly unknown[]): string => texts.map(textOf).join('');

export const OLLAMA_CHAT = ollama((lines) => {
  const messages = lines.map(({ message }) => objectOf(message));
  const thinking = joined(messages.map((message) => message.thinking));
  const calls = messages.flatMap(({ tool_calls }) => listOf(tool_calls));
  return {
    message: {
      role: 'assistant',
      content: joined(messages.map(({ content }) => content)),
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
});

export const OLLAMA_GENERATE = ollama((lines) => {
  const thinking = joined(lines.map((line) => line.thinking));
  return { response: joined(lines.map(({ response }) => response)), ...(thinking === '' ? {} : { thinking }) };
});
