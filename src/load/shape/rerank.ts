import { isJsonObject } from '../plan/json-object.ts';
import { listRows, METRICS_PATH, type Shape, unknownRows } from './shape.ts';

/** Rerankers: a query and the documents to put in order, as Cohere, Jina, vLLM and text-embeddings-inference (`texts`) take them. */
export const rerank: Shape = {
  name: 'rerank',
  matches: ({ path, body }) => /\/rerank$/.test(path) && body.kind === 'json',
  metrics: () => METRICS_PATH,
  rows({ body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
    const key = value['documents'] === undefined && value['texts'] !== undefined ? 'texts' : 'documents';
    return listRows(value[key], key, (documents) => ({ ...value, [key]: documents }));
  },
};
