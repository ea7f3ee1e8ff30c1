import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import { openTelemetry } from '../../src/runner/opened/open-run.ts';
import type { Finding, RunDocument } from '../../src/runs/run-document.ts';
import { type FakeGpus, makeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { kill } from '../support/kill.ts';
import { commandLine, processes } from '../support/process-tree.ts';
import { assertRan, type Environment, tailflame, tailflameWith } from '../support/tailflame.ts';

const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';
let cwd: string;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gpu-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

/** An environment in which nvidia-smi is found on the path. */
async function withNvidiaSmi(what: Partial<FakeGpus>): Promise<Environment> {
  await makeNvidiaSmi(cwd, what);
  return { PATH: `${cwd}${path.delimiter}${process.env['PATH']}` };
}

async function started(command: string, ...args: string[]): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, url: `http://127.0.0.1:${port.toString().trim()}/` };
}

async function finished(environment: Environment, url: string, ...options: string[]): Promise<RunDocument> {
  const result = await tailflameWith(environment, cwd, 'run', url, '--warmup', '0s', '--json', ...options);
  assertRan(result);
  return JSON.parse(result.stdout) as RunDocument;
}

async function spotsOf(run: RunDocument, ...options: string[]): Promise<HotspotsDocument> {
  const { stdout, stderr, code } = await tailflame(cwd, 'hotspots', run.run, '--json', ...options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as HotspotsDocument;
}

/** The command lines of processes of the nvidia-smi in a folder, whoever has them now (Linux). */
function runningIn(folder: string): string[] {
  return processes()
    .map(commandLine)
    .filter((command) => command.includes(path.join(folder, 'nvidia-smi')));
}

/** Other resources that were short have findings too. */
const isOfIdleGpu = ({ kind, sentence }: Finding): boolean =>
  kind === 'resource' && sentence.startsWith('While the GPU was idle');

const total = (document: HotspotsDocument, name: string): number =>
  document.functions.find((entry) => entry.function === name)?.total ?? 0;

test('a tokenizer that runs while the GPU waits for it is named, with the GPU that the target uses', async () => {
  const work = path.join(cwd, 'gpu-work.txt');
  const { server, url } = await started(python, path.resolve('test/support/gpu_server.py'), work);
  try {
    const environment = await withNvidiaSmi({ gpus: 2, first: work, pid: server.pid! });
    const run = await finished(environment, url, '--users', '1', '--duration', '5s', '--profile', 'auto');
    const files = await readdir(path.join(cwd, run.run));
    assert.ok(files.includes('nvidia-smi.csv') && files.includes('nvidia-smi-apps.csv'), files.join(' '));
    const { gpus, series } = await openTelemetry(path.join(cwd, run.run));
    assert.deepEqual(
      gpus.map(({ gpu, source }) => [gpu, source]),
      [['0', 'utilisation']],
    );
    const memory = series.find(({ name }) => name === 'GPU memory of a process')!;
    const { gpu, pid, target } = memory.labels;
    assert.deepEqual([gpu, pid, target, memory.values[0]], ['0', String(server.pid), 'yes', 1984]);
    assert.ok(series.some(({ name, labels }) => name === 'GPU throttled' && labels['reason'] === 'power cap'));

    const idle = await spotsOf(run, '--gpu-idle');
    assert.equal(idle.functions[0]!.function.startsWith('tokenize'), true, JSON.stringify(idle.functions.slice(0, 4)));
    const finding = run.findings.find(isOfIdleGpu);
    assert.ok(finding, `${run.findingsNote} ${run.notes.join(' ')}`);
    assert.equal(finding.function, 'tokenize');
    // Its work and the GPU's take turns, and nothing else takes time; windows of 200 ms blur each turn's edge.
    assert.ok(finding.tailShare! > 0.65 && finding.restShare! < 0.35, finding.sentence);
    assert.match(finding.sentence, /^While the GPU was idle \(\d\d % of the time, by nvidia-smi's utilisation\), /);
    assert.ok(finding.evidence!.includes('Of GPU 0, which the target uses.'));
  } finally {
    server.kill();
  }
});

test('what ran while the GPU was idle comes first there, though it is not the hottest; of a GPU never idle nothing is said', async () => {
  const { server, url } = await started(
    process.execPath,
    path.resolve('out/test/support/alternating-server.child.mjs'),
  );
  const rate = ['--rate', '25'];
  try {
    // Recorded elsewhere while the run went on, and given as a file.
    const recorded = path.join(cwd, 'recorded.csv');
    const program = await makeNvidiaSmi(cwd);
    const recorder = spawn(program, { stdio: ['ignore', openSync(recorded, 'w'), 'inherit'] });
    const options = [...rate, '--duration', '8s', '--profile', 'auto', '--gpu', recorded];
    const run = await finished({}, url, ...options).finally(() => kill(recorder));
    assert.ok((await readdir(path.join(cwd, run.run))).includes('telemetry.parquet'));
    const all = await spotsOf(run);
    const idle = await spotsOf(run, '--gpu-idle');
    const ranked = idle.functions.filter(({ function: name }) => name === 'tokenize' || name === 'launchKernels');
    assert.ok(total(all, 'launchKernels') > 1.2 * total(all, 'tokenize'));
    assert.equal(ranked[0]?.function, 'tokenize', JSON.stringify(idle.functions.slice(0, 4)));
    // At each edge between turns a value of nvidia-smi's is of the 200 ms before it, and late where the machine is slow.
    assert.ok(total(idle, 'tokenize') > 2 * total(idle, 'launchKernels'), JSON.stringify(ranked));
    assert.ok(total(idle, 'tokenize') > 0.8 * total(all, 'tokenize'));

    const told = ['--gpu', 'auto,dmon,pmon'];
    const environment = await withNvidiaSmi({ first: 'always', pid: server.pid! });
    const judged = () => finished(environment, url, ...rate, '--duration', '2s', '--profile', 'auto', ...told);
    let busy = await judged();
    // A machine whose speed changed between the phases is taken for a profiler that disturbed, and nothing is told then.
    for (let again = 0; again < 2 && busy.findingsNote?.startsWith('Findings are withheld'); again++)
      busy = await judged();
    const { series } = await openTelemetry(path.join(cwd, busy.run));
    const own = { pid: String(server.pid), target: 'yes' };
    for (const [name, labels] of [
      ['GPU utilisation', { gpu: '0', from: 'dmon' }],
      ['GPU utilisation of a process', { gpu: '0', from: 'pmon', ...own }],
      ['GPU memory of a process', { gpu: '0', ...own }],
    ] as const) {
      const isThat = (one: Record<string, string>): boolean =>
        Object.entries(labels).every(([key, value]) => one[key] === value);
      assert.ok(
        series.some((one) => one.name === name && isThat(one.labels)),
        `${name} of ${JSON.stringify(labels)}`,
      );
    }
    assert.deepEqual(runningIn(cwd), [], 'nvidia-smi ends with the run');
    assert.deepEqual(busy.findings.filter(isOfIdleGpu), []);
    assert.ok(
      busy.notes.some((note) => note.startsWith('The GPU was never idle: busy for 100 % of the time')),
      `${busy.findingsNote} ${busy.notes.join(' ')}`,
    );

    const refused = await tailflame(cwd, 'run', url, '--duration', '1s', '--gpu', `${recorded}.none`);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /GPU file .* cannot be read/);
  } finally {
    server.kill();
  }
});
