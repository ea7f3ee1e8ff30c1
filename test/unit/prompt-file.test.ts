import assert from 'node:assert/strict';
import test from 'node:test';
import type { PromptFile } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { objectsOf } from '../../src/load/prompts/json-objects.ts';
import { PromptFeeder } from '../../src/load/prompts/prompt-feeder.ts';
import { parsePrompts } from '../../src/load/prompts/prompt-file.ts';
import type { Row } from '../../src/load/scenario/feeder.ts';

const rowsOf = (content: unknown, turns = 1): readonly Row[] =>
  parsePrompts(Buffer.from(JSON.stringify(content)), 'chats.json', turns).rows;
const linesOf = (...lines: unknown[]): readonly Row[] =>
  parsePrompts(Buffer.from(lines.map((line) => JSON.stringify(line)).join('\r\n')), 'chats.jsonl', 1).rows;
const fault = (text: string, file: string, turns = 1): string => {
  try {
    parsePrompts(Buffer.from(text), file, turns);
  } catch (error) {
    assert.ok(error instanceof PlanError);
    return error.message;
  }
  return '';
};

const SHAREGPT = [
  {
    id: 'a',
    conversations: [
      { from: 'human', value: 'Was "x]}" \\ ever {valid?' },
      { from: 'gpt', value: 'No, and it has forty characters, I think' },
      { from: 'human', value: 'Why?' },
      { from: 'gpt', value: 'Because.' },
    ],
  },
  { id: 'b', conversations: [{ from: 'gpt', value: 'Hello.' }] },
  {
    id: 'c',
    conversations: [
      { from: 'system', value: 'Be short.' },
      { from: 'human', value: 'Größe?' },
    ],
  },
  { id: 'd', conversations: [] },
];

test('conversations as ShareGPT has them: those in which somebody asks', () => {
  assert.deepEqual(rowsOf(SHAREGPT), [
    {
      id: 'a',
      prompt: 'Was "x]}" \\ ever {valid?',
      messages: [{ role: 'user', content: 'Was "x]}" \\ ever {valid?' }],
      output_tokens: 10,
      turn1: 'Was "x]}" \\ ever {valid?',
    },
    {
      id: 'c',
      prompt: 'Be short.\nGröße?',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Größe?' },
      ],
      turn1: 'Größe?',
    },
  ]);
  assert.deepEqual(
    rowsOf(SHAREGPT, 2).map(({ id, turn2 }) => [id, turn2]),
    [['a', 'Why?']],
  );
});

test('JSON lines with a prompt, messages, or a request of a batch, and the length of the answer by any of its names', () => {
  const messages = [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url' }] },
  ];
  const rows = linesOf(
    { prompt: 'Hello', output_tokens: 5, id: 1 },
    { prompt: 'Hello', max_tokens: 7 },
    { prompt: 'Hello', prompt_tokens_count: 2, output_tokens_count: 8 },
    { messages },
    { custom_id: 'x', method: 'POST', url: '/v1/chat/completions', body: { messages, max_completion_tokens: 9 } },
  );
  assert.deepEqual(
    rows.map((row) => [row['prompt'], row['prompt_tokens'], row['output_tokens']]),
    [
      ['Hello', undefined, 5],
      ['Hello', undefined, 7],
      ['Hello', 2, 8],
      ['Be short.\nWhat is this?', undefined, undefined],
      ['Be short.\nWhat is this?', undefined, 9],
    ],
  );
  assert.deepEqual(rows[0]!['messages'], [{ role: 'user', content: 'Hello' }]);
  assert.equal(rows[0]!['id'], 1);
  assert.deepEqual(rows[4]!['messages'], messages);
});

test('a file that has no prompts says so, and where', () => {
  const forms = / Write \{"prompt": "…"\}, /;
  for (const [text, file, words] of [
    ['[]', 'a.json', 'a.json has no prompts.'],
    ['', 'a.jsonl', 'a.jsonl has no prompts.'],
    ['{"prompt": "x"}', 'a.json', 'a.json is no array.'],
    ['{"prompt": "x"}\n\n{"text": "x"}', 'a.jsonl', 'a.jsonl, line 3: there is no prompt.'],
    ['{"prompt": "x"}\nx', 'a.jsonl', 'a.jsonl, line 2: not a JSON object.'],
    ['[{"prompt": "x"}, {"a": {}}]', 'a.json', 'a.json, entry 2: there is no prompt.'],
    ['[{"prompt": "x"}, {"a" 1}]', 'a.json', 'a.json, entry 2: not a JSON object.'],
  ] as const) {
    const message = fault(text, file);
    assert.ok(message.startsWith(words), message);
    assert.match(message, forms);
  }
  assert.equal(
    fault(JSON.stringify(SHAREGPT), 'a.json', 3),
    'a.json: none of its 4 conversations has 3 questions, as "turns" asks for.',
  );
});

test('a file that was cut off is not used, wherever it ends', () => {
  for (const rest of ['', ',', ', {"prompt": "y', ', {"prompt": "y"']) {
    const message = fault(`[{"prompt": "x"}${rest}`, 'a.json');
    assert.match(message, /^a\.json, entry 2: the file ends before it does\./, rest);
  }
});

test('objects of an array are found one by one, whatever stands in their texts', () => {
  const objects = [{ a: ']}"\\', b: [{ c: 1 }, []] }, {}, { d: 'ü€𝄞' }];
  const text = JSON.stringify([...objects, 5, 'x', [{ e: 1 }]], null, 2);
  assert.deepEqual(
    [...objectsOf(Buffer.from(`\ufeff${text}`), 'a.json')].map((one) => JSON.parse(one)),
    objects,
  );
});

const rows = Array.from({ length: 50 }, (_, at) => ({ prompt: `p${at}` }));
const FILE: PromptFile = { file: 'a.jsonl', order: 'sequence', end: 'repeat', turns: 1, output: null };
const met = (prompts: PromptFile, rehearsal: boolean, count = 50): Set<unknown> => {
  const feeder = new PromptFeeder({ file: 'a.jsonl', rows: rows.slice(0, count) }, prompts, 1, rehearsal);
  return new Set(Array.from({ length: 500 }, (_, at) => feeder.rowAt(at)?.['prompt']));
};

test('prompts of the warm-up are not met again, in any order', () => {
  for (const order of ['sequence', 'shuffle', 'random'] as const) {
    const [measured, warm] = [met({ ...FILE, order }, false), met({ ...FILE, order }, true)];
    assert.deepEqual([measured.size, warm.size], [45, 5]);
    assert.ok([...warm].every((prompt) => !measured.has(prompt)));
  }
  // One prompt is all there is.
  assert.deepEqual(met(FILE, false, 1), met(FILE, true, 1));
});

test('a file that is used once has all its prompts sent', () => {
  assert.equal(met({ ...FILE, end: 'stop' }, false).size, 51);
});

test('the length that is asked for wins over the one in the file', () => {
  const feeder = new PromptFeeder(
    { file: 'a.jsonl', rows: [{ prompt: 'a', output_tokens: 5 }] },
    { ...FILE, output: { shape: 'uniform', least: 7, most: 9 } },
    1,
    false,
  );
  const lengths = Array.from({ length: 100 }, (_, at) => feeder.rowAt(at)!['output_tokens']);
  assert.deepEqual([...new Set(lengths)].sort(), [7, 8, 9]);
});

test('two files draw lengths of their own, each the same again', () => {
  const lengthsOf = (file: string): unknown[] => {
    const prompts: PromptFile = { ...FILE, output: { shape: 'uniform', least: 1, most: 1000 } };
    const feeder = new PromptFeeder({ file, rows }, prompts, 1, false);
    return Array.from({ length: 20 }, (_, at) => feeder.rowAt(at)!['output_tokens']);
  };
  assert.deepEqual(lengthsOf('a/x.jsonl'), lengthsOf('b/x.jsonl'));
  assert.notDeepEqual(lengthsOf('x.jsonl'), lengthsOf('y.jsonl'));
});
