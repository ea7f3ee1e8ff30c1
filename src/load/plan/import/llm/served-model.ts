import { jsonObject } from '../../json-object.ts';

/** What a server of language models says of the one it serves first. */
export interface ServedModel {
  readonly id: string;
  /** Whether it goes on past the end of an answer when it is told `ignore_eos`. */
  readonly knowsIgnoreEos: boolean;
  /** Tokens of a prompt and its answer together; null: it does not say. */
  readonly longest: number | null;
}

/** vLLM's, SGLang's and llama.cpp's own marks. */
const OWNERS_THAT_GO_ON = ['vllm', 'sglang', 'llamacpp'];

/** The first model of an answer of OpenAI's `/v1/models`; null where the text is none. */
export function servedModel(text: string): ServedModel | null {
  const data = jsonObject(text)?.['data'];
  const [first] = Array.isArray(data) ? (data as unknown[]) : [];
  if (typeof first !== 'object' || first === null) return null;
  const { id, owned_by, max_model_len } = first as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string') return null;
  const longest = typeof max_model_len === 'number' && Number.isInteger(max_model_len) ? max_model_len : null;
  // Only servers of vLLM's kind say how long a sequence may be.
  const knowsIgnoreEos = longest !== null || OWNERS_THAT_GO_ON.includes(String(owned_by));
  return { id, knowsIgnoreEos, longest };
}
