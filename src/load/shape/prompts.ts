import { isJsonObject } from '../plan/json-object.ts';
import { METRICS_PATH, oneRow, type Shape, textRows, unknownRows } from './shape.ts';

/** OpenAI's also behind what a gateway puts before them, such as Azure's `/openai/deployments/NAME`. */
const ROUTE = /\/(?:completions|v1\/responses|api\/(?:chat|generate)|generate|generate_stream)$/;

/** Language models: one prompt, or of completions a list of them. */
export const prompts: Shape = {
  name: 'prompts',
  matches: ({ path, body }) => ROUTE.test(path) && body.kind === 'json',
  metrics: () => METRICS_PATH,
  rows({ path, body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
    if (!/(?<!\/chat)\/completions$/.test(path))
      return oneRow(value, 'This route takes one prompt; /v1/completions takes several.');
    return textRows(value['prompt'], 'prompt', (prompt) => ({ ...value, prompt }));
  },
};
