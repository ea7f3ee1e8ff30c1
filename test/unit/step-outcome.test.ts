import assert from 'node:assert/strict';
import test from 'node:test';
import { Exchange } from '../../src/load/http/exchange.ts';
import { plainTarget, type Step } from '../../src/load/plan/plan.ts';
import type { AnswerReader } from '../../src/load/scenario/answer-reader.ts';
import { type PreparedStep, prepareStep } from '../../src/load/scenario/prepared-step.ts';
import { type ExchangeContext, outcomeOf } from '../../src/load/scenario/step-outcome.ts';
import { IterationValues } from '../../src/load/scenario/values.ts';
import { unknownDetails } from '../../src/runs/request-table.ts';
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
    values: () =>
      new IterationValues({ index: 0, user: 0, seed: 1, environment: {}, secrets: {}, feeders: new Map(), known: {} }),
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
