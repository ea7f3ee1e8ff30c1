import { literal, plainPlan } from '../../plain-plan.ts';
import type { MadePrompts, Plan, Step } from '../../plan.ts';
import { recognizedStream } from '../../stream-api.ts';
import type { LlmPlace } from './llm-place.ts';
import type { ServedModel } from './served-model.ts';

const PROMPT_TOKENS = 128;
const OUTPUT_TOKENS = 64;
/** Of the longest sequence: a chat adds tokens of its own, and words are not always one token each. */
const [PROMPT_SHARE, OUTPUT_SHARE] = [1 / 4, 1 / 8];

/**
 * A plan for a server of language models: it asks for the model's name first, then sends prompts that no cache knows and reads the
 * answers as they stream. The load is left open.
 *
 * @param headers sent with every request, as they are
 */
export function llmPlan(
  { target, base, api }: LlmPlace,
  { knowsIgnoreEos, longest }: ServedModel,
  headers: Readonly<Record<string, string>>,
): Plan {
  const chat = api === 'openai-chat';
  const json = {
    model: '${model}',
    ...(chat ? { messages: '${prompts.messages}' } : { prompt: '${prompts.prompt}' }),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: '${prompts.output_tokens}',
    ...(knowsIgnoreEos ? { ignore_eos: true } : {}),
  };
  const plain = plainPlan({ url: target, method: 'GET', headers: {}, body: null });
  const blank = plain.scenarios[0]!.steps[0]!;
  const ask: Step = {
    ...blank,
    name: 'models',
    url: `${base}/models`,
    extract: { model: { from: 'json', path: '$.data[0].id', otherwise: null } },
  };
  const request = {
    method: 'POST',
    url: `${base}/${chat ? 'chat/completions' : 'completions'}`,
    body: { kind: 'json', value: json },
  } as const;
  const send: Step = {
    ...blank,
    ...request,
    name: chat ? 'chat' : 'completion',
    stream: recognizedStream(request, target),
  };
  return {
    ...plain,
    target: {
      ...plain.target,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, literal(value)])),
    },
    data: { prompts: promptsFor(longest) },
    setup: { steps: [ask], refresh: null },
    scenarios: [{ name: 'main', weight: 1, steps: [send], tags: {} }],
  };
}

function promptsFor(longest: number | null): MadePrompts {
  const within = (tokens: number, share: number): number =>
    longest === null ? tokens : Math.max(1, Math.min(tokens, Math.floor(longest * share)));
  return {
    tokens: { shape: 'fixed', tokens: within(PROMPT_TOKENS, PROMPT_SHARE) },
    output: { shape: 'fixed', tokens: within(OUTPUT_TOKENS, OUTPUT_SHARE) },
    turns: 1,
    shared: null,
    tokenizer: null,
    fresh: true,
    nonce: 0,
  };
}
