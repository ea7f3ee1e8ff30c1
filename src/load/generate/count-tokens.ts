import { parentPort } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import { readTokenizer } from '../stream/tokenizer-file.ts';
import type { CountAnswer, CountRequest } from './token-counter.ts';

// Counts tokens on a thread of its own: a long answer takes as long as many requests.

const tokenizers = new Map<string, Tokenizer>();

parentPort?.on('message', ({ id, file, text }: CountRequest) => {
  const say = (answer: CountAnswer): void => parentPort?.postMessage(answer);
  try {
    // What stands at the beginning and the end of every text is not the model's output.
    say({ id, tokens: tokenizerOf(file).encode(text, { add_special_tokens: false }).ids.length });
  } catch (error) {
    say({ id, failed: `${file} cannot count tokens: ${(error as Error).message}.` });
  }
});

function tokenizerOf(file: string): Tokenizer {
  const known = tokenizers.get(file);
  if (known !== undefined) return known;
  const made = new Tokenizer(readTokenizer(file), {});
  tokenizers.set(file, made);
  return made;
}
