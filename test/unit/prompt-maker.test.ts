import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Tokenizer } from '@huggingface/tokenizers';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Length, MadePrompts } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { forOneRun } from '../../src/load/plan/plan-prompts.ts';
import { COMMON_WORDS } from '../../src/load/prompts/common-words.ts';
import { drawLength } from '../../src/load/prompts/length.ts';
import { PromptMaker } from '../../src/load/prompts/prompt-maker.ts';
import { modelWords, USUAL_WORDS } from '../../src/load/prompts/prompt-words.ts';
import type { Row } from '../../src/load/scenario/feeder.ts';
import { ksCritical, ksStatistic } from '../support/ks.ts';

const MADE: MadePrompts = {
  tokens: { shape: 'fixed', tokens: 40 },
  output: { shape: 'fixed', tokens: 16 },
  turns: 1,
  shared: null,
  tokenizer: null,
  fresh: false,
  nonce: 0,
};
const made = (more: Partial<MadePrompts> = {}, rehearsal = false, seed = 1): PromptMaker =>
  new PromptMaker({ ...MADE, ...more }, USUAL_WORDS, seed, 'chat', rehearsal);
const promptsOf = (maker: PromptMaker, count: number, column = 'prompt'): string[] =>
  Array.from({ length: count }, (_, at) => String(maker.rowAt(at)[column]));
const wordsOf = (text: unknown): string[] => String(text).split(' ');
const beginningOf = (text: string, words: number): string => wordsOf(text).slice(0, words).join(' ');

test('the words are a thousand different ones of letters only', () => {
  assert.equal(COMMON_WORDS.length, 1024);
  assert.equal(new Set(COMMON_WORDS).size, 1024);
  for (const word of COMMON_WORDS) assert.match(word, /^[a-z]{4,9}$/);
});

test('a prompt has as many words as tokens are asked for, and says so', () => {
  for (const tokens of [1, 2, 3, 40, 1000]) {
    const row = made({ tokens: { shape: 'fixed', tokens } }).rowAt(7);
    assert.equal(wordsOf(row['prompt']).length, tokens);
    assert.equal(row['prompt_tokens'], tokens);
    assert.equal(row['output_tokens'], 16);
    assert.deepEqual(row['messages'], [{ role: 'user', content: row['prompt'] }]);
  }
  assert.ok(!Object.hasOwn(made({ output: null }).rowAt(0), 'output_tokens'));
});

test('prompts follow from the seed, the name and the number of the iteration alone', () => {
  const rows = (maker: PromptMaker): Row[] => [5, 3, 100].map((at) => maker.rowAt(at));
  assert.deepEqual(rows(made()), rows(made()));
  assert.deepEqual(made().rowAt(3), [...Array(4).keys()].map((at) => made().rowAt(at)).at(-1));
  assert.notDeepEqual(rows(made({}, false, 2)), rows(made()));
  assert.notDeepEqual(rows(new PromptMaker(MADE, USUAL_WORDS, 1, 'other', false)), rows(made()));
});

test('no two prompts begin with the same three words, those of the warm-up among them', () => {
  for (const tokens of [3, 40]) {
    const length: Length = { shape: 'fixed', tokens };
    const all = [...promptsOf(made({ tokens: length }), 50_000), ...promptsOf(made({ tokens: length }, true), 50_000)];
    assert.equal(new Set(all.map((text) => beginningOf(text, 3))).size, 100_000);
  }
  assert.ok(new Set(promptsOf(made(), 512).map((text) => beginningOf(text, 1))).size === 512);
});

test('prompts of one run share no block of sixteen tokens at their beginning with those of another that is to be fresh', () => {
  const plan = { ...plainPlan({ url: 'http://127.0.0.1:1', method: 'POST', headers: {}, body: null }) };
  const inRun = (nonce: number, fresh: boolean): MadePrompts =>
    forOneRun({ ...plan, data: { chat: { ...MADE, fresh } } }, nonce).data['chat'] as MadePrompts;
  const blocks = (prompts: MadePrompts): Set<string> =>
    new Set(promptsOf(made(prompts), 5000).map((text) => beginningOf(text, 16)));
  const first = blocks(inRun(11, true));
  assert.ok([...blocks(inRun(12, true))].every((block) => !first.has(block)));
  assert.deepEqual(blocks(inRun(11, false)), blocks(inRun(12, false)));
});

test('a shared beginning is one of as many as there are groups, each about equally often, and others in the warm-up', () => {
  const shared = { tokens: 50, groups: 4 };
  const maker = made({ shared });
  const counts = new Map<string, number>();
  for (let at = 0; at < 4000; at++) {
    const row = maker.rowAt(at);
    const [system, user] = row['messages'] as { role: string; content: string }[];
    assert.equal(row['prompt'], `${system!.content} ${user!.content}`);
    assert.deepEqual([system!.role, user!.role], ['system', 'user']);
    assert.equal(wordsOf(system!.content).length, 50);
    assert.equal(row['prompt_tokens'], 90);
    counts.set(system!.content, (counts.get(system!.content) ?? 0) + 1);
  }
  assert.equal(counts.size, 4);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 120, String(count));
  const warm = new Set(promptsOf(made({ shared }, true), 100).map((text) => beginningOf(text, 50)));
  assert.ok([...warm].every((prefix) => !counts.has(prefix)));
});

test('a conversation has as many questions as are asked for, the first of them the prompt', () => {
  const row = made({ turns: 3, tokens: { shape: 'uniform', least: 5, most: 9 } }).rowAt(0);
  assert.equal(row['turn1'], row['prompt']);
  const lengths = [1, 2, 3].map((turn) => wordsOf(row[`turn${turn}`]).length);
  assert.ok(lengths.every((length) => length >= 5 && length <= 9));
  assert.ok(!Object.hasOwn(row, 'turn4'));
});

test('another length of answers leaves the words of the prompts as they are', () => {
  const longer = made({ output: { shape: 'normal', mean: 100, deviation: 50, least: 1, most: 1000 } });
  assert.deepEqual(promptsOf(longer, 20), promptsOf(made(), 20));
});

const TOKENIZER = path.resolve('examples/llm-stream/tokenizer.json');

test('with a tokenizer the numbers of tokens are exact, whatever the first word of a text comes to', () => {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(TOKENIZER, 'utf8')) as object, {});
  const count = (text: unknown): number => tokenizer.encode(String(text), { add_special_tokens: false }).ids.length;
  const words = modelWords(TOKENIZER);
  assert.ok(new Set(words.words.map((word) => words.first(word))).size > 1, 'words that begin a text differ');
  for (const shared of [null, { tokens: 33, groups: 3 }]) {
    const prompts: MadePrompts = {
      ...MADE,
      tokens: { shape: 'uniform', least: 20, most: 200 },
      turns: 2,
      shared,
      tokenizer: TOKENIZER,
    };
    const maker = new PromptMaker(prompts, words, 1, 'chat', false);
    for (let at = 0; at < 200; at++) {
      const row = maker.rowAt(at);
      const contents = (row['messages'] as { content: string }[]).map(({ content }) => count(content));
      assert.equal(count(row['prompt']), row['prompt_tokens']);
      assert.equal(
        contents.reduce((sum, tokens) => sum + tokens, 0),
        row['prompt_tokens'],
      );
      if (shared !== null) assert.equal(contents[0], shared.tokens);
      assert.ok(count(row['turn2']) >= 20 && count(row['turn2']) <= 200);
    }
  }
});

test('a tokenizer that knows hardly any words says so, and a file that is none as well', () => {
  const letters = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz '].map((letter, at) => [letter, at]));
  const model = { type: 'BPE', vocab: letters, merges: [] };
  const file = path.join(os.tmpdir(), `tailflame-letters-${process.pid}.json`);
  const fault = (content: object): string => {
    writeFileSync(file, JSON.stringify(content));
    try {
      modelWords(file);
    } catch (error) {
      assert.ok(error instanceof PlanError, String(error));
      return error.message;
    } finally {
      rmSync(file);
    }
    return '';
  };
  const rest = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  assert.match(fault({ model, ...rest }), / has tokens of its own for 0 of 1024 common English words: /);
  assert.match(fault({ vocab: {} }), / is no tokenizer: /);
  assert.match(fault({ model }), / is no tokenizer that can be used: .*decoder/);
});

const COUNT = 20_000;
const drawn = (length: Length): Float64Array => {
  const maker = made({ tokens: { shape: 'fixed', tokens: 1 }, output: length });
  return Float64Array.from({ length: COUNT }, (_, at) => Number(maker.rowAt(at)['output_tokens']));
};
/** Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most. */
const normalCdf = (x: number): number => {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = (series * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? upper : 1 - upper;
};

test('lengths are distributed as asked for', () => {
  const limits = { least: 1, most: 1_000_000 };
  const [mean, deviation] = [20_000, 5000];
  const sigma = Math.sqrt(Math.log(1 + (deviation / mean) ** 2));
  const cases: [Length, (x: number) => number][] = [
    [{ shape: 'uniform', least: 1, most: 100_000 }, (x) => x / 100_000],
    [{ shape: 'normal', mean, deviation, ...limits }, (x) => normalCdf((x - mean) / deviation)],
    [
      { shape: 'lognormal', mean, deviation, ...limits },
      (x) => normalCdf((Math.log(x) - Math.log(mean) + sigma ** 2 / 2) / sigma),
    ],
  ];
  for (const [length, cdf] of cases) {
    const distance = ksStatistic(drawn(length), cdf);
    assert.ok(distance < ksCritical(COUNT, 0.001), `${length.shape}: D = ${distance}`);
    const shifted = ksStatistic(drawn(length), (x) => cdf(x * 1.03));
    assert.ok(shifted > ksCritical(COUNT, 0.001), `${length.shape} would pass for one of another mean`);
  }
});

test('lengths beyond their limits are taken for these, and are whole', () => {
  const length: Length = { shape: 'normal', mean: 20, deviation: 30, least: 10, most: 40 };
  const random = seededRandom(1);
  const all = Array.from({ length: 1000 }, () => drawLength(length, random));
  assert.deepEqual([Math.min(...all), Math.max(...all)], [10, 40]);
  assert.ok(all.every(Number.isInteger));
  const uniform = Array.from({ length: 1000 }, () => drawLength({ shape: 'uniform', least: 3, most: 5 }, random));
  assert.deepEqual([...new Set(uniform)].sort(), [3, 4, 5]);
});
