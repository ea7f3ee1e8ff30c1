const json = (schema, example) => ({ content: { 'application/json': { schema, ...(example && { example }) } } });
const answers = { 200: { description: 'The answer' }, 422: { description: 'The question is not understood' } };
const text = { type: 'string', minLength: 1 };

/** What the service says of itself under /openapi.json. */
export const openapi = {
  openapi: '3.1.0',
  info: { title: 'Embeddings', version: '1.0.0' },
  paths: {
    '/embed': {
      post: {
        requestBody: json(
          { type: 'object', properties: { text }, required: ['text'] },
          { text: 'Hello, the parcel has not arrived and nobody answers the telephone; what shall I do?' },
        ),
        responses: answers,
      },
    },
    '/v1/search/nearest': {
      post: {
        requestBody: json(
          { type: 'object', properties: { text, top: { type: 'integer', minimum: 1 } }, required: ['text'] },
          { text: 'Where is my parcel?', top: 3 },
        ),
        responses: answers,
      },
    },
    '/v1/search/documents/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' }, example: 7 }],
        responses: answers,
      },
    },
    '/healthz': { get: { responses: answers } },
  },
};
