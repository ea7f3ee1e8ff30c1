import { parsedJson } from '../plan/json-object.ts';
import { PlanError } from '../plan/plan-error.ts';
import { planBytes } from '../scenario/plan-bytes.ts';

/** A model's `tokenizer.json`. Throws a {@link PlanError} where it cannot be read or is none. @param file absolute */
export function readTokenizer(file: string): object {
  const value = parsedJson(planBytes(file).toString());
  if (typeof value === 'object' && value !== null && 'model' in value && typeof value.model === 'object') return value;
  throw new PlanError(`${file} is no tokenizer: a tokenizer.json of Hugging Face is JSON with a "model".`);
}
