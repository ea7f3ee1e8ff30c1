import { isJsonObject, type JsonObject, jsonObject } from './json-object.ts';
import type { Body, Method, StreamApi, StreamPlan } from './plan.ts';

/** What of a request tells whether its answer streams. */
export interface RequestShape {
  readonly method: Method;
  /** A template. */
  readonly url: string;
  readonly body: Body | null;
}

interface KnownPath {
  readonly api: StreamApi;
  /** Of the path without its query. */
  readonly end: RegExp;
  /** Whether a body asks for a stream. */
  readonly asks: (body: JsonObject) => boolean;
}

const saysStream = (body: JsonObject): boolean => body['stream'] === true;
const saysNothingElse = (body: JsonObject): boolean => body['stream'] !== false;

const KNOWN_PATHS: readonly KnownPath[] = [
  { api: 'openai-chat', end: /\/chat\/completions\/?$/, asks: saysStream },
  { api: 'openai-completions', end: /\/completions\/?$/, asks: saysStream },
  { api: 'openai-responses', end: /\/responses\/?$/, asks: saysStream },
  // Ollama streams unless it is told not to.
  { api: 'ollama-chat', end: /\/api\/chat\/?$/, asks: saysNothingElse },
  { api: 'ollama-generate', end: /\/api\/generate\/?$/, asks: saysNothingElse },
  { api: 'tgi', end: /\/generate_stream\/?$/, asks: () => true },
  // TGI's compatibility route, which is told so in its body.
  { api: 'tgi', end: /^\/?$/, asks: (body) => saysStream(body) && 'inputs' in body },
];

/**
 * The stream that a request asks for, by its path and its body; null where it asks for none, or for one that is not known.
 *
 * @param target what the url may be relative to
 */
export function recognizedStream({ method, url, body }: RequestShape, target: string): StreamPlan | null {
  if (method !== 'POST') return null;
  const asked = jsonOf(body);
  if (asked === null) return null;
  const path = pathOf(url, target);
  const known = KNOWN_PATHS.find(({ end }) => end.test(path));
  return known?.asks(asked) === true ? streamOf(known.api) : null;
}

/** A stream of an API with everything else left at its default. */
export function streamOf(api: StreamApi): StreamPlan {
  return { api, cancel: null, tokenizer: null };
}

/** Placeholders are left as they are: what a path ends like is seen all the same. */
function pathOf(url: string, target: string): string {
  const [path = ''] = url.split(/[?#]/);
  if (path.includes('${') || !URL.canParse(path, target)) return path;
  return new URL(path, target).pathname;
}

function jsonOf(body: Body | null): JsonObject | null {
  if (body?.kind === 'json') return isJsonObject(body.value) ? body.value : null;
  // Placeholders stand within texts or in place of values.
  return body?.kind === 'text' ? jsonObject(body.text.replace(/\$\{[^}]*\}/g, '0')) : null;
}
