import type { Data } from '../plan/plan.ts';
import { PromptFeeder } from '../prompts/prompt-feeder.ts';
import { parsePrompts } from '../prompts/prompt-file.ts';
import { PromptMaker } from '../prompts/prompt-maker.ts';
import { modelWords, USUAL_WORDS } from '../prompts/prompt-words.ts';
import { Feeder, parseFeed, type RowSource } from './feeder.ts';
import { planBytes } from './plan-bytes.ts';

/**
 * Where the iterations that are measured, and those before them, have their rows of one data from. They are the same but for prompts: a
 * server that has seen one answers it faster the next time. Throws a `PlanError` where a file is missing or wrong.
 *
 * @param seed of the plan
 */
export function rowSources(name: string, data: Data, seed: number): { measured: RowSource; rehearsal: RowSource } {
  if ('tokens' in data) {
    const words = data.tokenizer === null ? USUAL_WORDS : modelWords(data.tokenizer);
    return {
      measured: new PromptMaker(data, words, seed, name, false),
      rehearsal: new PromptMaker(data, words, seed, name, true),
    };
  }
  if ('turns' in data) {
    const rows = parsePrompts(planBytes(data.file), data.file, data.turns);
    return { measured: new PromptFeeder(rows, data, seed, false), rehearsal: new PromptFeeder(rows, data, seed, true) };
  }
  const feeder = new Feeder(parseFeed(planBytes(data.file).toString(), data.file), data, seed);
  return { measured: feeder, rehearsal: feeder };
}
