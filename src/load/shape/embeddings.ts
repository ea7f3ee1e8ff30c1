import { isJsonObject } from '../plan/json-object.ts';
import { METRICS_PATH, oneRow, type Shape, textRows, unknownRows } from './shape.ts';

/** Where the texts are, by the end of the path: OpenAI's and those like it, Ollama's, text-embeddings-inference's, Cohere's. */
const PLACES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\/(?:v\d+\/)?embeddings$/, ['input']],
  [/\/api\/embed$/, ['input']],
  [/\/(?:embed_all|embed_sparse)$/, ['inputs']],
  [/\/embed$/, ['inputs', 'texts', 'input']],
];

export const embeddings: Shape = {
  name: 'embeddings',
  matches: ({ path, body }) => body.kind === 'json' && keysOf(path) !== null,
  metrics: () => METRICS_PATH,
  rows({ path, body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
    // Ollama's first route.
    if (value['prompt'] !== undefined) return oneRow(value, 'This route takes one "prompt"; /api/embed takes several.');
    const keys = keysOf(path)!;
    const key = keys.find((name) => value[name] !== undefined) ?? keys[0]!;
    return textRows(value[key], key, (texts) => ({ ...value, [key]: texts }));
  },
};

function keysOf(path: string): readonly string[] | null {
  return PLACES.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
