import { isJsonObject, type JsonObject, jsonObject } from '../plan/json-object.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { FeedRows, Row } from '../scenario/feeder.ts';
import { objectsOf } from './json-objects.ts';

/** What servers and data sets call the length an answer is to have, in tokens. */
const OUTPUT_KEYS = [
  'output_tokens',
  'output_length',
  'output_len',
  'output_tokens_count',
  'max_tokens',
  'max_completion_tokens',
];
const INPUT_KEYS = ['prompt_tokens', 'input_length', 'prompt_len', 'prompt_tokens_count'];
const CHARACTERS_PER_TOKEN = 4;
const MOST_PROMPTS = 1_000_000;
const FORMS =
  'Write {"prompt": "…"}, {"messages": [{"role": "user", "content": "…"}]}, or {"conversations": [{"from": "human", "value": "…"}]}.';

interface Message {
  readonly role: string;
  readonly content: unknown;
}

/**
 * Prompts of a file: an array in JSON as ShareGPT has it, or objects one a line, each with a `prompt`, OpenAI's `messages` or
 * `conversations`. Conversations of fewer than `turns` questions are left out. Throws a {@link PlanError} that names the file and the
 * place.
 */
export function parsePrompts(bytes: Uint8Array, file: string, turns: number): FeedRows {
  const rows: Row[] = [];
  let seen = 0;
  for (const { text, place } of piecesOf(bytes, file)) {
    const row = rowOf(text, `${file}, ${place}`, turns);
    seen++;
    if (row !== null && Object.hasOwn(row, `turn${turns}`)) rows.push(row);
    if (rows.length > MOST_PROMPTS)
      throw new PlanError(`${file} has more than ${MOST_PROMPTS} prompts: use a part of it.`);
  }
  if (seen === 0) throw new PlanError(`${file} has no prompts. ${FORMS}`);
  if (rows.length === 0) {
    const wanted = turns === 1 ? 'a question' : `${turns} questions, as "turns" asks for`;
    throw new PlanError(`${file}: none of its ${seen} conversations has ${wanted}.`);
  }
  return { file, rows };
}

function* piecesOf(bytes: Uint8Array, file: string): Generator<{ text: string; place: string }> {
  if (firstOf(bytes) === '[') {
    let count = 0;
    for (const text of objectsOf(bytes, file)) yield { text, place: `entry ${++count}` };
    return;
  }
  if (/\.json$/i.test(file))
    throw new PlanError(`${file} is no array. ${FORMS} Objects one a line are in a .jsonl file.`);
  const decoder = new TextDecoder();
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = decoder.decode(bytes.subarray(start, end));
    if (text.trim() !== '') yield { text, place: `line ${line}` };
    start = end + 1;
  }
}

function firstOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart().slice(0, 1);
}

/** null: a conversation in which nobody asks anything. */
function rowOf(text: string, place: string, turns: number): Row | null {
  const entry = jsonObject(text);
  if (entry === null) throw new PlanError(`${place}: not a JSON object. ${FORMS}`);
  // OpenAI's batches have the request one level down.
  const request = isJsonObject(entry['body']) ? entry['body'] : entry;
  const { prompt, messages, conversations, ...rest } = request;
  const tokens = { ...count('prompt_tokens', rest, INPUT_KEYS), ...count('output_tokens', rest, OUTPUT_KEYS) };
  if (typeof prompt === 'string') {
    return { ...rest, prompt, messages: [{ role: 'user', content: prompt }], ...tokens, turn1: prompt };
  }
  const said = messagesOf(messages) ?? conversationOf(conversations);
  if (said === null) throw new PlanError(`${place}: there is no prompt. ${FORMS}`);
  return fromMessages(said, turns, rest, tokens);
}

function fromMessages(
  said: readonly Message[],
  turns: number,
  rest: JsonObject,
  tokens: Readonly<Record<string, number>>,
): Row | null {
  const questions = said.filter(({ role }) => role === 'user').slice(0, turns);
  const first = said.findIndex(({ role }) => role === 'user');
  if (first < 0) return null;
  const reply = said.slice(first).find(({ role }) => role === 'assistant');
  const asked = said.slice(0, first + 1).filter(({ role }) => role !== 'assistant');
  return {
    ...rest,
    prompt: asked.map(({ content }) => textOf(content)).join('\n'),
    messages: asked,
    ...(reply === undefined ? {} : { output_tokens: aboutTokens(textOf(reply.content)) }),
    ...tokens,
    ...Object.fromEntries(questions.map(({ content }, at) => [`turn${at + 1}`, textOf(content)])),
  };
}

function messagesOf(messages: unknown): Message[] | null {
  if (!Array.isArray(messages)) return null;
  const known = messages.filter(isJsonObject).filter(({ role }) => typeof role === 'string');
  return known.length === messages.length && known.length > 0 ? (known as unknown as Message[]) : null;
}

/** ShareGPT's own words for who speaks. */
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  assistant: 'assistant',
  system: 'system',
};

function conversationOf(conversations: unknown): Message[] | null {
  if (!Array.isArray(conversations)) return null;
  return conversations.filter(isJsonObject).flatMap(({ from, value }) => {
    const role = typeof from === 'string' && Object.hasOwn(ROLES, from) ? ROLES[from]! : null;
    return role === null || typeof value !== 'string' ? [] : [{ role, content: value }];
  });
}

/** Of a message that has parts, its texts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isJsonObject)
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n');
}

/** The first of the keys whose value can be a number of tokens, by a name of our own. */
function count(name: string, entry: JsonObject, keys: readonly string[]): Readonly<Record<string, number>> {
  const values = keys.map((key) => entry[key]);
  const found = values.find((value): value is number => Number.isInteger(value) && Number(value) > 0);
  return found === undefined ? {} : { [name]: found };
}

/** An estimate: how long an answer like a recorded one is to be. */
function aboutTokens(text: string): number {
  return Math.max(1, Math.round(text.length / CHARACTERS_PER_TOKEN));
}
