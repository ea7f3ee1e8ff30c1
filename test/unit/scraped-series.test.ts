import assert from 'node:assert/strict';
import test from 'node:test';
import type { MetricSample } from '../../src/runs/metric-sample.ts';
import { choiceFault, SeriesChoice, splitChoices } from '../../src/runs/series-choice.ts';
import { DCGM_SERIES, SERVICE_SERIES } from '../../src/telemetry/default-series.ts';
import { histogramQuantile } from '../../src/telemetry/histogram-quantile.ts';
import { PrometheusReader } from '../../src/telemetry/prometheus-text.ts';
import { ScrapedSeries } from '../../src/telemetry/scraped-series.ts';

/** Scrapes one after the other; by series with its labels the values and the unit. */
function folded(
  choice: readonly string[],
  scrapes: readonly (readonly [time: number, text: string])[],
  quantiles = true,
): Record<string, [string, ...number[]]> {
  const series = new ScrapedSeries(new SeriesChoice(choice), quantiles, {});
  const names: string[] = [];
  const told: Record<string, [string, ...number[]]> = {};
  for (const [time, text] of scrapes) {
    const reader = new PrometheusReader(series.wants, (sample) => series.add(sample, reader.typeOf));
    reader.push(text);
    reader.end();
    const { added, values } = series.end(time);
    for (const { name, labels, unit } of added) {
      const full = [name, ...Object.entries(labels).map((pair) => pair.join('='))].join(' ');
      names.push(full);
      told[full] = [unit];
    }
    values.forEach((value, at) => void told[names[at]!]!.push(Number(value.toPrecision(9))));
  }
  return told;
}

test('a text is read the same however it is cut into pieces, and what is not wanted is passed over', () => {
  const text = [
    '# HELP a Says "# TYPE b gauge".',
    '# TYPE a counter',
    'a{x="1, {2}"} 1',
    'a{x="é"} 2',
    'ab 3',
    'b 4',
    '# TYPE c histogram',
    'c_bucket{le="+Inf"} 5 # {trace_id="1 2"} 0.5 1.5',
    'c_sum 6',
    'no number',
    '{"quoted.name"} 7',
    '# EOF',
    'a{x="after"} 8',
  ].join('\r\n');
  const read = (pieces: readonly string[]): unknown => {
    const samples: MetricSample[] = [];
    const reader = new PrometheusReader(
      (name) => name !== 'ab',
      (sample) => samples.push(sample),
    );
    for (const piece of pieces) reader.push(piece);
    reader.end();
    return {
      samples,
      told: reader.told,
      strange: reader.strange,
      isOver: reader.isOver,
      types: ['a', 'b', 'c'].map(reader.typeOf),
    };
  };
  const whole = read([text]);
  assert.deepEqual(whole, {
    samples: [
      { name: 'a', labels: { x: '1, {2}' }, value: 1 },
      { name: 'a', labels: { x: 'é' }, value: 2 },
      { name: 'b', labels: {}, value: 4 },
      { name: 'c_bucket', labels: { le: '+Inf' }, value: 5 },
      { name: 'c_sum', labels: {}, value: 6 },
    ],
    told: 6,
    strange: 2,
    isOver: true,
    types: ['counter', null, 'histogram'],
  });
  for (let at = 0; at <= text.length; at++)
    assert.deepEqual(read([text.slice(0, at), text.slice(at)]), whole, String(at));
  assert.deepEqual(read([...text]), whole);
});

test('a line without an end costs no more memory than a long one, and hides only itself', () => {
  const samples: MetricSample[] = [];
  const reader = new PrometheusReader(
    () => true,
    (sample) => samples.push(sample),
  );
  reader.push('a{x="');
  for (let piece = 0; piece < 2000; piece++) reader.push('y'.repeat(64 * 1024));
  reader.push('"} 1\nb 2\n');
  reader.end();
  assert.deepEqual(samples, [{ name: 'b', labels: {}, value: 2 }]);
});

test('series are chosen by name and by label, as PromQL does it', () => {
  const chosen = (text: string, name: string, labels: Readonly<Record<string, string>> = {}): boolean =>
    new SeriesChoice([text]).has(name, labels);
  assert.ok(chosen('DCGM_FI_*', 'DCGM_FI_DEV_GPU_UTIL'));
  assert.ok(!chosen('DCGM_FI_*', 'XDCGM_FI_DEV'));
  assert.ok(chosen('vllm:num_requests_?unning', 'vllm:num_requests_running'));
  assert.ok(!chosen('a.b', 'aXb'));
  assert.ok(chosen('up{job="a,b}",x!="1"}', 'up', { job: 'a,b}' }));
  assert.ok(!chosen('up{job="a"}', 'up', {}));
  assert.ok(!chosen('up{x!="1"}', 'up', { x: '1' }));
  assert.ok(chosen('r{status=~"5..",method!~"GET|HEAD"}', 'r', { status: '503', method: 'POST' }));
  assert.ok(!chosen('r{status=~"5.."}', 'r', { status: '5030' }));
  assert.ok(chosen('r{q="a\\"b"}', 'r', { q: 'a"b' }));
  assert.deepEqual(splitChoices('a{x="1,2",y=~"(3,4)"}, b*,c'), ['a{x="1,2",y=~"(3,4)"}', 'b*', 'c']);
  for (const wrong of ['', '1a', 'a{', 'a{x}', 'a{x=1}', 'a{x=~"("}', 'a b']) assert.ok(choiceFault(wrong), wrong);
  for (const right of ['a', '*', 'a{}', 'a{x="1",}', ...DCGM_SERIES, ...SERVICE_SERIES]) {
    assert.equal(choiceFault(right), null, right);
  }
});

test('gauges stand as they are, counters become what they grew by a second, in units people read', () => {
  const told = folded(
    ['process_*', 'temp_celsius', 'jobs', 'hits_total', 'odd_ratio'],
    [
      [
        1000,
        '# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 10\nprocess_resident_memory_bytes 1048576\n',
      ],
      [
        3000,
        '# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 13\nprocess_resident_memory_bytes 3145728\ntemp_celsius 61\nhits_total{code="500"} 8\n',
      ],
      [
        4000,
        '# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 1\ntemp_celsius NaN\nhits_total{code="500"} 9\nodd_ratio 0.5\n',
      ],
    ],
  );
  assert.deepEqual(told, {
    process_cpu_seconds_total: ['cores', NaN, 1.5, NaN],
    process_resident_memory_bytes: ['MiB', 1, 3, NaN],
    temp_celsius: ['°C', 61, NaN],
    // It came after the first scrape, so it had counted from 0.
    'hits_total code=500': ['/s', 4, 1],
    odd_ratio: ['%', 50],
  });
});

const histogram = (sum: number, counts: readonly [number, number, number]): string =>
  `# TYPE lat_seconds histogram
lat_seconds_bucket{h="a",le="0.1"} ${counts[0]}
lat_seconds_bucket{h="a",le="0.2"} ${counts[1]}
lat_seconds_bucket{h="a",le="+Inf"} ${counts[2]}
lat_seconds_sum{h="a"} ${sum}
lat_seconds_count{h="a"} ${counts[2]}
`;

test('histograms give the mean and quantiles of what came since the scrape before', () => {
  const scrapes = [
    [0, histogram(1, [5, 5, 5])],
    // 10 more up to 0.1, 10 more up to 0.2: the middle is 0.1, and 99 % of the way at 0.198.
    [1000, histogram(3, [15, 25, 25])],
    [2000, histogram(3, [15, 25, 25])],
    // It was started anew.
    [3000, histogram(0.1, [1, 1, 1])],
  ] as const;
  assert.deepEqual(folded(['lat_seconds'], scrapes), {
    'lat_seconds mean h=a': ['ms', NaN, 100, NaN, NaN],
    'lat_seconds p50 h=a': ['ms', NaN, 100, NaN, NaN],
    'lat_seconds p99 h=a': ['ms', NaN, 198, NaN, NaN],
  });
  assert.deepEqual(Object.keys(folded(['lat_seconds'], scrapes, false)), ['lat_seconds mean h=a']);
  // Its parts can be chosen by their own names.
  assert.deepEqual(folded(['lat_seconds_count'], scrapes.slice(0, 2)), { 'lat_seconds_count h=a': ['/s', NaN, 20] });
});

test('OpenMetrics and summaries are read by their own rules', () => {
  const told = folded(
    ['reqs', 'gc_seconds', 'build_info'],
    [
      [
        0,
        '# TYPE reqs counter\nreqs_total 5 # {t="1"} 1\nreqs_created 1.7e9\n# TYPE gc_seconds summary\ngc_seconds{quantile="0.5"} 0.001\ngc_seconds_sum 1\ngc_seconds_count 10\n# TYPE build_info info\nbuild_info{v="1"} 1\n# EOF\n',
      ],
      [
        2000,
        '# TYPE reqs counter\nreqs_total 9\n# TYPE gc_seconds summary\ngc_seconds{quantile="0.5"} 0.002\ngc_seconds_sum 1.5\ngc_seconds_count 20\n# EOF\n',
      ],
    ],
    false,
  );
  assert.deepEqual(told, {
    reqs_total: ['/s', NaN, 2],
    'gc_seconds quantile=0.5': ['ms', 1, 2],
    'gc_seconds mean': ['ms', NaN, 50],
  });
});

test('a scrape that is not to count leaves nothing behind', () => {
  const series = new ScrapedSeries(new SeriesChoice(['a_total', 'b']), false, { endpoint: 'x' });
  const untyped = (): null => null;
  series.add({ name: 'a_total', labels: {}, value: 5 }, untyped);
  assert.deepEqual(series.end(0).added, [{ name: 'a_total', labels: { endpoint: 'x' }, unit: '/s' }]);
  series.add({ name: 'a_total', labels: {}, value: 1 }, untyped);
  series.drop();
  series.add({ name: 'a_total', labels: {}, value: 15 }, untyped);
  assert.deepEqual([...series.end(2000).values], [5]);
});

test('of very many series the first are kept, and the others counted', () => {
  const series = new ScrapedSeries(new SeriesChoice(['a']), false, {});
  for (let id = 0; id < 50_000; id++) series.add({ name: 'a', labels: { id: String(id) }, value: id }, () => null);
  const { added, values, left } = series.end(0);
  assert.deepEqual([added.length, values.length, left], [200, 200, 49_800]);
  assert.equal(values[199], 199);
  for (const value of [1, 2]) series.add({ name: 'a', labels: { id: 'late' }, value }, () => null);
  assert.equal(series.end(1000).left, 1, 'one series, however many samples it comes as');
});

test('quantiles of buckets are Prometheus’ own', () => {
  // promql/promqltest/testdata/histograms.test: testhistogram{start="positive"}.
  const buckets = [
    { le: Number.POSITIVE_INFINITY, count: 12 },
    { le: 0.1, count: 5 },
    { le: 1, count: 11 },
    { le: 0.2, count: 7 },
  ];
  for (const [q, value] of [
    [0, 0],
    [0.2, 0.048],
    [0.5, 0.15],
    [0.8, 0.72],
    [1, 1],
  ] as const) {
    assert.ok(Math.abs(histogramQuantile(q, buckets) - value) < 1e-12, `${q}: ${histogramQuantile(q, buckets)}`);
  }
  const endless = Number.POSITIVE_INFINITY;
  assert.ok(Number.isNaN(histogramQuantile(0.5, [])));
  assert.ok(Number.isNaN(histogramQuantile(0.5, [{ le: endless, count: 5 }])));
  assert.ok(Number.isNaN(histogramQuantile(0.5, [{ le: 1, count: 5 }])));
  assert.ok(
    Number.isNaN(
      histogramQuantile(0.5, [
        { le: 1, count: 0 },
        { le: endless, count: 0 },
      ]),
    ),
  );
  assert.equal(
    histogramQuantile(0.9, [
      { le: -1, count: 5 },
      { le: 1, count: 5 },
      { le: endless, count: 5 },
    ]),
    -1,
  );
  // What is uniform within its buckets is told exactly.
  const uniform = Array.from({ length: 100 }, (_, at) => ({ le: (at + 1) / 10, count: (at + 1) * 7 }));
  const all = [...uniform, { le: endless, count: 700 }];
  for (const q of [0.01, 0.333, 0.5, 0.99]) assert.ok(Math.abs(histogramQuantile(q, all) - q * 10) < 1e-9, String(q));
});
