import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedOperation } from '../../src/load/plan/import/openapi/served-operation.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

const ROOT = new URL('http://127.0.0.1:8000/openapi.json');
const json = (content: object): object => ({ requestBody: { content: { 'application/json': content } } });

function document(paths: object, more: object = {}): string {
  return JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths, ...more });
}
const schema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };

test('a route has the body that its service gives as an example, else one from the schema', () => {
  const text = document({
    '/embed': { post: json({ schema, example: { text: 'Hello' } }) },
    '/score': { post: json({ schema }) },
    '/healthz': { get: {} },
  });
  const embed = servedOperation(text, ROOT, { method: 'POST', path: '/embed' });
  assert.deepEqual(embed?.request.body, { kind: 'json', value: { text: 'Hello' } });
  assert.equal(embed?.body, 'example');
  assert.equal(embed?.request.url, 'http://127.0.0.1:8000/embed');
  const score = servedOperation(text, ROOT, { method: 'POST', path: '/score' });
  assert.deepEqual(score?.request.body, { kind: 'json', value: { text: 'string' } });
  assert.equal(score?.body, 'schema');
  assert.equal(servedOperation(text, ROOT, { method: 'GET', path: '/healthz' })?.body, null);
  assert.equal(servedOperation(text, ROOT, { method: 'GET', path: '/embed' }), null);
  assert.equal(servedOperation(text, ROOT, { method: 'POST', path: '/other' }), null);
});

test('parameters match however they are written, and have the examples that are written down, not made up ones', () => {
  const parameter = (name: string, more: object): object => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'integer' },
    ...more,
  });
  const text = document({
    '/items/{item_id}/parts/{part}': {
      get: { parameters: [parameter('item_id', { example: 7 }), parameter('part', {})] },
    },
  });
  for (const path of ['/items/{id}/parts/{p:int}', '/items/<int:id>/parts/<p>', '/items/:id/parts/:p']) {
    const served = servedOperation(text, ROOT, { method: 'GET', path });
    assert.equal(served?.path, '/items/{item_id}/parts/{part}', path);
    assert.deepEqual(served?.parameters, { item_id: '7' }, path);
  }
});

test('a document under a prefix is that of what is mounted there', () => {
  const text = document({ '/predict': { post: json({ schema }) } }, { servers: [{ url: '/models' }] });
  const at = new URL('http://127.0.0.1:8000/models/openapi.json');
  assert.equal(servedOperation(text, at, { method: 'POST', path: '/models/predict' })?.path, '/models/predict');
});

test("behind FastAPI's root_path the service itself is asked without it", () => {
  const text = document({ '/predict': { post: json({ schema }) } }, { servers: [{ url: '/behind/proxy' }] });
  assert.equal(servedOperation(text, ROOT, { method: 'POST', path: '/predict' })?.path, '/predict');
});

test('a prefix the source does not show is taken from the document, where only one operation can be meant', () => {
  const one = document({ '/v1/predict': { post: json({ schema }) } });
  assert.equal(servedOperation(one, ROOT, { method: 'POST', path: '/predict' })?.path, '/v1/predict');
  const open = { method: 'POST', path: '/{API_PREFIX:path}/predict' };
  assert.equal(servedOperation(one, ROOT, open)?.path, '/v1/predict');
  const two = document({ '/v1/predict': { post: json({ schema }) }, '/v2/predict': { post: json({ schema }) } });
  assert.equal(servedOperation(two, ROOT, { method: 'POST', path: '/predict' }), null);
});

test('what is no document is said to be none', () => {
  assert.throws(() => servedOperation('{"a":1}', ROOT, { method: 'GET', path: '/' }), PlanError);
});
