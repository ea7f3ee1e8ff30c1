import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { serverSentences } from '../../src/report/server-sentences.ts';
import { openRun, openTelemetry } from '../../src/runner/opened/open-run.ts';
import type { Scrape } from '../../src/runs/metric-sample.ts';
import { writeRunDocument } from '../../src/runs/run-folder.ts';
import { RunLog } from '../../src/runs/run-log.ts';
import { namedSeries } from '../../src/telemetry/labelled-series.ts';
import { readPrometheusText } from '../../src/telemetry/prometheus-text.ts';
import { serverFigures } from '../../src/telemetry/server-figures.ts';
import { readingsBetween } from '../../src/telemetry/server-metrics.ts';
import { serverSeries } from '../../src/telemetry/server-series.ts';
import { readTelemetry, writeTelemetry } from '../../src/telemetry/telemetry-parquet.ts';
import { readTritonStatistics } from '../../src/telemetry/triton-statistics.ts';
import { begunDocument } from '../support/begun-document.ts';
import { planOf } from '../support/plans.ts';

test('Prometheus text is read by its format, and a wrong line hides no other', () => {
  const text = [
    '# HELP a A count.',
    '# TYPE a counter',
    'a 1',
    'b{x="1",y="a \\"b\\", {c}\\\\d\\ne"} 2.5e3 1395066363000',
    'c_bucket{le="+Inf"} 7 # {trace_id="1"} 0.5',
    'd NaN',
    'e +Inf',
    'f{x=1} 3',
    'g',
    'h 1x',
    '  vllm:i{model_name="m",} -4\r',
    '# EOF',
  ].join('\n');
  assert.deepEqual(readPrometheusText(text), [
    { name: 'a', labels: {}, value: 1 },
    { name: 'b', labels: { x: '1', y: 'a "b", {c}\\d\ne' }, value: 2500 },
    { name: 'c_bucket', labels: { le: '+Inf' }, value: 7 },
    { name: 'd', labels: {}, value: NaN },
    { name: 'e', labels: {}, value: Number.POSITIVE_INFINITY },
    { name: 'f', labels: {}, value: 3 },
    { name: 'vllm:i', labels: { model_name: 'm' }, value: -4 },
  ]);
  assert.deepEqual(readPrometheusText('<html>'), []);
});

const scrape = (time: number, text: string): Scrape => ({ time, samples: readPrometheusText(text) });

const vllm = (running: number, cache: number, queue: [number, number], hits: [number, number]): string => `
vllm:num_requests_running{engine="0",model_name="m"} ${running}
vllm:num_requests_waiting{engine="0",model_name="m"} 0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} ${cache}
vllm:request_queue_time_seconds_sum{model_name="m"} ${queue[0]}
vllm:request_queue_time_seconds_count{model_name="m"} ${queue[1]}
vllm:prefix_cache_hits_total{model_name="m"} ${hits[0]}
vllm:prefix_cache_queries_total{model_name="m"} ${hits[1]}
`;

test('vLLM: gauges stand as they are, counters as what they grew by', () => {
  const scrapes = [
    scrape(0, vllm(1, 0.1, [100, 50], [0, 10])),
    scrape(1000, vllm(4, 0.5, [100.2, 52], [30, 70])),
    scrape(2000, vllm(2, 0.25, [100.2, 52], [30, 70])),
  ];
  const values = Object.fromEntries(serverSeries(scrapes).map(({ name, values }) => [name, [...values]]));
  assert.deepEqual(values['vLLM running'], [1, 4, 2]);
  assert.deepEqual(values['vLLM KV cache'], [10, 50, 25]);
  assert.deepEqual(values['vLLM prefix cache hits'], [NaN, 50, NaN]);
  const [before, first, second] = values['vLLM queue']!;
  assert.ok(Number.isNaN(before) && Math.abs(first! - 100) < 1e-9 && Number.isNaN(second));
  const [told] = serverFigures(scrapes, { start: 100, end: 1900 });
  assert.equal(told!.server, 'vLLM');
  assert.equal(told!.model, 'm');
  assert.deepEqual(
    told!.figures.find(({ name }) => name === 'running'),
    { name: 'running', unit: 'requests', mean: 3, max: 4 },
  );
  assert.equal(
    serverSentences({ serverMetrics: [told!] })[0],
    'vLLM (m) by its own count: queue 100 ms, running 3 requests (at most 4 requests), waiting 0 requests, KV cache 37.5 % (at most 50 %), prefix cache hits 50 %.',
  );
});

test('a server that was started anew has nothing to tell of that time', () => {
  const scrapes = [scrape(0, vllm(1, 0, [100, 50], [0, 0])), scrape(1000, vllm(1, 0, [1, 5], [0, 0]))];
  const queue = readingsBetween(scrapes[0]!, scrapes[1]!).find(({ name }) => name === 'queue');
  assert.ok(Number.isNaN(queue!.value));
});

test('metrics of older names, of Triton, SGLang, TGI and TEI are known', () => {
  const told = (text: string, later = ''): Record<string, number> =>
    Object.fromEntries(
      readingsBetween(scrape(0, later === '' ? '' : text), scrape(1000, later || text)).map(
        ({ server, name, value }) => [`${server} ${name}`, value],
      ),
    );
  assert.deepEqual(told('vllm:gpu_cache_usage_perc 0.5'), { 'vLLM KV cache': 50 });
  assert.deepEqual(told('sglang:num_running_reqs 3\nsglang:token_usage 0.2'), {
    'SGLang running': 3,
    'SGLang KV cache': 20,
  });
  const tgi = (sum: number, count: number): string =>
    `tgi_request_queue_duration_sum ${sum}\ntgi_request_queue_duration_count ${count}\ntgi_queue_size 5`;
  assert.deepEqual(told(tgi(1, 10), tgi(2, 20)), { 'TGI queue': 100, 'TGI waiting': 5 });
  assert.deepEqual(told('te_queue_size 1'), { 'TEI waiting': 1 });
  const triton = (us: number, requests: number): string =>
    `nv_inference_queue_duration_us{model="m",version="1"} ${us}\nnv_inference_request_success{model="m",version="1"} ${requests}`;
  assert.deepEqual(told(triton(0, 0), triton(5000, 10)), { 'Triton queue': 0.5 });
  assert.deepEqual(told('python_info 1'), {});
});

const triton = (requests: number, rows: number, executions: number, queueNs: number, batches: object[]): unknown => ({
  model_stats: [
    {
      name: 'm',
      version: '1',
      inference_count: rows,
      execution_count: executions,
      inference_stats: { success: { count: requests, ns: 0 }, queue: { count: requests, ns: queueNs } },
      batch_stats: batches,
    },
  ],
});
const batch = (size: number, count: number, ns: number) => ({ batch_size: size, compute_infer: { count, ns } });

test('Triton’s statistics give the queue, and its batches by their size', () => {
  const before = { time: 0, samples: readTritonStatistics(triton(10, 10, 10, 1e6, [batch(1, 10, 20e6)])) };
  const later = triton(30, 90, 20, 61e6, [batch(1, 12, 24e6), batch(8, 8, 64e6)]);
  const after = { time: 1000, samples: readTritonStatistics(later) };
  const [told] = serverFigures([before, after], { start: 0, end: 1000 });
  assert.deepEqual(told, {
    server: 'Triton',
    model: 'm',
    figures: [
      { name: 'queue', unit: 'ms', mean: 3, max: null },
      { name: 'rows a batch', unit: 'rows', mean: 8, max: null },
    ],
    batches: [
      { size: 1, executions: 2, compute: 2 },
      { size: 8, executions: 8, compute: 8 },
    ],
  });
  assert.equal(
    serverSentences({ serverMetrics: [told!] })[0],
    'Triton (m) by its own count: queue 3 ms, rows a batch 8 rows. Batches it made, rows × times: 1 × 2 in 2 ms, 8 × 8 in 8 ms.',
  );
  for (const wrong of [null, [], 'x', {}, { model_stats: 1 }, { model_stats: [null, 1, {}] }]) {
    assert.deepEqual(readTritonStatistics(wrong), []);
  }
});

test('telemetry is kept by name, labels and unit, and that of older versions still opens', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-telemetry-'));
  const file = path.join(folder, 'telemetry.parquet');
  const time = Float64Array.of(0, 1000);
  const series = ['a', 'b'].map((model) => ({
    name: 'vLLM running',
    labels: { model },
    unit: 'requests',
    time,
    values: Float64Array.of(NaN, 2),
  }));
  await writeTelemetry(file, series);
  assert.deepEqual(await readTelemetry(file), series);
  assert.deepEqual(
    namedSeries(series).map(({ name }) => name),
    ['vLLM running (a)', 'vLLM running (b)'],
  );
  const column = (name: string, type: 'DOUBLE' | 'INT32' | 'STRING', data: unknown[]) => ({ name, type, data });
  const old = [
    column('time', 'DOUBLE', [5, 15]),
    column('gpu', 'INT32', [1, 1]),
    column('name', 'STRING', ['H100', 'H100']),
    column('utilisation', 'DOUBLE', [0.5, 1]),
    column('memory_used', 'DOUBLE', [100, 200]),
    column('power', 'DOUBLE', [300, 400]),
  ];
  await writeFile(file, new Uint8Array(parquetWriteBuffer({ columnData: old })));
  const common = { labels: { gpu: '1', model: 'H100' }, time: Float64Array.of(5, 15) };
  assert.deepEqual(await readTelemetry(file), [
    { name: 'GPU utilisation', unit: '', values: Float64Array.of(0.5, 1), ...common },
    { name: 'GPU memory', unit: 'MiB', values: Float64Array.of(100, 200), ...common },
    { name: 'GPU power', unit: 'W', values: Float64Array.of(300, 400), ...common },
  ]);
});

test('what was told until a run was cut off is in what is made of it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-cut-off-'));
  const plan = resolvePlan(planOf('http://127.0.0.1:8000/', steadyUsers(1, 1000)), steadyUsers(1, 1000));
  await writeRunDocument(folder, begunDocument(plan));
  const log = new RunLog(folder, { details: false, chunks: false });
  log.event({ type: 'phase', phase: 'measured', start: 0 });
  const told = [scrape(0, vllm(1, 0.1, [100, 50], [0, 10])), scrape(1000, vllm(4, 0.5, [100.2, 52], [30, 70]))];
  for (const one of told) log.event({ type: 'scrape', source: 0, scrape: one });
  log.event({ type: 'done', sendingEnd: 1000, end: 1000, planned: null });
  await log.close();
  const run = await openRun(folder);
  assert.equal(run.document.state, 'interrupted');
  const { figures } = run.document.serverMetrics![0]!;
  assert.equal(figures.find(({ name }) => name === 'running')!.mean, 4);
  const { drawn } = await openTelemetry(folder);
  assert.deepEqual([...drawn.find(({ name }) => name === 'vLLM running')!.values], [1, 4]);
});

test('what endpoints and logs told until a run was cut off is in what is made of it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-cut-off-beside-'));
  const plan = resolvePlan(planOf('http://127.0.0.1:8000/', steadyUsers(1, 1000)), steadyUsers(1, 1000));
  await writeRunDocument(folder, begunDocument(plan));
  const log = new RunLog(folder, { details: false, chunks: false });
  const series = (name: string) => ({ name, labels: { a: 'b' }, unit: '/s' });
  log.event({ type: 'phase', phase: 'measured', start: 0 });
  log.event({ type: 'series', source: 0, added: [series('x')] });
  log.event({ type: 'readings', source: 0, time: 500, values: [null] });
  log.event({ type: 'series', source: 0, added: [series('y')] });
  log.event({ type: 'readings', source: 0, time: 1500, values: [1, 2] });
  log.event({ type: 'log-counts', source: 0, time: 1200, errors: 3, warnings: 1 });
  const said = { log: 'a.log', lines: 9, errors: 3, warnings: 1, skipped: 0, others: 4, trouble: null, messages: [] };
  log.event({ type: 'logs', logs: [said] });
  log.event({ type: 'done', sendingEnd: 3000, end: 3000, planned: null });
  await log.close();
  const run = await openRun(folder);
  assert.deepEqual(run.document.logs, [said]);
  const { drawn } = await openTelemetry(folder);
  assert.deepEqual(
    drawn.map(({ name, time, values }) => [name, [...time], [...values]]),
    [
      ['x', [500, 1500], [NaN, 1]],
      ['y', [500, 1500], [NaN, 2]],
      ['log errors', [1000, 2000, 3000], [0, 3, 0]],
      ['log warnings', [1000, 2000, 3000], [0, 1, 0]],
    ],
  );
});
