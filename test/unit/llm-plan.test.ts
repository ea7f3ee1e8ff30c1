import assert from 'node:assert/strict';
import test from 'node:test';
import { llmEndpoint, llmServer } from '../../src/load/plan/import/llm/llm-place.ts';
import { llmPlan } from '../../src/load/plan/import/llm/llm-plan.ts';
import { type ServedModel, servedModel } from '../../src/load/plan/import/llm/served-model.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';
import { writePlan } from '../../src/load/plan/write/write-plan.ts';

const HOST = 'http://127.0.0.1:8000';
const MODEL: ServedModel = { id: 'm', knowsIgnoreEos: true, longest: 4096 };

test('an address of OpenAI’s API is known by its end, a server by its address alone', () => {
  const chat = (base: string) => ({ target: HOST, base, api: 'openai-chat' as const });
  const completions = (base: string) => ({ target: HOST, base, api: 'openai-completions' as const });
  for (const [path, endpoint, server] of [
    ['', null, chat('/v1')],
    ['/', null, chat('/v1')],
    ['/v1', null, chat('/v1')],
    ['/openai/v1/', null, chat('/openai/v1')],
    ['/v1/chat/completions', chat('/v1'), chat('/v1')],
    ['/api/v3/chat/completions/', chat('/api/v3'), chat('/api/v3')],
    ['/v1/completions', completions('/v1'), completions('/v1')],
    ['/predict', null, null],
    ['/?q=1', null, null],
    ['/v1/chat/completions?x=1', null, null],
  ] as const) {
    assert.deepEqual(llmEndpoint(HOST + path), endpoint, path);
    assert.deepEqual(llmServer(HOST + path), server, path);
  }
  assert.equal(llmServer('nonsense'), null);
});

test('a server is known by its list of models, and by what it says there what it takes', () => {
  const list = (model: object): string => JSON.stringify({ object: 'list', data: [model, { id: 'other' }] });
  for (const [model, expected] of [
    [
      { id: 'Qwen/Qwen3-0.6B', owned_by: 'vllm', max_model_len: 40960 },
      { knowsIgnoreEos: true, longest: 40960 },
    ],
    [
      { id: 'a', owned_by: 'sglang' },
      { knowsIgnoreEos: true, longest: null },
    ],
    [
      { id: 'a', owned_by: 'llamacpp', meta: {} },
      { knowsIgnoreEos: true, longest: null },
    ],
    [
      { id: 'llama3.2:1b', owned_by: 'library' },
      { knowsIgnoreEos: false, longest: null },
    ],
  ] as const) {
    assert.deepEqual(servedModel(list(model)), { id: model.id, ...expected });
  }
  for (const text of [
    '',
    '[]',
    '{}',
    '{"data": []}',
    '{"data": [1]}',
    '{"data": [{"id": 1}]}',
    '{"data": {"id": "a"}}',
  ]) {
    assert.equal(servedModel(text), null, text);
  }
});

test('the plan of a server reads back as itself, and says what a person would', () => {
  for (const path of ['', '/v1/completions']) {
    for (const model of [MODEL, { id: 'm', knowsIgnoreEos: false, longest: null }]) {
      const plan = llmPlan(llmServer(HOST + path)!, model, { authorization: 'Bearer ${x}' });
      const text = writePlan(plan, { folder: '/plans' });
      assert.deepEqual(readPlan(text, '/plans/a.load.yaml', {}), { plan, replay: null }, text);
    }
  }
  const text = writePlan(llmPlan(llmServer(HOST)!, MODEL, {}), { folder: '/plans' });
  for (const line of [
    `target: ${HOST}`,
    '  prompts: { tokens: 128, output: 64, fresh: true }',
    '    - name: models',
    '      get: /v1/models',
    '      extract: { model: "$.data[0].id" }',
    '  - name: chat',
    '    post: /v1/chat/completions',
    '      model: ${model}',
    '      messages: ${prompts.messages}',
    '      stream_options: { include_usage: true }',
    '      max_tokens: ${prompts.output_tokens}',
    '      ignore_eos: true',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
  }
});

test('a short context has shorter prompts, and a server that does not know ignore_eos is not sent it', () => {
  const plan = llmPlan(llmServer(HOST)!, { id: 'm', knowsIgnoreEos: false, longest: 256 }, {});
  const { tokens, output } = plan.data['prompts'] as { tokens: unknown; output: unknown };
  assert.deepEqual(
    [tokens, output],
    [
      { shape: 'fixed', tokens: 64 },
      { shape: 'fixed', tokens: 32 },
    ],
  );
  assert.ok(!writePlan(plan).includes('ignore_eos'));
});
