import assert from 'node:assert/strict';
import test from 'node:test';
import { type FailedRequest, FailureExamples } from '../../src/load/generate/failure-examples.ts';
import { Exchange } from '../../src/load/http/exchange.ts';
import { Redactor } from '../../src/load/plan/redaction.ts';
import type { FailureExample } from '../../src/runs/failure-example.ts';

const SECRET = 's3cr3t-value';

/** What is kept of a request that failed. */
function kept(more: Partial<FailedRequest>, redactor = new Redactor([SECRET])): FailureExample {
  const request: FailedRequest = {
    kind: 'status',
    step: 'predict',
    text: '',
    at: 0,
    origin: 'http://127.0.0.1:1',
    outgoing: { path: '/', method: 'POST', headers: [], body: null },
    exchange: null,
    body: null,
    ...more,
  };
  return new FailureExamples(redactor).take(request)!;
}

const answered = (body: string): Exchange =>
  Object.assign(new Exchange(), { status: 401, body: Buffer.from(body), rawHeaders: [] });
const sending = (body: string): Partial<FailedRequest> => ({
  outgoing: { path: '/', method: 'POST', headers: [], body: Buffer.from(body) },
});

test('of the events of a stream only known secrets are removed, of other answers those that a name tells, too', () => {
  const events = 'data:{"token":{"text":"Hello"}}\n\n';
  const exchange = Object.assign(answered(''), { body: null });
  assert.equal(kept({ exchange, body: Buffer.from(`${events}${SECRET}`) }).response?.body, `${events}<removed>`);
  assert.equal(kept({ exchange: answered('{"token":"abc"}') }).response?.body, '{"token":"<removed>"}');
});

test('the sentence of a failure quotes no secret of the answer', () => {
  assert.equal(kept({ text: '401 {"access_token":"abc"}' }).text, '401 {"access_token":"<removed>"}');
  assert.equal(kept({ text: `401 ${SECRET}` }).text, '401 <removed>');
});

test('of a long body the beginning is kept and no more is looked through, a secret that is cut off included', () => {
  let longest = 0;
  class WatchedRedactor extends Redactor {
    override body(body: string): string {
      longest = Math.max(longest, body.length);
      return super.body(body);
    }
  }
  const text = '{"text":"'.padEnd(1_000_000, 'x');
  const watched = new WatchedRedactor([]);
  assert.equal(kept(sending(text), watched).request?.body, `${text.slice(0, 2000)}…`);
  assert.equal(kept({ exchange: answered(text) }, watched).response?.body, `${text.slice(0, 2000)}…`);
  assert.equal(longest, 32_000);
  const start = '--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n';
  assert.equal(kept(sending(start.padEnd(100_000, 'x'))).request?.body, `${start}<removed>…`);
  assert.equal(kept(sending('{"a":1}')).request?.body, '{"a":1}');
});
