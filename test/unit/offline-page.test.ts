import assert from 'node:assert/strict';
import test from 'node:test';
import { inScript, resultPage } from '../../src/report/offline-page.ts';
import { rateSeries } from '../../src/report/rate-series.ts';
import { seriesCsv } from '../../src/report/series-csv.ts';
import { simulatedView } from '../support/simulated-view.ts';

const HOSTILE = '</script><script>alert(1)</script><!-- \u2028 \u2029 & "';

test('what a run says cannot leave its place in the exported page', () => {
  const { view } = simulatedView();
  const page = resultPage({ view: { ...view, title: HOSTILE }, under: null }, { script: 'run()', style: 'p{}' });
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.ok(!page.includes('alert(1)</script>') && !page.includes('<!--'));
  assert.ok(!/[\u2028\u2029]/.test(page.replace(/<title>.*?<\/title>/s, '')));
  const json = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(page)![1]!;
  assert.equal((JSON.parse(json) as { view: { title: string } }).view.title, HOSTILE);
});

test('JSON in a page is what it was', () => {
  assert.deepEqual(JSON.parse(inScript({ text: HOSTILE, none: null })), { text: HOSTILE, none: null });
});

test('code that speaks of script elements does not end its own', () => {
  const { view } = simulatedView();
  const code = { script: 'const a = "</script>", b = "<!-- x";', style: 'p::after{content:"</style>"}' };
  const page = resultPage({ view, under: null }, code);
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.equal(page.match(/<\/style>/g)?.length, 1);
});

test('the table of the series has a row a bucket, with rates and the phase', () => {
  const { view, requests } = simulatedView({ profiled: 0 });
  const [heading, ...rows] = seriesCsv(view).trimEnd().split('\r\n');
  assert.ok(heading!.startsWith('from_ms,to_ms,phase,asked_per_s,got_per_s,p50_ms'));
  assert.equal(rows.length, view.overTime.got.length);
  const cells = rows.map((row) => row.split(','));
  assert.ok(cells.every((row) => row.length === heading!.split(',').length));
  assert.ok(cells.every((row) => row[3] === '80'));
  const answered = cells.reduce((sum, row) => sum + Number(row[8]), 0);
  assert.equal(answered, requests.filter(({ ok }) => ok).length);
  assert.deepEqual([cells[0]![2], cells.at(-1)![2]], ['warmup', 'measured']);
});

test('the table has the streams where there are some', () => {
  const { view } = simulatedView({ profiled: 0 });
  const buckets = view.overTime.got.map((_, bucket) => bucket);
  const overTime = {
    ttftP50: buckets,
    ttftP95: buckets.map((bucket) => bucket + 0.5),
    ttftP99: buckets.map(() => null),
    gapP50: buckets.map((bucket) => bucket / 4),
    gapP99: buckets.map(() => null),
    tokens: buckets.map(() => 30),
  };
  const streams = { times: [], facts: [], overTime, gaps: [] };
  const [heading, , , third] = seriesCsv({ ...view, telemetry: [], streams }).split('\r\n');
  const cell = (name: string): string => third!.split(',')[heading!.split(',').indexOf(name)]!;
  assert.deepEqual(['ttft_p50_ms', 'ttft_p95_ms', 'ttft_p99_ms', 'gap_p50_ms', 'gap_p99_ms'].map(cell), [
    '2',
    '2.5',
    '',
    '0.5',
    '',
  ]);
  assert.equal(cell('output_tokens_per_s'), String(30_000 / view.overTime.width));
  const untold = seriesCsv({ ...view, streams: { ...streams, overTime: { ...overTime, tokens: null } } });
  assert.match(untold.split('\r\n')[0]!, /,output_tokens_per_s/);
});

test('a rate is of the time that there was load in, and unknown where that is too short or not over yet', () => {
  const { view } = simulatedView();
  const overTime = { ...view.overTime, start: 0, width: 1000, got: [10, 10, 5, 2] };
  const phases = [{ phase: 'measured', start: 0, end: 2500 }] as const;
  assert.deepEqual(rateSeries({ overTime, phases, verdict: view.verdict }, overTime.got), [10, 10, 10, 2]);
  assert.deepEqual(rateSeries({ overTime, phases, verdict: null }, overTime.got), [10, 10, 10, null]);
  const short = [{ phase: 'measured', start: 0, end: 2100 }] as const;
  assert.deepEqual(rateSeries({ overTime, phases: short, verdict: view.verdict }, overTime.got), [10, 10, null, 2]);
});
