import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRequests, openRun } from '../../src/runner/opened/open-run.ts';
import { answering, listen } from '../support/answering-server.ts';
import { startBatchingServer } from '../support/batching-server.ts';
import { type PlanRun, runPlanFile } from '../support/plan-run.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';
import { HALF_PLUS_TWO } from '../support/tf-serving-exchanges.ts';
import { startTritonStub, type TritonStub } from '../support/triton-stub.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-shapes-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

function runPlan(name: string, text: string, ...options: string[]): Promise<PlanRun> {
  return runPlanFile(cwd, name, text, options);
}

async function withTriton(use: (stub: TritonStub) => Promise<void>): Promise<void> {
  const stub = await startTritonStub({ maxRows: 16, delay: 2, base: 3, each: 0.25 });
  try {
    await use(stub);
  } finally {
    stub.stop();
  }
}

const element = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
};

test('Triton takes every byte of JSON and binary tensors of any batch, and its own count is joined', async () => {
  await withTriton(async (stub) => {
    const floats = Buffer.from(new Float32Array([1, 2, 3, 4, 5, 6]).buffer);
    const texts = Buffer.concat([element('grüße'), element('')]);
    const head = Buffer.from(
      JSON.stringify({
        inputs: [
          { name: 'x', shape: [2, 3], datatype: 'FP32', parameters: { binary_data_size: floats.length } },
          { name: 'n', shape: [2, 1], datatype: 'INT64', data: [7, 8] },
          { name: 't', shape: [2, 1], datatype: 'BYTES', parameters: { binary_data_size: texts.length } },
        ],
        outputs: [{ name: 'sum', parameters: { binary_data: true } }],
      }),
    );
    await writeFile(path.join(cwd, 'request.bin'), Buffer.concat([head, floats, texts]));
    const { code, stderr, run } = await runPlan(
      'triton.load.yaml',
      `target: http://127.0.0.1:${stub.port}
load: { users: 4 }
duration: 4s
warmup: 200ms
steps:
  - name: json
    post: /v2/models/sums/infer
    json:
      id: "r\${counter}"
      inputs:
        - { name: x, shape: [1, 3], datatype: FP32, data: [1, 2, 3] }
        - { name: n, shape: [1, 1], datatype: INT64, data: [[4]] }
        - { name: t, shape: [1, 1], datatype: BYTES, data: ["five5"] }
    batch: \${env.BATCH}
    check:
      - { json: "$.outputs[0].data[4]", equals: 15 }
      - { json: "$.id", equals: "r\${counter}" }
  - name: binary
    post: /v2/models/sums/versions/1/infer
    file: request.bin
    headers: { Inference-Header-Content-Length: ${head.length}, content-type: application/octet-stream }
    batch: 3
environment: { BATCH: 5 }
objectives: [failures: rate<0.001]
`,
    );
    assert.deepEqual(stub.faults, []);
    assertRan({ code, stderr });
    assert.ok(run !== null && run.load.completed > 20);
    assert.deepEqual([...new Set(stub.rows)].sort(), [3, 5]);

    const opened = await openRun(path.join(cwd, run.run));
    const requests = await openRequests(opened);
    const sizes = requests.details!.size.map((size, row) => size * (requests.step[row] === 0 ? 1 : 10));
    assert.deepEqual([...new Set(sizes)].sort(), [30, 5]);

    assert.ok(run.serverMetrics !== undefined, run.notes.join(' '));
    const [told] = run.serverMetrics;
    assert.equal(told!.server, 'Triton');
    const mean = (name: string): number => told!.figures.find((figure) => figure.name === name)!.mean!;
    // Four users of 3 and 5 rows: a batch holds several of them.
    assert.ok(mean('rows a batch') > 5 && mean('rows a batch') <= 16, String(mean('rows a batch')));
    assert.ok(mean('queue') > 0.5 && mean('compute infer') >= 3, JSON.stringify(told));
    assert.ok(told!.batches.length > 0 && told!.batches.every(({ size }) => size <= 16));
    const { telemetry } = await runResultView(opened);
    const queue = telemetry.find(({ name }) => name === 'Triton queue');
    assert.ok(queue !== undefined && queue.unit === 'ms' && queue.at.length >= 3, JSON.stringify(telemetry));
    const text = await tailflame(cwd, 'report', run.run);
    assert.match(text.stdout, /Triton \(sums\) by its own count: queue [\d.]+ ms/);
  });
});

test('the server is not asked of itself where the plan says off, and a wrong address is told', async () => {
  await withTriton(async (stub) => {
    const plan = `target: http://127.0.0.1:${stub.port}
load: { users: 1 }
duration: 300ms
warmup: 0s
steps:
  - post: /v2/models/sums/infer
    json: { inputs: [{ name: x, shape: [1, 3], datatype: FP32, data: [1, 2, 3] }, { name: n, shape: [1, 1], datatype: INT64, data: [4] }, { name: t, shape: [1, 1], datatype: BYTES, data: [a] }] }
`;
    const off = await runPlan('off.load.yaml', plan, '--metrics', 'off');
    assert.deepEqual([off.run?.serverMetrics, off.run?.notes], [undefined, []]);
    const url = `http://127.0.0.1:${stub.port}/metrics`;
    const wrong = await runPlan('wrong.load.yaml', plan, '--metrics', url);
    assert.deepEqual(wrong.run?.notes, [`metrics: ${url} answers 404.`]);
    const elsewhere = await runPlan('elsewhere.load.yaml', plan, '--metrics', 'http://192.0.2.1/metrics');
    assert.equal(elsewhere.code, 2);
    assert.match(elsewhere.stderr, /192\.0\.2\.1 is not this machine/);
  });
});

test('a batch is worth its size, and the times of the answers’ Server-Timing are with the requests', async () => {
  const server = await startBatchingServer({ base: 4, each: 0.5, fits: 8, paging: 20 });
  try {
    const { code, stderr, run } = await runPlan(
      'batch.load.yaml',
      `target: http://127.0.0.1:${server.port}
load: { users: 2 }
duration: 1s
warmup: 0s
steps:
  - post: /v1/models/known:predict
    json: { instances: [[1, 2]] }
    batch: "\${random.pick(1,8,10)}"
`,
    );
    assertRan({ code, stderr });
    const { details, length } = await openRequests(await openRun(path.join(cwd, run!.run)));
    const compute = new Map<number, number[]>();
    for (let row = 0; row < length; row++) {
      const [size, ms] = [details!.size[row]!, details!.serverCompute[row]!];
      assert.ok(details!.serverQueue[row]! >= 0);
      compute.set(size, [...(compute.get(size) ?? []), ms]);
    }
    assert.deepEqual(
      [...compute.keys()].sort((a, b) => a - b),
      [1, 8, 10],
    );
    for (const [size, least] of [
      [1, 4.5],
      [8, 8],
      [10, 49],
    ] as const) {
      for (const ms of compute.get(size)!) assert.ok(ms > least - 1.5, `${size} rows in ${ms} ms`);
    }
  } finally {
    server.stop();
  }
});

test('TensorFlow Serving is sent what was recorded of it, whatever the batch', async () => {
  const { path: route, exchanges, refusal } = HALF_PLUS_TWO;
  const server = http.createServer(
    answering((request, body) => {
      const found =
        request.method === 'POST' && request.url === route
          ? exchanges.find((exchange) => isDeepStrictEqual(exchange.request, JSON.parse(body.toString())))
          : undefined;
      const headers = { 'content-type': 'application/json' };
      return found === undefined ? { status: 400, headers, body: refusal } : { headers, body: found.response };
    }),
  );
  const listening = await listen(server);
  try {
    const check = (name: string, rows: number) => `check: [{ json: "$.${name}[${rows - 1}]" }]`;
    const row = 'json: { instances: [1.0, 2.0, 5.0] }';
    const { code, stderr, run } = await runPlan(
      'half.load.yaml',
      `target: http://127.0.0.1:${listening.port}
load: { rate: 20, arrivals: constant }
duration: 500ms
warmup: 0s
steps:
  - { post: ${route}, ${row}, ${check('predictions', 3)} }
  - { post: ${route}, ${row}, batch: 1, ${check('predictions', 1)} }
  - { post: ${route}, ${row}, batch: 4, ${check('predictions', 4)} }
  - { post: ${route}, json: { signature_name: serving_default, inputs: { x: [1, 2, 5] } }, ${check('outputs', 3)} }
  - { post: ${route}, json: { signature_name: serving_default, inputs: { x: [1, 2, 5] } }, batch: 2, ${check('outputs', 2)} }
`,
    );
    assertRan({ code, stderr });
    assert.deepEqual([run!.load.failed, run!.steps!.length], [0, 5]);
    const refused = await runPlan(
      'refused.load.yaml',
      `target: http://127.0.0.1:${listening.port}\nsteps: [{ post: ${route}, ${row}, batch: 5 }]\n`,
    );
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /400 .*Failed to process element/);
  } finally {
    listening.stop();
  }
});

test('scikit-learn behind both protocols computes what is asked, for every batch, and tells how long it took', async () => {
  const { pythonEnv } = (await import(pathToFileURL(path.resolve('scripts/python-env.mjs')).href)) as {
    pythonEnv(options: { log: (line: string) => void; example: string }): Promise<string>;
  };
  const python = await pythonEnv({ log: () => {}, example: 'fastapi-sklearn' });
  const server = spawn(python, [path.resolve('test/support/sklearn_server.py')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    // A setosa and a virginica.
    const rows = '[[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]]';
    const { code, stderr, run } = await runPlan(
      'iris.load.yaml',
      `target: http://127.0.0.1:${port.toString().trim()}
load: { users: 2 }
duration: 1s
warmup: 200ms
steps:
  - name: tf
    post: /v1/models/iris:predict
    json: { instances: ${rows} }
    batch: 64
    check: [{ json: "$.predictions[62]", equals: 0 }, { json: "$.predictions[63]", equals: 2 }, { json: "$.predictions[64]", absent: true }]
  - name: v2
    post: /v2/models/iris/infer
    json: { inputs: [{ name: x, shape: [2, 4], datatype: FP64, data: ${rows} }] }
    batch: 3
    check: [{ json: "$.outputs[0].data[2]", equals: 0 }, { json: "$.outputs[0].shape[0]", equals: 3 }]
`,
    );
    assertRan({ code, stderr });
    assert.equal(run!.load.failed, 0, JSON.stringify(run!.errors));
    assert.ok(
      run!.server!.compute.p50! > 0.01 && run!.server!.compute.count === run!.load.completed,
      JSON.stringify(run!.server),
    );
    const { details } = await openRequests(await openRun(path.join(cwd, run!.run)));
    assert.deepEqual([...new Set(details!.size)].sort(), [3, 64]);
    const text = await tailflame(cwd, 'report', run!.run);
    assert.match(text.stdout, /By its answers the server took [\d.]+ ms at p50/);
  } finally {
    server.kill();
  }
});
