import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { Disturbance } from '../../src/runner/profiling/disturbance.ts';
import type { PhaseSpan } from '../../src/runs/run-document.ts';
import { type PlacedRequest, placedRequests } from '../support/placed-requests.ts';

const SPANS = [
  { phase: 'measured', start: 0, end: 10_000 },
  { phase: 'profiled', start: 12_000, end: 22_000 },
] as const satisfies readonly PhaseSpan[];
const COUNT = 600;

type Latency = (random: () => number, at: number) => number;

function requestsOf(random: () => number, { phase, start, end }: PhaseSpan, latency: Latency): PlacedRequest[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const due = start + ((end - start) * at) / COUNT;
    return { phase, start: due, end: due + latency(random, at) };
  });
}

/** What is said of 600 requests in each of two times 10 s. */
function sentenceOf(plain: Latency, profiled: Latency, seed = 1, spans: readonly PhaseSpan[] = SPANS): string | null {
  const random = seededRandom(seed);
  const disturbance = new Disturbance(spans);
  const table = placedRequests([...requestsOf(random, SPANS[0], plain), ...requestsOf(random, SPANS[1], profiled)]);
  for (let row = 0; row < table.length; row++) disturbance.add(table, row);
  return disturbance.sentence;
}

/** Spread by a tenth about a median of 10 ms, and 4 % of requests about `slow` ms. */
const withSlow =
  (slow: number): Latency =>
  (random) =>
    (random() < 0.04 ? slow : 10) * (0.9 + 0.2 * random());

/** The same where one slow request holds up those behind it, so that twenty are slow together. */
function inBursts(slow: number): Latency {
  let left = 0;
  return (random) => {
    if (left === 0 && random() < 0.003) left = 20;
    if (left === 0) return 10 * (0.9 + 0.2 * random());
    left--;
    return slow * (left / 20) + 10;
  };
}

const withheld = (plain: () => Latency, profiled: () => Latency): number =>
  Array.from({ length: 100 }, (_, seed) => sentenceOf(plain(), profiled(), seed)).filter((said) => said !== null)
    .length;

test('a profiler that makes the p99 surely more than a tenth longer has its findings withheld, with the figures', () => {
  const said = sentenceOf(withSlow(100), withSlow(140)) ?? '';
  const told =
    /^Findings are withheld: while it was profiled the target was slower than before, its p99 was ([\d.]+) to ([\d.]+) ms against ([\d.]+) to ([\d.]+) ms \(95 %\)\. A lower rate disturbs less\.$/;
  const [low, high, lowBefore, highBefore] = (told.exec(said) ?? assert.fail(said)).slice(1).map(Number);
  assert.ok(low! > 126 && high! <= 154 && lowBefore! > 90 && highBefore! <= 110, said);
  const caught = withheld(
    () => withSlow(100),
    () => withSlow(140),
  );
  assert.ok(caught >= 95, `${caught} of 100`);
  const slight = withheld(
    () => withSlow(100),
    () => withSlow(108),
  );
  assert.ok(slight <= 2, `${slight} of 100`);
});

test('where slow requests come in bursts, what chance does to the p99 withholds nothing', () => {
  const wrongly = withheld(
    () => inBursts(200),
    () => inBursts(200),
  );
  assert.ok(wrongly <= 5, `${wrongly} of 100`);
});

test('a median that is another by more than half, to either side, withholds them too', () => {
  const steady =
    (ms: number): Latency =>
    (random) =>
      ms * (0.9 + 0.2 * random());
  assert.equal(sentenceOf(steady(10), steady(10.5)), null);
  assert.match(sentenceOf(steady(10), steady(20)) ?? '', /slower than before, its p50 was 19\.\d to 20\.\d ms/);
  assert.match(sentenceOf(steady(10), steady(4)) ?? '', /faster than before, its p50/);
  assert.equal(sentenceOf(steady(10), steady(6)), null);
});

test('where nothing was profiled, nothing is said', () => {
  assert.equal(sentenceOf(withSlow(100), withSlow(300), 1, SPANS.slice(0, 1)), null);
});
