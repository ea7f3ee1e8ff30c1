import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openRequests, openRun } from '../../src/runner/opened/open-run.ts';
import { type GrpcStub, startGrpcStub } from '../support/grpc-stub.ts';
import { type PlanRun, runPlanFile } from '../support/plan-run.ts';
import { assertRan } from '../support/tailflame.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-grpc-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

async function withStub<T>(use: (stub: GrpcStub) => Promise<T>, inference = true): Promise<T> {
  const stub = await startGrpcStub(inference);
  try {
    return await use(stub);
  } finally {
    stub.stop();
  }
}

function runSteps(port: number, steps: string): Promise<PlanRun> {
  return runPlanFile(
    cwd,
    'grpc.load.yaml',
    `target: grpc://127.0.0.1:${port}
load: { users: 8 }
duration: 600ms
warmup: 100ms
steps:
${steps}`,
  );
}

test('calls reach a server of gRPC’s own library as they are written, and their answers are looked into', async () => {
  await withStub(async (stub) => {
    const { code, stderr, run } = await runSteps(
      stub.port,
      `  - grpc: ServerLive
    check: [{ json: $.live, equals: true }]
  - grpc: ServerReady
    check: [{ json: $.ready, equals: false }]
  - grpc: inference.GRPCInferenceService/ModelMetadata
    json: { name: sums }
    extract: { input: "$.inputs[0].name" }
    check: [{ json: "$.inputs[0].shape[0]", equals: -1 }]
  - name: raw
    grpc: ModelInfer
    json:
      model_name: sums
      id: "r\${counter}"
      parameters: { flag: true, count: -3, ratio: 0.5, text: hello }
      inputs:
        - { name: "\${input}", datatype: FP32, shape: [2, 3], data: [1, 2, 3, 4, 5, 6], parameters: { a: 1 } }
        - { name: n, datatype: INT64, shape: [2, 1], data: [[-1], ["9007199254740993"]] }
        - { name: t, datatype: BYTES, shape: [2], data: [grüße, ""] }
        - { name: b, datatype: BOOL, shape: [2], data: [true, false] }
        - { name: d, datatype: FP64, shape: [2], data: [0.1, 1.0e300] }
        - { name: u, datatype: UINT8, shape: [2], data: [0, 255] }
      outputs: [{ name: sum, parameters: { binary_data: true } }]
    batch: 3
    check:
      - { json: "$.outputs[0].data[2]", equals: 6 }
      - { json: "$.outputs[0].shape[0]", equals: 3 }
      - { json: $.id, equals: "r\${counter}" }
      - { json: $.parameters.rows, equals: 3 }
  - name: typed
    grpc: ModelInfer
    json: { model_name: typed, inputs: [{ name: x, datatype: FP32, shape: [1, 3], data: [1, 2, 4] }] }
    check: [{ json: "$.outputs[0].data[0]", equals: 7 }]
`,
    );
    assertRan({ code, stderr });
    assert.deepEqual([run!.load.failed, run!.errors], [0, []]);
    assert.ok(run!.load.completed > 50);
    assert.equal(run!.target.protocol, 'h2');
    const infer = stub.received.find(({ model_name }) => model_name === 'sums')!;
    assert.deepEqual(infer['parameters'], {
      flag: { bool_param: true, parameter_choice: 'bool_param' },
      count: { int64_param: -3, parameter_choice: 'int64_param' },
      ratio: { double_param: 0.5, parameter_choice: 'double_param' },
      text: { string_param: 'hello', parameter_choice: 'string_param' },
    });
    const inputs = infer['inputs'] as { name: string; shape: number[]; contents: Record<string, unknown[]> }[];
    assert.deepEqual(
      inputs.map(({ name, shape }) => [name, shape]),
      [
        ['x', [3, 3]],
        ['n', [3, 1]],
        ['t', [3]],
        ['b', [3]],
        ['d', [3]],
        ['u', [3]],
      ],
    );
    assert.deepEqual(inputs[0]!.contents['fp32_contents'], [1, 2, 3, 4, 5, 6, 1, 2, 3]);
    assert.deepEqual(inputs[1]!.contents['int64_contents'], [-1, 9007199254740992, -1]);
    assert.deepEqual(inputs[2]!.contents['bytes_contents']!.map(String), ['grüße', '', 'grüße']);
    assert.deepEqual(inputs[3]!.contents['bool_contents'], [true, false, true]);
    assert.deepEqual(inputs[4]!.contents['fp64_contents'], [0.1, 1e300, 0.1]);
    assert.deepEqual(inputs[5]!.contents['uint_contents'], [0, 255, 0]);
    const requests = await openRequests(await openRun(path.join(cwd, run!.run)));
    const sizes = requests.details!.size.filter((size) => !Number.isNaN(size));
    assert.deepEqual([...new Set(sizes)].sort(), [1, 3]);
  });
});

test('a call that fails has failed, with gRPC’s word for it', async () => {
  await withStub(async (stub) => {
    const failed = (model: string) => runSteps(stub.port, `  - grpc: ModelReady\n    json: { name: ${model} }\n`);
    const none = await failed('none');
    assert.equal(none.code, 3);
    assert.match(none.stderr, /ModelReady answered NOT_FOUND: Kein Modell „none“/);
    const broken = await failed('broken');
    assert.match(broken.stderr, /answered UNAVAILABLE/);
    const wrong = await runSteps(stub.port, '  - grpc: ModelInfer\n    json: { modelname: x }\n');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /"modelname" is not known here/);
  });
});

test('where the service is not there, reflection tells what is', async () => {
  await withStub(async (stub) => {
    const { code, stderr } = await runSteps(stub.port, '  - grpc: ServerLive\n');
    assert.equal(code, 3);
    assert.match(stderr, /UNIMPLEMENTED/);
    assert.match(stderr, /The server has these services: .*inference\.GRPCInferenceService/);
  }, false);
});
