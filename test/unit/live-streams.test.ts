import assert from 'node:assert/strict';
import test from 'node:test';
import { LiveDetail } from '../../src/load/measure/live-detail.ts';
import { Recorder } from '../../src/load/measure/recorder.ts';
import { LiveResultView } from '../../src/report/live-result-view.ts';
import type { ResultStreams } from '../../src/report/result-view.ts';
import { begunDocument } from '../support/begun-document.ts';
import { limit, type MadeRequest, packed, streamPlan } from '../support/stream-run.ts';

/** 50 a second from `from` on: first content after `ttft` ms, 4 more chunks each `gap` ms later, 10 tokens. */
function streams(
  from: number,
  count: number,
  ttft: number,
  gap: number,
  more: Partial<MadeRequest> = {},
): MadeRequest[] {
  return Array.from({ length: count }, (_, i) => {
    const intended = from + 20 * i;
    const chunks = Array.from({ length: 5 }, (_, k) => intended + ttft + k * gap);
    return { intended, chunks, end: chunks[4]! + 1, details: { outputTokens: 10, inputTokens: 4 }, ...more };
  });
}

const near = (value: number | null | undefined, wanted: number): void => {
  assert.ok(typeof value === 'number' && Math.abs(value - wanted) <= 0.01 * wanted, `${value} is not ${wanted}`);
};

test('the last ten seconds of streams are told while a run lasts, of answers in full their tokens', () => {
  const recorder = new Recorder(streamPlan(), 0);
  recorder.enter('measured', 2000);
  const add = (requests: readonly MadeRequest[]): void => {
    const { rows, details, chunks } = packed(requests);
    recorder.add(rows, details, 0, 3);
    recorder.addChunks(chunks);
  };
  assert.deepEqual(recorder.snapshot(2500).streams, {
    ttft: { p50: null, p90: null, p95: null, p99: null },
    gap: { p50: null, p90: null, p95: null, p99: null },
    tokensPerSecond: null,
  });
  add(streams(2000, 100, 200, 10));
  add(streams(2000, 50, 200, 10, { outcome: 'cancelled', details: {} }));
  add(streams(2000, 50, 5000, 10, { outcome: 'stream-error' }));
  const early = recorder.snapshot(6000);
  near(early.streams!.ttft.p95, 200);
  near(early.streams!.gap.p99, 10);
  assert.equal(early.streams!.ttft.p99, null, '150 are too few');
  assert.equal(early.streams!.tokensPerSecond, 250, '100 answers of 10 tokens in 4 s');
  assert.deepEqual([early.completed, early.failed], [150, 50]);
  // What ended more than ten seconds ago is forgotten.
  add(streams(16_000, 100, 400, 30));
  const late = recorder.snapshot(20_000);
  near(late.streams!.ttft.p50, 400);
  near(late.streams!.gap.p50, 30);
  assert.equal(late.streams!.tokensPerSecond, 100);
  add([{ intended: 19_000, chunks: [19_100], end: 19_200 }]);
  assert.equal(recorder.snapshot(20_100).streams!.tokensPerSecond, null, 'one does not tell its tokens');
});

test('the live result panel has the streams that have ended so far', () => {
  const plan = streamPlan({ objectives: [limit('ttft: p(95)<300')] });
  const detail = new LiveDetail(plan);
  const live = new LiveResultView(begunDocument(plan));
  const streamsNow = (): ResultStreams | null => live.view.streams;
  assert.equal(streamsNow(), null);
  const add = (requests: readonly MadeRequest[], firstId: number, now: number): void => {
    const { rows, details, chunks } = packed(requests, firstId);
    // As generators send them, and two of them at once.
    detail.chunks(chunks, 1);
    detail.chunks(packed(streams(now, 1, 1, 1, { outcome: 'reset' })).chunks, 0);
    detail.add(rows, details, 1, 3, now);
    live.update(detail.takeUpdate(now, false)!);
  };
  detail.enter('warmup', 0);
  add(streams(0, 50, 100, 10, { phase: 'warmup' }), 0, 2000);
  assert.equal(streamsNow(), null, 'warm-up has no figures');
  detail.enter('measured', 2000);
  add(streams(2000, 100, 200, 10), 50, 5000);
  add(streams(4000, 100, 400, 30), 150, 8000);
  const { overTime, slowest } = live.view;
  const told = streamsNow();
  const [ttft, visible, gap, tpot] = told!.times;
  assert.deepEqual([ttft!.count, visible!.count, gap!.count, tpot!.count], [200, 200, 800, 200]);
  near(ttft!.p50, 200);
  near(ttft!.p95, 400);
  near(gap!.p50, 10);
  near(gap!.p99, 30);
  near(tpot!.p50, 40 / 9);
  assert.equal(ttft!.max, 400);
  const facts = Object.fromEntries(told!.facts.map(({ name, text }) => [name, text]));
  assert.deepEqual(facts, {
    Tokens: '333/s',
    Output: '2,000 tokens',
    Input: '800 tokens',
    Goodput: '16.7/s, 50 % of all',
  });
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  assert.equal(told!.overTime.tokens!.length, overTime.got.length);
  assert.equal(sum(told!.overTime.tokens!), 2500, 'warm-up is on the axis of time');
  near(told!.gaps.find(({ quantile }) => quantile === 0.25)?.latency, 10);
  assert.deepEqual([slowest[0]!.firstContent, slowest[0]!.lastContent], [400, 520]);
});
