import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { SweepDocument } from '../../src/find/sweep-document.ts';
import { startFixedQueue } from '../support/fixed-queue-server.ts';
import { tailflame } from '../support/tailflame.ts';
import { startTritonStub } from '../support/triton-stub.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sweep-'));
});
after(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function sweep(...args: string[]): Promise<SweepDocument & { code: number | null }> {
  const { code, stdout, stderr } = await tailflame(cwd, 'sweep', ...args, '--json');
  assert.notEqual(stdout, '', stderr);
  return { code, ...(JSON.parse(stdout) as SweepDocument) };
}

test('the best batch of a server whose best batch is known is found, by the plan’s own value', async () => {
  // 8 ms and half a ms a row: 16 rows take 16 ms, which is 1,000 a second; 64 take 208 ms, which is 308.
  const server = await startFixedQueue('batch', 8, 16);
  try {
    const plan = path.join(cwd, 'batch.load.yaml');
    await writeFile(
      plan,
      `target: ${server.url}\nenvironment: { batch: 1 }\nsteps:\n  - post: /\n    json: { n: "\${env.batch}" }\nobjectives: [p(95)<1s]\n`,
    );
    const found = await sweep(
      plan,
      '--set',
      'batch=1,4,16,64',
      '--duration',
      '1500ms',
      '--warmup',
      '300ms',
      '--price',
      '2',
    );
    assert.equal(found.code, 0);
    assert.equal(found.points[found.best!]!.value, '16', found.sentence);
    assert.match(found.sentence, /^batch 16 is best under 1,000 ms: /);
    const { rowsPerSecond, costPer1000 } = found.points[2]!;
    assert.ok(rowsPerSecond! > 800 && rowsPerSecond! < 1060, `${rowsPerSecond}`);
    assert.ok(Math.abs(costPer1000! - (2 / 3600 / found.points[2]!.requestsPerSecond!) * 1000) < 1e-9);
  } finally {
    await server.stop();
  }
});

test('over users the curve bends where one worker is busy, in whatever order they were measured', async () => {
  const server = await startFixedQueue('queue', 10);
  try {
    const args = ['--users', '1,2,4,8', '--duration', '1500ms', '--warmup', '300ms', '--repeat', '2'];
    const found = await sweep(server.url, ...args);
    assert.deepEqual(
      found.points.map(({ value, probes }) => [value, probes.length]),
      [
        ['1', 2],
        ['2', 2],
        ['4', 2],
        ['8', 2],
      ],
    );
    for (const { requestsPerSecond } of found.points) assert.ok(requestsPerSecond! > 60 && requestsPerSecond! < 103);
    // By Little's law eight who wait for one worker wait eight service times.
    const { latency } = found.points[3]!;
    assert.ok(latency.p50! > 72 && latency.p50! < 110, `${latency.p50}`);
  } finally {
    await server.stop();
  }
});

test('what larger batches cost in delay is told by what the server tells of them', async () => {
  // Alone a request waits 6 ms for others that do not come; eight at once wait as long and go together.
  const server = await startTritonStub({ maxRows: 64, delay: 6, base: 2, each: 0 });
  try {
    const plan = path.join(cwd, 'triton.load.yaml');
    const inputs = [
      '{ name: x, shape: [1, 3], datatype: FP32, data: [1, 2, 3] }',
      '{ name: n, shape: [1, 1], datatype: INT64, data: [4] }',
      '{ name: t, shape: [1, 1], datatype: BYTES, data: [a] }',
    ];
    const step = `  - post: /v2/models/sums/infer\n    json: { inputs: [${inputs.join(', ')}] }\n`;
    await writeFile(plan, `target: http://127.0.0.1:${server.port}\nsteps:\n${step}`);
    const found = await sweep(plan, '--users', '1,8', '--duration', '2500ms', '--warmup', '300ms');
    const [alone, together] = found.points.map(({ batching }) => batching);
    assert.equal(alone?.rows, 1);
    assert.ok(alone.queue! > 5.5 && alone.queue! < 9, `${alone.queue}`);
    assert.ok(together!.rows > 4 && together!.rows <= 8, `${together!.rows}`);
    assert.match(found.batching ?? '', /^1 row a batch for .* of wait at 1 user, .* rows a batch for .* at 8 users$/);
    // The step knows what a batch is, so that the rows are made of its one.
    await writeFile(plan, `target: http://127.0.0.1:${server.port}\nload: { users: 1 }\nsteps:\n${step}`);
    const sized = await sweep(plan, '--set', 'batch=1,4', '--duration', '1s', '--warmup', '300ms');
    assert.deepEqual(
      sized.points.map(({ batching }) => batching?.rows),
      [1, 4],
    );
    const [one, four] = sized.points;
    assert.ok(Math.abs(four!.rowsPerSecond! / (4 * one!.rowsPerSecond!) - 1) < 0.4, 'four rows take as long as one');
    assert.deepEqual([...new Set(server.rows)].sort(), [1, 4]);
    assert.deepEqual(server.faults, []);
  } finally {
    server.stop();
  }
});

test('users are varied in place of the load that a plan has, in stages or not', async () => {
  const server = await startFixedQueue('queue', 1);
  try {
    const plan = path.join(cwd, 'stages.load.yaml');
    const stages = 'stages: [{ users: 2, for: 1s }, { users: 4, for: 1s }]';
    await writeFile(plan, `target: ${server.url}\nload: { ${stages} }\nsteps: [{ get: / }]\n`);
    const found = await sweep(plan, '--users', '1,2', '--duration', '300ms', '--warmup', '0s');
    assert.deepEqual(
      found.points.map(({ probes }) => probes[0]!.users),
      [1, 2],
    );
  } finally {
    await server.stop();
  }
});

test('what cannot be varied is an error that says what can', async () => {
  const plain = await tailflame(cwd, 'sweep', 'http://127.0.0.1:9/', '--set', 'nothing=1,2');
  assert.equal(plain.code, 2);
  assert.match(plain.stderr, /connections, generators, timeout, batch and json\.FIELD/);
  const single = await tailflame(cwd, 'sweep', 'http://127.0.0.1:9/', '--users', '4');
  assert.equal(single.code, 2);
  assert.match(single.stderr, /at least two values/);
  const neither = await tailflame(cwd, 'sweep', 'http://127.0.0.1:9/');
  assert.match(neither.stderr, /Say what to vary/);
});
