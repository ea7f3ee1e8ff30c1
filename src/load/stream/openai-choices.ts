import { errorOf, eventObject, isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from './json-value.ts';
import type { EventReader, StreamFormat } from './stream-format.ts';
import type { StreamNotes } from './stream-notes.ts';

/*
 * OpenAI's chat completions and completions, and the many servers that speak them (vLLM, SGLang, llama.cpp, Ollama, TGI, LiteLLM).
 *
 * A stream is whole once every choice has its `finish_reason`, or with `[DONE]`. The first is the model's own word that nothing more is to
 * come; the second is what clients stop at, and some servers send only one of them. Usage follows after the `finish_reason`.
 */

const DONE = '[DONE]';
const TERMINATOR = '[DONE] or a finish_reason';

type NotesOfChoice = (choice: JsonObject, notes: StreamNotes) => void;

function choiceEvents(noteChoice: NotesOfChoice): EventReader {
  const unfinished = new Set<unknown>();
  const finished = new Set<unknown>();
  return {
    read(event, notes) {
      if (event.data.trim() === DONE) {
        notes.ended = true;
        notes.closed = true;
        return undefined;
      }
      if (event.type === 'error') {
        notes.fail(eventError(event.data));
        return undefined;
      }
      const said = eventObject(event);
      const error = errorOf(said);
      if (error !== null) notes.fail(error);
      for (const choice of listOf(said.choices).filter(isObject)) {
        noteChoice(choice, notes);
        const { index = 0 } = choice;
        if (textOf(choice.finish_reason) !== '') finished.add(index);
        else if (!finished.has(index)) unfinished.add(index);
        if (finished.has(index)) unfinished.delete(index);
      }
      if (finished.size > 0 && unfinished.size === 0) notes.ended = true;
      noteUsage(said, notes);
      return said;
    },
  };
}

/** Also what is not JSON may say what went wrong. */
export function eventError(data: string): string {
  try {
    const said: unknown = JSON.parse(data);
    if (isObject(said)) return errorOf(said) ?? (textOf(said.message) || data);
  } catch {
    // It is a text then.
  }
  return data;
}

/** Reasoning is inside `completion_tokens`. llama.cpp tells its times beside it. */
function noteUsage({ usage, timings }: JsonObject, notes: StreamNotes): void {
  if (isObject(usage)) {
    noteNumbers(notes, usage.prompt_tokens, usage.completion_tokens, usage.prompt_tokens_details);
  }
  if (isObject(timings)) notes.serverCompute = numberOf(timings.prompt_ms) + numberOf(timings.predicted_ms);
}

export function noteNumbers(notes: StreamNotes, input: unknown, output: unknown, inputDetails: unknown): void {
  const { cached_tokens } = objectOf(inputDetails);
  if (typeof input === 'number') notes.inputTokens = input;
  if (typeof cached_tokens === 'number') notes.cachedTokens = cached_tokens;
  if (typeof output !== 'number') return;
  notes.outputTokens = output;
  notes.counted = true;
}

/** Of a `delta` or a whole `message`, which name their parts alike. */
function noteMessage(message: JsonObject, notes: StreamNotes): void {
  notes.content += textOf(message.content) + textOf(message.refusal);
  // DeepSeek and earlier vLLM say reasoning_content; OpenRouter, Ollama and later vLLM reasoning.
  notes.reasoning += textOf(message.reasoning_content) || textOf(message.reasoning);
  const calls = [...listOf(message.tool_calls).map((call) => objectOf(call).function), message.function_call];
  for (const call of calls) {
    const { name, arguments: given } = objectOf(call);
    notes.toolCall += textOf(name) + textOf(given);
  }
}

function wholeAnswer(answer: JsonObject, notes: StreamNotes, noteChoice: NotesOfChoice): boolean {
  const error = errorOf(answer);
  if (error !== null) notes.fail(error);
  const choices = listOf(answer.choices).filter(isObject);
  for (const choice of choices) noteChoice(choice, notes);
  noteUsage(answer, notes);
  return error !== null || choices.length > 0;
}

export const OPENAI_CHAT: StreamFormat = {
  framing: 'events',
  terminator: TERMINATOR,
  open: () => choiceEvents((choice, notes) => noteMessage(objectOf(choice.delta ?? choice.message), notes)),
  answerOf: (events) => answerOf(events, 'chat.completion', (parts) => ({ message: messageOf(parts) })),
  whole: (answer, notes) =>
    wholeAnswer(answer, notes, (choice, into) => noteMessage(objectOf(choice.message ?? choice.delta), into)),
};

const noteText: NotesOfChoice = ({ text }, notes) => {
  notes.content += textOf(text);
};

export const OPENAI_COMPLETIONS: StreamFormat = {
  framing: 'events',
  terminator: TERMINATOR,
  open: () => choiceEvents(noteText),
  answerOf: (events) =>
    answerOf(events, 'text_completion', (parts) => ({ text: parts.map(({ text }) => textOf(text)).join('') })),
  whole: (answer, notes) => wholeAnswer(answer, notes, noteText),
};

/** What all events said that is not about one choice, and each choice of its own parts. */
function answerOf(
  events: readonly unknown[],
  object: string,
  contentOf: (parts: readonly JsonObject[]) => object,
): JsonObject {
  const choices = new Map<unknown, JsonObject[]>();
  const about: Record<string, unknown> = {};
  for (const event of events.filter(isObject)) {
    for (const [name, value] of Object.entries(event)) {
      if (name !== 'choices' && value !== null) about[name] = value;
    }
    for (const choice of listOf(event.choices).filter(isObject)) {
      const { index = 0 } = choice;
      const parts = choices.get(index);
      if (parts === undefined) choices.set(index, [choice]);
      else parts.push(choice);
    }
  }
  return {
    ...about,
    object,
    choices: [...choices].map(([index, parts]) => ({
      index,
      ...contentOf(parts),
      finish_reason: parts.findLast(({ finish_reason }) => textOf(finish_reason) !== '')?.finish_reason ?? null,
    })),
  };
}

const JOINED = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

function messageOf(parts: readonly JsonObject[]): JsonObject {
  const deltas = parts.map(({ delta, message }) => objectOf(delta ?? message));
  const texts = JOINED.flatMap((name) => {
    const parts = deltas.map((delta) => delta[name]).filter((text) => typeof text === 'string');
    return parts.length === 0 ? [] : [[name, parts.join('')]];
  });
  const calls = toolCallsOf(deltas.flatMap(({ tool_calls }) => listOf(tool_calls).filter(isObject)));
  return {
    role: 'assistant',
    content: null,
    ...Object.fromEntries(texts),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** A call's name comes with its first part, what it is given in all of them. */
function toolCallsOf(parts: readonly JsonObject[]): object[] {
  const calls = new Map<unknown, { id: unknown; type: unknown; function: { name: string; arguments: string } }>();
  for (const part of parts) {
    const { index = 0, id = null, type = 'function' } = part;
    const call = calls.get(index) ?? { id, type, function: { name: '', arguments: '' } };
    const { name, arguments: given } = objectOf(part.function);
    call.function.name += textOf(name);
    call.function.arguments += textOf(given);
    calls.set(index, call);
  }
  return [...calls.values()];
}
