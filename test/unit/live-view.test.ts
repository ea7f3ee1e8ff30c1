import assert from 'node:assert/strict';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../src/report/display-width.ts';
import { axisText, barRows, latencyColumns } from '../../src/report/latency-histogram.ts';
import { type LiveView, liveView } from '../../src/report/live-view.ts';
import { progressText } from '../../src/report/progress-text.ts';

const STEERING = /[\p{Cc}\u202e]/u;
const PERCENTILES = { p50: 4.12, p90: 12.3, p95: 26, p99: 482 };

/** From 1 ms to 1 s: most near 4 ms, a few near 200. */
const EDGES = Array.from({ length: 25 }, (_, i) => 1000 ** (i / 24));
const COUNTS = [2, 20, 90, 260, 400, 390, 240, 90, 30, 8, 2, 1, 0, 0, 0, 1, 3, 6, 8, 7, 3, 1, 0, 0];

const BUSY: LiveView = {
  phase: 'measured',
  stage: 'sale',
  elapsed: 22_400,
  total: 30_000,
  rate: 148.3,
  asked: 150,
  rates: [20, 20, 20, 20, 20, 20, 28, 37, 46, 54, 63, 71, 80, 88, 97, 0, 114, 122, 131, 139, 148, 150],
  percentiles: PERCENTILES,
  streams: null,
  completed: 4812,
  failed: 12,
  dropped: 3,
  inFlight: 18,
  histogram: { edges: EDGES, counts: COUNTS },
  errors: [
    { kind: 'status', count: 9 },
    { kind: 'timeout', count: 3 },
    { kind: 'dropped', count: 3 },
  ],
  sentence:
    '"order" went wrong first, 12 s in at 80 iterations/s: p75 rose from 9 ms to 480 ms. "pay" followed 2 s later.',
};

const BEGINNING: LiveView = {
  ...BUSY,
  phase: 'warmup',
  stage: null,
  elapsed: 700,
  total: 2000,
  rate: 31,
  rates: [],
  percentiles: { p50: null, p90: null, p95: null, p99: null },
  completed: 0,
  failed: 0,
  dropped: 0,
  inFlight: 2,
  histogram: null,
  errors: [],
  sentence: null,
};

test('a frame reads as it should', () => {
  assert.deepEqual(liveView(BUSY, 80, false), [
    'Measuring · sale                        ━━━━━━━━━━━━━━━━━━━───────  0:22 of 0:30',
    'Rate      148 of 150/s       ▁▁▁▁▁▁▁▂▂▃▃▄▄▅▅ ▆▇▇▇██',
    'Latency   p50 4.1 ms   p90 12 ms    p95 26 ms    p99 482 ms   last 10 s',
    '                     ▂███▇▇▃',
    '                   █████████▆▆▁',
    '          ▁▁▁▁▁▂▅▅█████████████▅▅▃▂▂▁▁▁▁▁▁▁▁▁        ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁',
    '          ╵1 ms  ╵2 ms    ╵5 ms  ╵10 ms ╵20 ms    ╵50 ms ╵100 ms         ╵500 ms',
    'Requests  4,812 answered · 12 failed · 3 dropped · 18 in flight',
    'Errors    9 × status · 3 × timeout · 3 × dropped',
    '"order" went wrong first, 12 s in at 80 iterations/s: p75 rose from 9 ms to',
    '480 ms. "pay" followed 2 s later.',
  ]);
});

const NOTHING = { p50: null, p90: null, p95: null, p99: null };

test('of streams the time to first token stands first, with gaps and tokens', () => {
  const streams = { ttft: { ...PERCENTILES, p99: null }, gap: PERCENTILES, tokensPerSecond: 1243.7 };
  assert.deepEqual(liveView({ ...BUSY, streams }, 80, false).slice(1, 6), [
    'Rate      148 of 150/s       ▁▁▁▁▁▁▁▂▂▃▃▄▄▅▅ ▆▇▇▇██',
    'TTFT      p50 4.1 ms   p90 12 ms    p95 26 ms    p99 unknown  last 10 s',
    'Gap       p50 4.1 ms   p90 12 ms    p95 26 ms    p99 482 ms   last 10 s',
    'Tokens    1,244/s  output tokens of answers that ended, last 10 s',
    'Latency   p50 4.1 ms   p90 12 ms    p95 26 ms    p99 482 ms   last 10 s',
  ]);
  assert.match(
    progressText({ ...BUSY, streams }),
    /150\/s · TTFT p50 4\.1 ms · p95 26 ms · 1,244 tokens\/s · 18 in flight/,
  );
  const silent = { ttft: NOTHING, gap: NOTHING, tokensPerSecond: null };
  assert.match(liveView({ ...BUSY, streams: silent }, 80, false)[4]!, /^Tokens {4}unknown {2}output/);
  assert.match(progressText({ ...BUSY, streams: silent }), /150\/s · TTFT not known yet · 18 in flight/);
});

test('a run that has just begun says what is not known', () => {
  assert.deepEqual(liveView(BEGINNING, 80, false), [
    'Warming up                              ━━━━━━━━━─────────────────  0:00 of 0:02',
    'Rate      31 of 150/s',
    'Latency   p50 unknown  p90 unknown  p95 unknown  p99 unknown  last 10 s',
    '',
    '',
    '',
    '          too few answers for a picture yet',
    'Requests  not counted while warming up · 2 in flight',
  ]);
});

test('no line is wider than the terminal and no frame is taller than twelve lines', () => {
  const awkward: LiveView = {
    ...BUSY,
    stage: '夜間バッチの読み込み処理と再試行 🔥 very long name of a stage that nobody can read at once anyway',
    rate: 1_234_567,
    asked: 1_234_567,
    completed: 123_456_789,
    failed: 98_765_432,
    dropped: 12_345_678,
    inFlight: 100_000,
    percentiles: { p50: 12_345, p90: 123_456, p95: 234_567, p99: 345_678 },
    errors: Array.from({ length: 20 }, (_, i) => ({ kind: `失敗の種類-${i}`, count: 1000 * i })),
    sentence: `${'とても長い文'.repeat(60)} ${'word '.repeat(80)}`,
    rates: Array.from({ length: 300 }, (_, i) => i * 1e6),
  };
  for (const live of [BUSY, BEGINNING, awkward, { ...BUSY, total: null }, { ...BUSY, asked: null }]) {
    for (let width = 1; width <= 210; width++) {
      for (const colour of [false, true]) {
        const lines = liveView(live, width, colour).map((line) => stripVTControlCharacters(line));
        assert.ok(lines.length <= 12, `${lines.length} lines at ${width}`);
        for (const line of lines) assert.ok(displayWidth(line) <= width, `${width}: ${line}`);
      }
    }
  }
});

test('rows stay where they are from frame to frame', () => {
  const rowOf = (live: LiveView): number => liveView(live, 80, false).findIndex((line) => line.startsWith('Requests'));
  assert.equal(rowOf(BEGINNING), rowOf(BUSY));
  assert.equal(rowOf({ ...BUSY, histogram: null }), rowOf(BUSY));
  assert.equal(rowOf({ ...BUSY, total: null }), rowOf(BUSY));
});

test('colours change no character', () => {
  for (const live of [BUSY, BEGINNING]) {
    const plain = liveView(live, 100, false);
    const coloured = liveView(live, 100, true);
    assert.deepEqual(
      coloured.map((line) => stripVTControlCharacters(line)),
      plain,
    );
    assert.ok(coloured.join('').includes('\u001b[36m'));
    assert.ok(!plain.join('').includes('\u001b'));
  }
});

test('where it is tight, zeros go first and what is in flight next', () => {
  const requests = (live: LiveView, width: number): string | undefined =>
    liveView(live, width, false).find((line) => line.startsWith('Requests'));
  const fine = { ...BUSY, completed: 1_204_812, failed: 0, dropped: 0 };
  assert.equal(requests(fine, 80), 'Requests  1,204,812 answered · 0 failed · 0 dropped · 18 in flight');
  assert.equal(requests(fine, 60), 'Requests  1,204,812 answered · 18 in flight');
  assert.equal(requests(BUSY, 60), 'Requests  4,812 answered · 12 failed · 3 dropped');
});

test('names cannot steer the terminal', () => {
  const evil = '\u001b[2J\u001b]0;title\u0007a\rb\u202ec';
  const frame = liveView({ ...BUSY, stage: evil, sentence: evil, errors: [{ kind: evil, count: 1 }] }, 80, false);
  for (const line of frame) assert.doesNotMatch(line, STEERING);
  assert.doesNotMatch(progressText({ ...BUSY, stage: evil }), STEERING);
});

test('the line of rates has the asked rate for its top, and a gap where nothing was answered', () => {
  const rates = (live: LiveView): string => liveView(live, 100, false)[1]!.slice(29);
  assert.equal(rates({ ...BUSY, asked: 200, rates: [100, 0, 200, 1] }), '▄ █▁');
  assert.equal(rates({ ...BUSY, asked: null, rates: [100, 50] }), '█▄');
  const minute = Array.from({ length: 90 }, (_, i) => (i < 30 ? 0 : 100));
  assert.equal(rates({ ...BUSY, asked: 100, rates: minute }), '█'.repeat(60));
});

test('latencies stand above their time', () => {
  const edges = [90, 110, 990, 1010];
  const chart = latencyColumns({ edges, counts: [50, 0, 50] }, 70)!;
  assert.deepEqual([chart.low, chart.high], [50, 2000]);
  const axis = axisText(chart, 70);
  const filled = [...chart.counts.keys()].filter((column) => chart.counts[column]! > 0);
  for (const label of ['╵100 ms', '╵1 s']) {
    assert.ok(filled.includes(axis.indexOf(label)), `${label} in\n${axis}`);
  }
  assert.ok(!filled.includes(axis.indexOf('╵500 ms')));
});

test('no latency is lost between buckets and columns, whatever their numbers', () => {
  const total = COUNTS.reduce((sum, count) => sum + count, 0);
  for (const columns of [1, 7, 24, 50, 90, 190]) {
    const chart = latencyColumns({ edges: EDGES, counts: COUNTS }, columns)!;
    assert.equal(chart.counts.length, columns);
    assert.ok(Math.abs(chart.counts.reduce((sum, count) => sum + count, 0) - total) < 1e-6);
  }
});

test('the scale of latencies ends at round times', () => {
  const ends = (from: number, to: number): [number, number] => {
    const { low, high } = latencyColumns({ edges: [from, to], counts: [1] }, 50)!;
    return [low, high];
  };
  assert.deepEqual(ends(1, 10), [1, 10]);
  assert.deepEqual(ends(0.034, 7.1), [0.02, 10]);
  assert.deepEqual(ends(5, 5.000001), [5, 10]);
  assert.deepEqual(ends(1999, 2001), [1000, 5000]);
  assert.equal(latencyColumns({ edges: [1, 10], counts: [0] }, 50), null);
  assert.equal(latencyColumns({ edges: [], counts: [] }, 50), null);
});

test('one slow request among many can be seen', () => {
  const chart = latencyColumns({ edges: [1, 2, 500, 501], counts: [1_000_000, 0, 1] }, 60)!;
  const rows = barRows(chart.counts, 3);
  assert.match(rows[2]!.trimEnd(), /█▁? +▁$/);
  assert.ok(rows[0]!.includes('█'));
});

test('a line for a log says the same in words', () => {
  assert.equal(
    progressText(BUSY),
    'Measuring sale · 22 of 30 s · 148 of 150/s · p50 4.1 ms · p99 482 ms · 18 in flight · 12 failed · 3 dropped',
  );
  assert.equal(progressText(BEGINNING), 'Warming up · 0 of 2 s · 31 of 150/s · latency not known yet · 2 in flight');
  assert.equal(
    progressText({ ...BEGINNING, total: null, asked: null, percentiles: { ...PERCENTILES, p95: null, p99: null } }),
    'Warming up · 0 s · 31/s · p50 4.1 ms · p90 12 ms · 2 in flight',
  );
});
