import assert from 'node:assert/strict';
import test from 'node:test';
import zlib from 'node:zlib';
import { Exchange } from '../../src/load/http/exchange.ts';
import { plainTarget } from '../../src/load/plan/plain-plan.ts';
import type { Step } from '../../src/load/plan/plan.ts';
import type { AnswerReader } from '../../src/load/scenario/answer-reader.ts';
import { type PreparedStep, prepareStep } from '../../src/load/scenario/prepared-step.ts';
import { type ExchangeContext, outcomeOf } from '../../src/load/scenario/step-outcome.ts';
import { unknownDetails } from '../../src/runs/request-table.ts';
import { valuesOf } from '../support/iteration-values.ts';
import { stepTo } from '../support/plans.ts';

const timings: AnswerReader = {
  needsBody: true,
  read: ({ json }, sent, details) => {
    details.serverQueue = (json as { queue: number }).queue;
    details.size = sent.body?.length ?? Number.NaN;
  },
};

/** A step whose answers are read by `timings`. */
function prepared(step: Step): PreparedStep {
  return { ...prepareStep(step, plainTarget('http://127.0.0.1'), 0), answerReader: timings, needsBody: true };
}

function answered(status: number, body: string): Exchange {
  return Object.assign(new Exchange(), { status, body: Buffer.from(body) });
}

function contextOf(step: PreparedStep): ExchangeContext & { details: NonNullable<ExchangeContext['details']> } {
  assert.ok(step.needsBody);
  return {
    sent: { path: '/', method: 'POST', headers: [], body: Buffer.from('1234') },
    latency: 1,
    details: unknownDetails(),
    reading: null,
    values: () => valuesOf(),
  };
}

test('a reader of whole answers fills in details, also where a check then fails', () => {
  const plain = prepared(stepTo('/'));
  const context = contextOf(plain);
  assert.equal(outcomeOf(plain, answered(200, '{"queue":7}'), context).outcome, 'ok');
  assert.deepEqual([context.details.serverQueue, context.details.size], [7, 4]);

  const checks = [{ on: 'json', path: '$.label', test: 'exists' }] as const;
  const checked = prepared(stepTo('/', { checks }));
  const failed = contextOf(checked);
  assert.equal(outcomeOf(checked, answered(200, '{"queue":8}'), failed).outcome, 'check');
  assert.equal(failed.details.serverQueue, 8);
});

test('an answer that says it failed is not read into', () => {
  const step = prepared(stepTo('/'));
  const context = contextOf(step);
  assert.equal(outcomeOf(step, answered(503, 'busy'), context).outcome, 'status');
  assert.ok(Number.isNaN(context.details.serverQueue));
});

/** What an answer is worth to a step. */
const judged = (exchange: Exchange, more: Partial<Step> = {}): [string, string] => {
  const step = prepareStep(stepTo('/', more), plainTarget('http://127.0.0.1'), 0);
  const { outcome, text } = outcomeOf(step, exchange, { ...contextOf(prepared(stepTo('/'))), details: null });
  return [outcome, text];
};
const saying = (contentType: string, body: string): Exchange =>
  Object.assign(answered(200, body), { rawHeaders: ['content-type', contentType] });
const NONEMPTY = [{ on: 'body', test: 'nonempty' }] as const;

test('an answer that says it is JSON has to be, unless the plan looks into it itself', () => {
  const sentence = 'The answer says it is JSON and is not: {"a":';
  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json']) {
    assert.deepEqual(judged(saying(type, '\ufeff{"a": 1}')), ['ok', ''], type);
    assert.deepEqual(judged(saying(type, '{"a": \n')), ['bad-body', sentence], type);
  }
  for (const type of ['application/x-ndjson', 'application/jsonl', 'application/json-seq', 'text/html']) {
    assert.deepEqual(judged(saying(type, '{"a": 1}\n{"a": 2}\n')), ['ok', ''], type);
  }
  const broken = saying('application/json', '{"a": ');
  assert.equal(judged(broken, { checks: [{ on: 'status', accept: [200] }] })[0], 'bad-body');
  assert.equal(judged(broken, { checks: NONEMPTY })[0], 'ok');
});

test('a body too large to be looked into is told as that, and only where it would be looked into', () => {
  const large = Object.assign(new Exchange(), { status: 200, unkept: 17_000_000 });
  assert.deepEqual(judged(large, { checks: NONEMPTY }), [
    'bad-body',
    'The answer has 17 MB; checks and extractions look into no more than 16.',
  ]);
  assert.equal(judged(large)[0], 'ok');
});

test('an answer that failed is shown as it was before it was compressed', () => {
  const packed = (body: Buffer): Exchange =>
    Object.assign(new Exchange(), { status: 503, body, rawHeaders: ['content-encoding', 'gzip'] });
  assert.deepEqual(judged(packed(zlib.gzipSync('{"error": "busy"}'))), ['status', '503 {"error": "busy"}']);
  assert.deepEqual(judged(packed(Buffer.from('no gzip'))), ['status', '503']);
  const large = zlib.gzipSync('busy'.repeat(1_000_000));
  assert.deepEqual(judged(packed(large)), ['status', '503'], 'too much to unpack of every failure');
});

test('an answer that cannot be looked into is told as that, and its request has an end', () => {
  const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const checks = [{ on: 'json', path: '$.a', test: 'absent' }] as const;
  // Newer versions of V8 write out what is so deep, older ones do not.
  const [outcome, text] = judged(answered(200, deep), { checks });
  if (outcome === 'check') assert.match(text!, /^\$\.a is \[{99,}…, expected none$/);
  else
    assert.deepEqual(
      [outcome, text],
      ['bad-body', 'The answer cannot be looked into: Maximum call stack size exceeded.'],
    );

  const read = (): never => {
    throw new TypeError('no reader');
  };
  const step = { ...prepared(stepTo('/')), answerReader: { needsBody: true, read } };
  assert.deepEqual(outcomeOf(step, answered(200, '{}'), contextOf(step)), {
    outcome: 'bad-body',
    text: 'The answer cannot be looked into: no reader.',
  });
});

test('a stream that was cut off gives later steps what had come of it, and is not checked', () => {
  const extract = (path: string) => ({ reply: { from: 'json', path, otherwise: null } }) as const;
  const outcomeWith = (path: string): { outcome: string; text: string; reply: unknown; chunks: number } => {
    const step = prepareStep(
      stepTo('/v1/chat/completions', {
        stream: { api: 'openai-chat', cancel: { after: 2, share: 1 }, tokenizer: null },
        extract: extract(path),
        checks: [{ on: 'body', test: 'contains', value: 'never' }],
      }),
      plainTarget('http://127.0.0.1'),
      0,
    );
    const reading = step.stream!.open(0);
    reading.begin(200, () => 'text/event-stream');
    const event = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
    assert.equal(reading.data(Buffer.from(event('Hel')), 5), null);
    assert.equal(reading.data(Buffer.from(event('lo')), 9)?.outcome, 'cancelled');
    const exchange = Object.assign(new Exchange(), { status: 200, outcome: 'cancelled' as const });
    const context = contextOf(step);
    const values = context.values();
    const { outcome, text } = outcomeOf(step, exchange, { ...context, reading, values: () => values });
    return { outcome, text, reply: values.extracted['reply'], chunks: context.details.chunks };
  };
  assert.deepEqual(outcomeWith('$.choices[0].message.content'), {
    outcome: 'cancelled',
    text: '',
    reply: 'Hello',
    chunks: 2,
  });
  const { outcome, text, reply } = outcomeWith('$.usage.total_tokens');
  assert.deepEqual([outcome, reply], ['cancelled', undefined]);
  assert.match(text, /lacks what later steps need/);
});
