import { fetchDocument } from '../../../http/fetch-document.ts';
import { isThisMachine } from '../../../http/this-machine.ts';
import type { Plan } from '../../plan.ts';
import type { LlmPlace } from './llm-place.ts';
import { llmPlan } from './llm-plan.ts';
import { servedModel } from './served-model.ts';

/** A server has this long to say which models it serves. */
const ANSWER_MS = 1500;

export interface FoundLlm {
  readonly plan: Plan;
  /** Sentences for the person who gets it. */
  readonly notes: readonly string[];
}

/**
 * The plan for a server of language models, if one is there: it is asked for its models, which only a server of this machine is. Null
 * where there is none.
 *
 * @param headers that it is to be asked with, and load is to be sent with
 */
export async function foundLlm(
  place: LlmPlace | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<FoundLlm | null> {
  if (place === null) return null;
  const address = new URL(`${place.target}${place.base}/models`);
  if (address.protocol !== 'http:' || !isThisMachine(address.hostname)) return null;
  const text = await fetchDocument(address, AbortSignal.timeout(ANSWER_MS), headers);
  const model = text === null ? null : servedModel(text);
  if (model === null) return null;
  const what = place.api === 'openai-chat' ? 'chat' : 'completions';
  const found = `${place.target} serves the language model ${model.id}: the plan is for its ${what}, with prompts made of words.`;
  const early = 'Answers may be shorter than the plan asks for: this server is not known to take ignore_eos.';
  return { plan: llmPlan(place, model, headers), notes: model.knowsIgnoreEos ? [found] : [found, early] };
}
