import assert from 'node:assert/strict';
import test from 'node:test';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Body, StreamApi } from '../../src/load/plan/plan.ts';
import { recognizedStream } from '../../src/load/plan/stream-api.ts';

const TARGET = 'http://127.0.0.1:8000/base/';
const apiOf = (url: string, body: Body | null): StreamApi | null =>
  recognizedStream({ method: 'POST', url, body }, TARGET)?.api ?? null;
const json = (value: unknown): Body => ({ kind: 'json', value });
const streaming = json({ model: 'm', stream: true });

test('a stream is known by its path and by what its body asks for', () => {
  const asked: readonly (readonly [string, Body | null, StreamApi | null])[] = [
    ['/v1/chat/completions', streaming, 'openai-chat'],
    ['v1/chat/completions/?api-version=1', streaming, 'openai-chat'],
    ['${env.BASE}/v1/chat/completions', streaming, 'openai-chat'],
    ['/v1/completions', streaming, 'openai-completions'],
    ['/v1/responses', streaming, 'openai-responses'],
    ['/v1/chat/completions', json({ model: 'm' }), null],
    ['/v1/chat/completions', json({ stream: '${s}' }), null],
    ['/v1/embeddings', streaming, null],
    ['/api/chat', json({ model: 'm' }), 'ollama-chat'],
    ['/api/generate', json({ model: 'm', stream: false }), null],
    ['/api/generate', streaming, 'ollama-generate'],
    ['/generate_stream', json({ inputs: 'x' }), 'tgi'],
    ['http://127.0.0.1:8080', json({ inputs: 'x', stream: true }), 'tgi'],
    ['http://127.0.0.1:8080/', json({ inputs: 'x' }), null],
    ['/v1/chat/completions', { kind: 'text', text: '{"n": ${counter}, "q": "${a.b}", "stream": true}' }, 'openai-chat'],
    ['/v1/chat/completions', { kind: 'text', text: 'stream: true' }, null],
    ['/v1/chat/completions', null, null],
  ];
  for (const [url, body, api] of asked) assert.equal(apiOf(url, body), api, `${url} ${JSON.stringify(body)}`);
  assert.equal(recognizedStream({ method: 'GET', url: '/v1/completions', body: streaming }, TARGET), null);
});

test('a request of the command line is known as a stream as well', () => {
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const planned = (body: string) =>
    plainPlan({ url, method: 'POST', headers: {}, body }).scenarios[0]!.steps[0]!.stream;
  assert.deepEqual(planned('{"stream": true, "messages": [{"content": "${x}"}]}'), {
    api: 'openai-chat',
    cancel: null,
    tokenizer: null,
  });
  assert.equal(planned('{"stream": false}'), null);
});
