import { isObject, METRICS_PATH, oneRow, type Shape, textRows, unknownRows } from './shape.ts';

const ROUTE = /\/(?:v1\/(?:chat\/completions|completions|responses)|api\/(?:chat|generate)|generate|generate_stream)$/;

/** Language models: one prompt, or of completions a list of them. */
export const prompts: Shape = {
  name: 'prompts',
  matches: ({ path, body }) => ROUTE.test(path) && body.kind === 'json',
  metrics: () => METRICS_PATH,
  rows({ path, body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (!isObject(value)) return unknownRows('The body is no JSON object.');
    if (!path.endsWith('/v1/completions'))
      return oneRow(value, 'This route takes one prompt; /v1/completions takes several.');
    return textRows(value['prompt'], 'prompt', (prompt) => ({ ...value, prompt }));
  },
};
