import { mixSeed, seededRandom } from '../arrivals/random.ts';
import type { MadePrompts } from '../plan/plan.ts';
import type { Row, RowSource } from '../scenario/feeder.ts';
import { COMMON_WORDS } from './common-words.ts';
import { drawLength } from './length.ts';

/** What of an iteration is drawn from which stream, so that another length does not mean other words. */
const LENGTHS = 1;
const WORDS = 2;
const GROUP = 3;
const PREFIX = 4;
/** A prompt begins with its iteration's number, written in words: so many of them number a billion iterations. */
const NUMBER_WORDS = 3;

/**
 * Makes each iteration's prompts from the seed and the iteration's number alone. No two begin with the same three words, those of shared
 * prefixes apart, so that no cache of prefixes has what it was not meant to have.
 */
export class PromptMaker implements RowSource {
  readonly ends = false;
  readonly #made: MadePrompts;
  /** The same before anything is measured and then: numbers are to be other ones. */
  readonly #common: number;
  readonly #seed: number;
  readonly #rehearsal: boolean;
  readonly #prefixes = new Map<number, string>();

  /**
   * @param seed of the plan @param name of these prompts in the plan
   * @param rehearsal for what comes before anything is measured: other prompts, and other shared prefixes
   */
  constructor(made: MadePrompts, seed: number, name: string, rehearsal: boolean) {
    this.#made = made;
    this.#common = mixSeed(seed, made.nonce, ...Buffer.from(name));
    this.#seed = mixSeed(this.#common, Number(rehearsal));
    this.#rehearsal = rehearsal;
  }

  rowAt(iteration: number): Row {
    const { tokens, output, turns, shared } = this.#made;
    const lengths = seededRandom(mixSeed(this.#seed, LENGTHS, iteration));
    const words = seededRandom(mixSeed(this.#seed, WORDS, iteration));
    const answer = output === null ? {} : { output_tokens: drawLength(output, lengths) };
    const first = drawLength(tokens, lengths);
    const own = makeWords(first, words, this.#number(iteration)).join(' ');
    const prefix = shared === null ? null : this.#prefix(iteration, shared);
    const prompt = prefix === null ? own : `${prefix} ${own}`;
    const later = Array.from({ length: turns - 1 }, () => makeWords(drawLength(tokens, lengths), words, []).join(' '));
    const user = { role: 'user', content: own };
    return {
      prompt,
      messages: prefix === null ? [user] : [{ role: 'system', content: prefix }, user],
      prompt_tokens: first + (shared?.tokens ?? 0),
      ...answer,
      ...Object.fromEntries([prompt, ...later].map((turn, at) => [`turn${at + 1}`, turn])),
    };
  }

  /** The iteration's number in words, those that change fastest first. Numbers of the rehearsal are between those of what is measured. */
  #number(iteration: number): string[] {
    const words: string[] = [];
    let rest = 2 * iteration + Number(this.#rehearsal);
    for (let at = 0; at < NUMBER_WORDS; at++) {
      words.push(COMMON_WORDS[(rest + mixSeed(this.#common, at)) % COMMON_WORDS.length]!);
      rest = Math.floor(rest / COMMON_WORDS.length);
    }
    return words;
  }

  #prefix(iteration: number, { tokens, groups }: NonNullable<MadePrompts['shared']>): string {
    const group = mixSeed(this.#seed, GROUP, iteration) % groups;
    const kept = this.#prefixes.get(group);
    if (kept !== undefined) return kept;
    const made = makeWords(tokens, seededRandom(mixSeed(this.#seed, PREFIX, group)), []).join(' ');
    this.#prefixes.set(group, made);
    return made;
  }
}

/** So many words, beginning with those given. */
function makeWords(count: number, random: () => number, first: readonly string[]): string[] {
  const words = first.slice(0, count);
  while (words.length < count) words.push(COMMON_WORDS[Math.floor(random() * COMMON_WORDS.length)]!);
  return words;
}
