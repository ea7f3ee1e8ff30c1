import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { importCurlLines } from '../../src/load/plan/import/curl/curl.ts';
import { importHttpFile } from '../../src/load/plan/import/http-file/http-file.ts';
import { openVariables, runnablePlan } from '../../src/load/plan/import/runnable-plan.ts';

const FOLDER = path.resolve('requests');
const http = (text: string) => importHttpFile(text, path.join(FOLDER, 'a.http'));

test('what is open is taken from the environment, the host too', () => {
  const requests = http('POST {{host}}/items?size={{size}}\n\n{"q": "{{word}}"}');
  assert.deepEqual(openVariables(requests, FOLDER, {}).toSorted(), ['host', 'size', 'word']);
  assert.throws(() => runnablePlan(requests, FOLDER, { host: 'http://h' }), /size and word have no value/);
  const environment = { host: 'http://127.0.0.1:9000', size: '3', word: 'a' };
  assert.deepEqual(openVariables(requests, FOLDER, environment), []);
  const { plan, notes } = runnablePlan(requests, FOLDER, environment);
  assert.equal(plan.target.url, 'http://127.0.0.1:9000');
  assert.deepEqual(plan.environment, { size: '3', word: 'a' });
  assert.deepEqual(notes, []);
});

test('secrets are not open: they are asked for, or stood in the request', () => {
  const requests = importCurlLines('curl -H "Authorization: Bearer $API_TOKEN" -H "x-api-key: abc" http://h/x');
  assert.deepEqual(openVariables(requests, FOLDER, {}), []);
  const { plan, secretValues } = runnablePlan(requests, FOLDER, {});
  assert.deepEqual(plan.secrets, { api_token: 'API_TOKEN', api_key: 'API_KEY' });
  assert.deepEqual(secretValues, { api_key: 'abc' });
});

test('files stay where they were named from', () => {
  const { plan } = runnablePlan(http('POST http://h/\n\n< ./cat.png'), FOLDER, {});
  assert.deepEqual(plan.scenarios[0]!.steps[0]!.body, { kind: 'file', file: path.join(FOLDER, 'cat.png') });
});
