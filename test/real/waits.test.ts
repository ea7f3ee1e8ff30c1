import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { AttributionFolder } from '../../src/runner/profiling/attribution-folder.ts';
import { type Attribution, readAttribution, tracePrefix, traceparent } from '../../src/runs/attribution.ts';
import type { Look } from '../../src/runs/look.ts';
import type { Finding, RunDocument } from '../../src/runs/run-document.ts';
import { freePort } from '../support/free-port.ts';
import { tailflame, tailflameWith } from '../support/tailflame.ts';

const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';
const SERVICE = path.resolve('test/support/waiting_service.py');
const LINES = path.resolve('attribution');
/** Long enough for a busy machine to look at them meanwhile. */
const SLOW_MS = 120;
/** Without `ss` it is not known that an answer is awaited, only where connections go. */
const connectedTo = (to: string): RegExp => new RegExp(`it (awaited an answer from|had a connection open to) ${to}`);
let cwd: string;
let downstream: http.Server;
let address: string;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-waits-'));
  downstream = http.createServer((request, response) => {
    setTimeout(() => response.end('profile'), request.url === '/slow' ? SLOW_MS : 2);
  });
  downstream.listen(0, '127.0.0.1');
  await once(downstream, 'listening');
  address = `127.0.0.1:${(downstream.address() as AddressInfo).port}`;
});
after(async () => {
  downstream.closeAllConnections();
  downstream.close();
  await rm(cwd, { recursive: true, force: true });
});

/** A run of the service in which the program could tell, or the last of three that say why they could not. */
async function profiledRun(route: string, ...options: string[]): Promise<RunDocument> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const environment = { PORT: String(port), DOWNSTREAM: address, PYTHONPATH: LINES };
    const url = `http://127.0.0.1:${port}`;
    const start = ['--start', `"${python}" "${SERVICE}"`, '--ready', `${url}/healthz`, '--profile', 'auto'];
    const load = ['--rate', '110', '--duration', '6s', '--warmup', '0s'];
    const args = ['run', url + route, ...load, ...start, ...options, '--json'];
    const { code, stdout, stderr } = await tailflameWith(environment, cwd, ...args);
    // On a busy machine the sender may be late, and says so.
    if (attempt === 3) assert.equal(code, 0, stderr);
    else if (code === 98) continue;
    const document = JSON.parse(stdout) as RunDocument;
    if (document.findings.length > 0 || attempt === 3) return document;
  }
}

async function lineOf(text: string): Promise<number> {
  return (await readFile(SERVICE, 'utf8')).split('\n').findIndex((line) => line.includes(text)) + 1;
}

function theFinding({ findings, findingsNote }: RunDocument): Finding {
  assert.equal(findings[0]?.kind, 'waited', findingsNote ?? JSON.stringify(findings));
  assert.deepEqual(
    findings.filter(({ kind }) => kind === 'line'),
    [],
  );
  return findings[0];
}

describe('a service that waits for another server', () => {
  test('on its event loop, with our lines in it: the awaited line is named, known exactly, and where its connection goes', async () => {
    const run = await profiledRun('/awaited', '--attribution');
    const finding = theFinding(run);
    assert.equal(finding.function, 'fetch_profile');
    assert.equal(finding.file, SERVICE);
    assert.equal(finding.line, await lineOf('async with session.get'));
    assert.ok(finding.tailShare! > 0.8, `${finding.tailShare}`);
    const [, attributed, of] = /^Exactly attributed: (\d+) of (\d+) requests\.$/m.exec(run.notes.join('\n')) ?? [];
    assert.equal(Number(of), run.profiled!.count);
    assert.ok(Number(attributed) >= 0.99 * Number(of), `${attributed} of ${of}`);
    assert.match(finding.evidence!.join('\n'), connectedTo(address));
  });

  test('in a thread, without our lines: the line that stands is named, and looks at late requests say on what', async () => {
    const run = await profiledRun('/blocking');
    const finding = theFinding(run);
    assert.equal(finding.function, 'load_profile');
    assert.equal(finding.line, await lineOf('connection.getresponse()'));
    const evidence = finding.evidence!.join('\n');
    assert.match(
      evidence,
      /looks at slow requests a thread stood in `SocketIO\.readinto` \(socket\.py\) under `load_profile`/,
    );
    assert.match(evidence, connectedTo(address));
    const looks = JSON.parse(await readFile(path.join(cwd, run.run, 'looks.json'), 'utf8')) as Look[];
    const late = looks.filter((look) => look.late !== null);
    // One a second at most; on a busy machine each takes longer.
    assert.ok(late.length >= 2 && late.length <= 7, `${late.length} looks in 6 s`);
    const profiled = run.phases.find(({ phase }) => phase === 'profiled')!;
    assert.ok(late.every(({ late: request }) => request!.since >= profiled.start));
  });
});

test('a service that was started elsewhere is found by its environment, and the lines are printed', async () => {
  const folder = path.join(cwd, 'elsewhere');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], {
    env: { ...process.env, TAILFLAME_ATTRIBUTION: folder },
  });
  try {
    await once(child, 'spawn');
    const target = { pid: child.pid!, parent: process.pid, executable: process.execPath, args: [] };
    assert.equal((await AttributionFolder.of(target))?.path, folder);
    assert.equal(await AttributionFolder.of({ ...target, pid: process.pid }).then((found) => found?.path), folder);
  } finally {
    child.kill();
  }
  for (const [runtime, file] of [
    ['python', 'tailflame_attribution.py'],
    ['node', 'tailflame-attribution.cjs'],
  ] as const) {
    const { stdout, code } = await tailflame(cwd, 'attribution', '--print', runtime);
    assert.equal(code, 0);
    assert.equal(stdout, await readFile(path.join(LINES, file), 'utf8'));
  }
});

test('what a service cannot write is counted as lost', async () => {
  const env = { ...process.env, TAILFLAME_ATTRIBUTION: '/dev/null/none', PYTHONPATH: LINES };
  const code = `import tailflame_attribution as lines
records = lines._records
records.waiting.extend([("worked", "a", "1", 0, 1000)] * 3)
lines._write_waiting(records)
print(records.lost, len(records.waiting))`;
  const { stdout } = await promisify(execFile)(python, ['-c', code], { env });
  assert.equal(stdout, '3 0\n');
});

test('what a service wrote in vain is counted as lost, each record once, and its places are told again', async () => {
  const folder = await mkdtemp(path.join(cwd, 'full-'));
  const env = { ...process.env, TAILFLAME_ATTRIBUTION: folder, PYTHONPATH: LINES };
  const code = `import os
import tailflame_attribution as lines
records = lines._records
records.writer = "nobody"
file = os.path.join(lines.FOLDER, f"{os.getpid()}.jsonl")
key = (lines._line.__code__, 1)
os.symlink("/dev/full", file)
for _ in range(2):
    records.place(key)
    records.add(("worked", "a", "1", 0, 1000))
    lines._write_waiting(records)
os.remove(file)
records.place(key)
lines._write_waiting(records)
print(open(file).read())`;
  const { stdout } = await promisify(execFile)(python, ['-c', code], { env });
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as [string, number]).slice(0, 2));
  assert.deepEqual(told, [
    ['begin', 1],
    ['place', 2],
    ['lost', 4],
  ]);
});

interface Told {
  readonly attribution: Attribution;
  readonly truth: Readonly<Record<string, number>>;
  readonly thread: string;
}

/** What a program that serves two requests `a` (0) and `b` (1), and a third that is not Tailflame's, told of them. */
async function toldOf(program: string, args: readonly string[]): Promise<Told> {
  const folder = await mkdtemp(path.join(cwd, 'told-'));
  const prefix = tracePrefix(7);
  const traces = JSON.stringify({ a: traceparent(prefix, 0), b: traceparent(prefix, 1) });
  const env = { ...process.env, TAILFLAME_ATTRIBUTION: folder, PYTHONPATH: LINES };
  const { stdout } = await promisify(execFile)(program, [...args, traces], { env });
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')));
  const attribution = readAttribution(texts, prefix, { monotonicMs: 0, unixMs: 0 });
  return { attribution, ...(JSON.parse(stdout) as Pick<Told, 'truth' | 'thread'>) };
}

/** Ms, in the thread of that id, or with `others` in all but that. */
function workedFor({ worked, threads }: Attribution, request: number, thread: string, others = false): number {
  return worked.request.reduce((sum, id, at) => {
    const isThere = (threads[worked.thread[at]!]!.id === thread) !== others;
    return sum + (id === request && isThere ? worked.end[at]! - worked.start[at]! : 0);
  }, 0);
}

function waitedIn({ suspended, places }: Attribution, request: number, name: string): number {
  return suspended.request.reduce((sum, id, at) => {
    const isThere = places[suspended.place[at]!]?.some((frame) => frame.function.endsWith(name)) === true;
    return sum + (id === request && isThere ? suspended.end[at]! - suspended.start[at]! : 0);
  }, 0);
}

describe('two requests in turns on one event loop are told apart', () => {
  test('in Python: what each ran, in tasks and threads of its own too, and where it was suspended', async () => {
    const { attribution, truth, thread } = await toldOf(python, [path.resolve('test/support/interleaved_service.py')]);
    for (const [request, name] of ['a', 'b'].entries()) {
      const worked = workedFor(attribution, request, thread);
      // At the end of a step it may still have to wait for the GIL, which another thread keeps for 5 ms.
      assert.ok(worked >= truth[name]! - 0.1 && worked <= truth[name]! + 20, `${name}: ${worked} of ${truth[name]} ms`);
      const inThread = truth[`${name} in a thread`]!;
      const elsewhere = workedFor(attribution, request, thread, true);
      assert.ok(elsewhere >= inThread - 0.1 && elsewhere <= inThread + 15, `${name}: ${elsewhere} of ${inThread} ms`);
      assert.ok(waitedIn(attribution, request, 'child') >= 2 * 19);
      assert.ok(waitedIn(attribution, request, 'app') >= 28);
    }
    assert.ok(attribution.threads.some(({ id }) => id === thread));
    // The loop's, and one or two of the pool.
    assert.ok(attribution.threads.length >= 2 && attribution.threads.length <= 3);
  });

  test('in Node: what each ran, and what it waited for', async () => {
    const args = ['--require', path.join(LINES, 'tailflame-attribution.cjs')];
    const { attribution, truth, thread } = await toldOf(process.execPath, [
      ...args,
      path.resolve('test/support/interleaved-service.cjs'),
    ]);
    for (const [request, name] of ['a', 'b'].entries()) {
      const worked = workedFor(attribution, request, thread);
      assert.ok(worked >= truth[name]! - 0.1 && worked <= truth[name]! + 15, `${name}: ${worked} of ${truth[name]} ms`);
    }
    assert.deepEqual(
      attribution.threads.map(({ id }) => id),
      [thread],
    );
    assert.ok(waitedIn(attribution, 0, 'fetchProfile') >= 38);
    assert.equal(waitedIn(attribution, 1, 'fetchProfile'), 0);
  });
});
