import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { type StoredBaseline, storedBaseline } from '../../src/find/stored-baseline.ts';
import { steadyRate } from '../../src/load/plan/plan.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { tailflame } from '../support/tailflame.ts';

let cwd: string;
let server: http.Server;
let origin: string;

/** Two builds on one server: what `/new` answers takes half as long again as `/old`. */
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gate-'));
  let count = 0;
  server = http.createServer(({ url }, response) => {
    const ms = 20 + 5 * Math.sin(count++);
    setTimeout(() => response.end('{}'), url === '/new' ? 1.5 * ms : ms);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cwd, { recursive: true, force: true });
});

async function gate(candidate: string, ...options: string[]): Promise<{ code: number | null; document: GateDocument }> {
  const tolerance = ['--tolerance', '20%'];
  for (let attempt = 1; ; attempt++) {
    const { code, stdout, stderr } = await tailflame(
      cwd,
      'gate',
      origin + candidate,
      ...tolerance,
      ...options,
      '--json',
    );
    assert.notEqual(stdout, '', stderr);
    // On a busy machine the sender may be late, and says so.
    if (code !== 98 || attempt === 2) return { code, document: JSON.parse(stdout) as GateDocument };
  }
}

test('a build that is half as slow again fails, and the figure is named', async () => {
  const { code, document } = await gate('/new', '--against', `${origin}/old`, '--rate', '60', '--time', '115s');
  assert.equal(code, 99, document.sentence);
  assert.match(
    document.sentence,
    /^failed: latency p\d\d \d\d % slower \(\d\d to \d\d %\), and more than 20 % is not allowed$/,
  );
  const median = document.figures.find(({ figure }) => figure === 'latency p50')!;
  assert.ok(median.change! > 0.35 && median.change! < 0.6, `${median.change}`);
  assert.ok(median.interval[0]! < 0.5 && median.interval[1]! > 0.45, `${median.interval}`);
  assert.ok(document.looks.includes(document.pairs.length), `${document.pairs.length} pairs`);
  assert.ok(document.took < document.budget, `${document.took} of ${document.budget}`);
  assert.deepEqual(
    document.pairs.slice(0, 3).map(({ first }) => first),
    ['baseline', 'candidate', 'baseline'],
  );
});

test('a build is held against stored figures of its machine, and not against those of another', async () => {
  const measured = await tailflame(cwd, 'run', `${origin}/new`, '--rate', '60', '--duration', '1s', '--json');
  const run = JSON.parse(measured.stdout) as RunDocument;
  const stored = storedBaseline([run], { segment: 1000, load: steadyRate(60, 1000) });
  const p50 = Array.from({ length: 16 }, (_, at) => 20 + (at % 4));
  const baseline: StoredBaseline = { ...stored, figures: { 'latency p50': p50, failures: p50.map(() => 0) } };
  const file = path.join(cwd, 'old.baseline');
  await writeFile(file, JSON.stringify(baseline));
  const { code, document } = await gate('/new', '--against', file);
  assert.equal(code, 99, document.sentence);
  assert.match(document.sentence, /^failed: latency p50 \d\d % slower /);
  assert.ok(document.looks.includes(document.runs.length), `${document.runs.length} segments`);
  assert.deepEqual([document.pairs.length, document.baseline], [0, file]);

  const cpus = baseline.environment.cpus + 7;
  await writeFile(file, JSON.stringify({ ...baseline, environment: { ...baseline.environment, cpus } }));
  const refused = await gate('/new', '--against', file);
  assert.equal(refused.code, 97);
  assert.match(refused.document.sentence, /^cannot tell: the baseline was measured otherwise: machine\.cpus was /);
});

test('what cannot be held against each other is refused before anything is sent', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tailflame(cwd, 'gate', `${origin}/old`, ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(
    await refused('--against', `${origin}/old`, '--time', '30s'),
    /The time is too short for 42 segments: give at least --time 109s/,
  );
  assert.match(await refused('--against', 'old.json'), /The baseline old\.json cannot be read/);
  assert.match(await refused('--write-baseline', 'not/there.json'), /its folder is not there/);
  assert.match(await refused(), /--against/);
});
