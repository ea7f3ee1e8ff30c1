import { mixSeed, seededRandom } from '../arrivals/random.ts';
import type { MadePrompts } from '../plan/plan.ts';
import type { Row, RowSource } from '../scenario/feeder.ts';
import { drawLength } from './length.ts';
import type { PromptWords } from './prompt-words.ts';

/** What of an iteration is drawn from which stream, so that another length does not mean other words. */
const LENGTHS = 1;
const WORDS = 2;
const GROUP = 3;
const PREFIX = 4;
/** A prompt begins with its iteration's number, written in words: so many of them number a billion iterations. A shorter one has fewer. */
const NUMBER_WORDS = 3;

/**
 * Makes each iteration's prompts from the seed and the iteration's number alone. No two of three words or more begin with the same three
 * words, those of shared prefixes apart, so that no cache of prefixes has what it was not meant to have.
 */
export class PromptMaker implements RowSource {
  readonly ends = false;
  readonly #made: MadePrompts;
  readonly #words: PromptWords;
  /** The same before anything is measured and then: numbers are to be other ones. */
  readonly #common: number;
  readonly #seed: number;
  readonly #rehearsal: boolean;
  readonly #prefixes = new Map<number, string>();

  /**
   * @param seed of the plan @param name of these prompts in the plan
   * @param rehearsal for what comes before anything is measured: other prompts, and other shared prefixes
   */
  constructor(made: MadePrompts, words: PromptWords, seed: number, name: string, rehearsal: boolean) {
    this.#made = made;
    this.#words = words;
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
    const ownWords = this.#make(first, words, this.#number(iteration));
    const own = this.#textOf(ownWords);
    const prefix = shared === null ? null : this.#prefix(iteration, shared);
    const prompt = prefix === null ? own : `${prefix} ${ownWords.join(' ')}`;
    const later = Array.from({ length: turns - 1 }, () =>
      this.#textOf(this.#make(drawLength(tokens, lengths), words, [])),
    );
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
    const { words: all } = this.#words;
    let rest = 2 * iteration + Number(this.#rehearsal);
    for (let at = 0; at < NUMBER_WORDS; at++) {
      words.push(all[(rest + mixSeed(this.#common, at)) % all.length]!);
      rest = Math.floor(rest / all.length);
    }
    return words;
  }

  #prefix(iteration: number, { tokens, groups }: NonNullable<MadePrompts['shared']>): string {
    const group = mixSeed(this.#seed, GROUP, iteration) % groups;
    const kept = this.#prefixes.get(group);
    if (kept !== undefined) return kept;
    const made = this.#textOf(this.#make(tokens, seededRandom(mixSeed(this.#seed, PREFIX, group)), []));
    this.#prefixes.set(group, made);
    return made;
  }

  /** So many words, beginning with those given. */
  #make(count: number, random: () => number, first: readonly string[]): string[] {
    const { words: all } = this.#words;
    const words = first.slice(0, count);
    while (words.length < count) words.push(all[Math.floor(random() * all.length)]!);
    return words;
  }

  /** A text with as many tokens as there are words: the first may be more than one, having no space before it. */
  #textOf(words: readonly string[]): string {
    const more = this.#words.first(words[0]!) - 1;
    return words.slice(0, Math.max(1, words.length - more)).join(' ');
  }
}
