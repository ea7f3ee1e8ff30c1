import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { isAnyRunning } from '../../src/runner/target/running-threads.ts';
import { TargetInspector } from '../../src/runner/target/target-inspector.ts';
import { listeningPorts, readProcess } from '../../src/runner/target/target-process.ts';
import { TargetTelemetry } from '../../src/runner/telemetry/target-telemetry.ts';
import { RunClock, takeOrigin } from '../../src/runs/clock.ts';
import type { Phase } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { readTelemetry, TELEMETRY_FILE } from '../../src/telemetry/telemetry-parquet.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';

/** Seconds, and numbers of switches, since it began. */
interface Took {
  readonly at: number;
  readonly cpu: number;
  readonly voluntary: number;
  readonly involuntary: number;
  /** Of one thread that computes, how long it held the interpreter's lock. */
  readonly computing: number;
  /** CPU time of the thread that took most, by its own clock. */
  readonly busiest: number;
}

/** A program of which is known what it takes, and that tells what the kernel says it took. */
class KnownTarget {
  readonly child: ChildProcess;
  readonly #lines: Interface;
  readonly #said: AsyncIterator<string>;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.child.stdout! });
    this.#said = this.#lines[Symbol.asyncIterator]();
  }

  static python(mode: string, ...args: readonly number[]): KnownTarget {
    return new KnownTarget(python, ['test/support/known_target.py', mode, JSON.stringify(args)]);
  }

  async line(): Promise<string> {
    return String((await this.#said.next()).value);
  }

  async took(): Promise<Took> {
    this.child.stdin!.write('\n');
    return JSON.parse(await this.line()) as Took;
  }

  async end(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

interface Watched {
  readonly series: ReadonlyMap<string, LabelledSeries>;
  /** Mean over time of what was told after the watch began, NaN where nothing was. */
  mean(key: keyof typeof TARGET_SERIES): number;
}

/** @param phase of a run that may profile; null: of one that may not */
async function watch(pid: number, ms: number, phase: Phase | null = null): Promise<Watched> {
  const inspector = new TargetInspector(null);
  const telemetry = new TargetTelemetry(inspector, phase !== null, () => {});
  const origin = takeOrigin();
  const clock = new RunClock(origin);
  const now = (): number => clock.now();
  await telemetry.begin({ folder: '', origin, target: await readProcess(pid), now });
  const began = now();
  if (phase !== null) telemetry.look(phase);
  await sleep(ms);
  const { series, trouble } = await telemetry.finish();
  await inspector.close();
  assert.equal(trouble, null);
  const byName = new Map(series.map((one) => [one.name, one]));
  const mean = (key: keyof typeof TARGET_SERIES): number => {
    const { time, values } = byName.get(TARGET_SERIES[key]) ?? { time: [], values: [] };
    let [sum, last] = [0, began];
    values.forEach((value, at) => {
      sum += value * (time[at]! - last);
      last = time[at]!;
    });
    return sum / (last - began);
  };
  return { series: byName, mean };
}

function near(actual: number, expected: number, within: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual} instead of ${expected} ± ${within}`);
}

test('CPU, threads, memory, descriptors and connections of a service that is known', async () => {
  const [threads, share, mebibytes, files, accepted, ofChild] = [2, 0.3, 150, 300, 5, 0.1];
  const target = KnownTarget.python('service', threads, share, mebibytes, files, accepted, ofChild);
  const sockets: net.Socket[] = [];
  try {
    const port = Number(await target.line());
    for (let i = 0; i < accepted + 3; i++) sockets.push(net.connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    assert.equal(await target.line(), `${mebibytes} ${files} ${accepted}`);
    const before = await target.took();
    const machine = machineTimes();
    const told = await watch(target.child.pid!, 2600);
    const after = await target.took();
    const machineAfter = machineTimes();
    const seconds = after.at - before.at;
    near(told.mean('cpu'), (after.cpu - before.cpu) / seconds, 0.05, 'CPU as the kernel counts it');
    near(told.mean('busiestThread'), (after.busiest - before.busiest) / seconds, 0.05, 'busiest thread');
    near(told.mean('memory'), mebibytes + 12, 14, 'MiB');
    // The main thread, the one that starts children, and a child now and then, or always where it gets little of a core.
    near(told.mean('threads'), threads + 2.5, 0.5 + 1e-9, 'threads');
    near(told.mean('fds'), 100 * ((files + accepted + 5) / 1000), 0.7, '% of the limit');
    near(told.mean('connections'), accepted + 3, 1e-9, 'connections');
    near(told.mean('acceptQueue'), 3, 1e-9, 'not accepted');
    const switches = (after.voluntary - before.voluntary) / seconds;
    near(told.mean('voluntarySwitches'), switches, 0.15 * switches + 5, 'voluntary switches');
    const taken = (machineAfter.taken - machine.taken) / (machineAfter.total - machine.total);
    near(told.mean('machineCpu'), 100 * taken, 6, 'machine');
    assert.ok(told.series.get(TARGET_SERIES.cpu)!.values.every((value) => value >= 0));
    assert.equal(told.series.has(TARGET_SERIES.gil), false);
  } finally {
    for (const socket of sockets) socket.destroy();
    await target.end();
  }
});

test('a process of which a thread computes runs, one whose threads all wait does not', async () => {
  const programs = ['import time; time.sleep(60)', 'while True: pass'].map(
    (rest) => `import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print('ready', flush=True)
${rest}`,
  );
  const [rests, computes] = programs.map((program) =>
    spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  try {
    for (const child of [rests!, computes!]) await once(child.stdout, 'data');
    await sleep(200);
    const looks = Array.from({ length: 20 }, () => [
      isAnyRunning([rests!.pid!]),
      isAnyRunning([rests!.pid!, computes!.pid!]),
    ]);
    assert.deepEqual(new Set(looks.map(String)), new Set(['false,true']));
    assert.equal(isAnyRunning([]), false);
  } finally {
    for (const child of [rests, computes]) child!.kill('SIGKILL');
  }
});

test('of three processes on one core two wait for it', async () => {
  const target = KnownTarget.python('crowd', 3);
  try {
    await target.line();
    const told = await watch(target.child.pid!, 1200);
    // Each of them is on the core or waits for it, whoever else wants it.
    near(told.mean('cpu') + told.mean('waitingForCore'), 3, 0.15, 'ready to run');
    assert.ok(told.mean('cpu') <= 1.02 && told.mean('waitingForCore') >= 1.9, String(told.mean('waitingForCore')));
    assert.ok(told.mean('involuntarySwitches') > 5);
  } finally {
    await target.end();
  }
});

test('a limit on a control group is told as the share of time it kept', async (context) => {
  const group = limitedGroup();
  if (group === null) {
    context.skip('no control group can be made here');
    return;
  }
  const target = KnownTarget.python('lock', 1, 1, 0);
  try {
    await target.line();
    writeFileSync(`${group}/cgroup.procs`, String(target.child.pid));
    // The limit is of a tenth of a second each, which readings begin and end within.
    const told = await watch(target.child.pid!, 2400);
    near(told.mean('cpu'), 0.3, 0.06, 'CPU');
    near(told.mean('throttled'), 70, 15, 'throttled');
    near(told.mean('waitingForCore'), 0.7, 0.1, 'which is time it was ready to run');
  } finally {
    await target.end();
    // The kernel lets go of an ended process a moment later.
    await until('the group to be empty', 5000, () => (isRemoved(group) ? true : null), 20);
  }
});

/** A control group whose processes may take 30 % of a core together, of either version; null where none can be made. */
function limitedGroup(): string | null {
  const isSecond = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const group = `/sys/fs/cgroup/${isSecond ? '' : 'cpu/'}tailflame-test-${process.pid}`;
  // The second of each is so that nobody but the limit keeps a core from it.
  const settings: Readonly<Record<string, string>> = isSecond
    ? { 'cpu.max': '30000 100000', 'cpu.weight': '10000' }
    : { 'cpu.cfs_quota_us': '30000', 'cpu.shares': '262144' };
  try {
    mkdirSync(group);
    for (const [name, value] of Object.entries(settings)) writeFileSync(`${group}/${name}`, value);
    return group;
  } catch (error) {
    isRemoved(group);
    if (['EACCES', 'EROFS', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

test('how much of the time the GIL is held, and how many threads wait for it', async () => {
  const crowded = KnownTarget.python('lock', 3, 1, 0);
  try {
    await crowded.line();
    const told = await watch(crowded.child.pid!, 1200, 'profiled');
    // Whom it was handed to, and who looks whether it is free, may have to wait for a core first.
    assert.ok(told.mean('gil') > 60, String(told.mean('gil')));
    near(told.mean('gil') / 100 + told.mean('waitingForGil'), 2.6, 0.6, 'one has it, two wait');
  } finally {
    await crowded.end();
  }
  const free = KnownTarget.python('lock', 1, 0.3, 1);
  try {
    await free.line();
    const before = await free.took();
    const told = await watch(free.child.pid!, 2500, 'profiled');
    const after = await free.took();
    const held = (100 * (after.computing - before.computing)) / (after.at - before.at);
    near(told.mean('gil'), held, 12, 'GIL held by the one that computes, beside one that needs none');
    assert.ok(told.mean('waitingForGil') < 0.3, String(told.mean('waitingForGil')));
    near(told.mean('cpu'), (after.cpu - before.cpu) / (after.at - before.at), 0.1, 'CPU of both');
  } finally {
    await free.end();
  }
});

test('Node’s event loop and its garbage collector, and nothing is left behind', async () => {
  const options = JSON.stringify({ block: 60, period: 200, garbage: true });
  const target = new KnownTarget(process.execPath, ['out/test/support/blocking-server.child.mjs', options]);
  try {
    const url = `http://127.0.0.1:${await target.line()}/`;
    const ask = async (): Promise<{ gc: number; active: number; at: number }> =>
      (await (await request(url)).body.json()) as { gc: number; active: number; at: number };
    const before = await ask();
    const told = await watch(target.child.pid!, 2200, 'measured');
    const after = await ask();
    const share = (grown: 'gc' | 'active'): number => (100 * (after[grown] - before[grown])) / (after.at - before.at);
    near(told.mean('loopUtilisation'), share('active'), 4, 'utilisation');
    assert.ok(share('active') > 28, `${share('active')}`);
    near(told.mean('gc'), share('gc'), 2, 'garbage collection');
    assert.ok(share('gc') > 0.5, `${share('gc')}`);
    const delays = told.series.get(TARGET_SERIES.loopDelay)!.values;
    // The last is of the moment before the end, in which it may not have been blocked.
    assert.ok(delays.length >= 4 && delays.slice(0, -1).every((delay) => delay > 45), [...delays].join(' '));
    assert.ok(Math.max(...delays) < 130, [...delays].join(' '));
    await sleep(400);
    assert.equal((await listeningPorts(target.child.pid!)).length, 1, 'the inspector is closed');
  } finally {
    await target.end();
  }
});

test('a run keeps what was told of its target, beside a profiler that uses the same inspector', async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'tailflame-target-'));
  const options = JSON.stringify({ block: 60, period: 200, garbage: false });
  const target = new KnownTarget(process.execPath, ['out/test/support/blocking-server.child.mjs', options]);
  try {
    const url = `http://127.0.0.1:${await target.line()}/`;
    const load = ['--rate', '40', '--warmup', '0s', '--duration', '2s', '--profile', 'auto', '--json'];
    const { code, stdout, stderr } = await tailflame(cwd, 'run', url, ...load);
    // A busy machine sends late; what was told of the target is told all the same.
    assertRan({ code, stderr });
    const document = JSON.parse(stdout) as RunDocument;
    assert.ok(document.profile !== null && document.profile.samples > 100, document.findingsNote ?? '');
    const series = await readTelemetry(path.join(cwd, document.run, TELEMETRY_FILE));
    const measured = document.phases.find(({ phase }) => phase === 'measured')!;
    for (const [key, least] of [
      ['cpu', 0.05],
      ['loopUtilisation', 20],
      ['loopDelay', 30],
    ] as const) {
      const { time, values } = series.find(({ name }) => name === TARGET_SERIES[key])!;
      const within = values.filter((_, at) => time[at]! > measured.start + 400 && time[at]! <= measured.end);
      assert.ok(within.length >= 1 && within.every((value) => value >= least), `${key}: ${[...within].join(' ')}`);
    }
    const profiled = document.phases.find(({ phase }) => phase === 'profiled')!;
    const utilisation = series.find(({ name }) => name === TARGET_SERIES.loopUtilisation)!;
    assert.ok(
      utilisation.time.every((time) => time < profiled.start + 100),
      'what a sampler makes of it is not told',
    );
    const connections = series.find(({ name }) => name === TARGET_SERIES.connections)!;
    // Not those to the inspector.
    assert.ok(connections.values.some((value) => value >= 1) && connections.values.every((value) => value <= 10));
    await sleep(300);
    assert.equal((await listeningPorts(target.child.pid!)).length, 1, 'the inspector is closed');
  } finally {
    await target.end();
    rmSync(cwd, { recursive: true, force: true });
  }
});

function machineTimes(): { taken: number; total: number } {
  const times = os.cpus().map((core) => core.times);
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { taken: total - times.reduce((sum, { idle }) => sum + idle, 0), total };
}
