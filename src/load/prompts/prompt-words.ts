import { Tokenizer } from '@huggingface/tokenizers';
import { PlanError } from '../plan/plan-error.ts';
import { readTokenizer } from '../stream/tokenizer-file.ts';
import { COMMON_WORDS } from './common-words.ts';

/** With fewer, prompts would soon begin alike. */
const FEWEST_WORDS = 100;

/** What prompts are made of. */
export interface PromptWords {
  /** One token each, with the space before them. */
  readonly words: readonly string[];
  /** Tokens of one that begins a text, with no space before it. */
  first(word: string): number;
}

/** Of which nothing more is known than that common tokenizers know them whole. */
export const USUAL_WORDS: PromptWords = { words: COMMON_WORDS, first: () => 1 };

/**
 * Those that a model's own tokenizer knows whole: texts of them then have as many tokens as is asked for. Throws a {@link PlanError} for a
 * file that is no tokenizer, or one that knows hardly any.
 *
 * @param file absolute
 */
export function modelWords(file: string): PromptWords {
  const tokenizer = tokenizerOf(file);
  const count = (text: string): number => tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  // Not every tokenizer keeps a space at the beginning of a text.
  const [before] = COMMON_WORDS;
  const beginning = count(before!);
  const words = COMMON_WORDS.filter((word) => count(`${before} ${word}`) === beginning + 1);
  if (words.length < FEWEST_WORDS) {
    throw new PlanError(
      `${file} has tokens of its own for ${words.length} of ${COMMON_WORDS.length} common English words: prompts cannot be made of them. Leave "tokenizer" out, or use prompts of a file.`,
    );
  }
  const first = new Map<string, number>();
  return {
    words,
    first: (word) => {
      const known = first.get(word) ?? count(word);
      first.set(word, known);
      return known;
    },
  };
}

function tokenizerOf(file: string): Tokenizer {
  const content = readTokenizer(file);
  try {
    return new Tokenizer(content, {});
  } catch (error) {
    throw new PlanError(`${file} is no tokenizer that can be used: ${(error as Error).message}.`);
  }
}
