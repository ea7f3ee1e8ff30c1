import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import { TokenCounter } from '../../src/load/generate/token-counter.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readTokenizer } from '../../src/load/stream/tokenizer-file.ts';
import { DIST } from '../support/dist.ts';

const FILE = path.resolve('test/data/tokenizer.json');
/** What the tokenizers of Hugging Face (Rust, 0.23.3), which made that file of this project's documents, count. */
const COUNTS: readonly (readonly [string, number])[] = [
  ['Hello, world!', 10],
  ['Every latency is recorded, from the intended start.', 20],
  ['  two  spaces\n\nand 1234567 digits', 23],
  ['Grüße aus Köln 😀 東京', 27],
  ["don't we'll <|end|> stop", 13],
  ['', 0],
];

const failures: string[] = [];
const counter = new TokenCounter(path.join(DIST, 'count-tokens.cjs'), (text) => failures.push(text));
after(() => counter.close());
const count = (file: string, text: string): Promise<number> =>
  new Promise((resolve) => counter.count(file, text, resolve));

test("tokens are those that the model's own tokenizer makes", async () => {
  const counted = await Promise.all(COUNTS.map(([text]) => count(FILE, text)));
  assert.deepEqual(
    counted,
    COUNTS.map(([, tokens]) => tokens),
  );
  assert.deepEqual(failures, []);
});

test('a file that is no tokenizer is said to be none', async () => {
  const missing = path.resolve('test/data/none.json');
  counter.count(missing, 'x', () => assert.fail('It cannot be counted.'));
  await count(FILE, 'after it');
  assert.equal(failures.length, 1);
  assert.match(failures[0]!, /none\.json cannot count tokens: .*there is no such file/);
  const isPlanError = (words: RegExp) => (error: unknown) => error instanceof PlanError && words.test(error.message);
  assert.throws(() => readTokenizer(missing), isPlanError(/there is no such file/));
  assert.throws(() => readTokenizer(path.resolve('package.json')), isPlanError(/package\.json is no tokenizer/));
  assert.throws(() => readTokenizer(path.resolve('README.md')), isPlanError(/README\.md is no tokenizer/));
});
