import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { tailflame } from '../support/tailflame.ts';

let cwd: string;
let server: http.Server;
let origin: string;

/** Two builds on one server: what `/new` answers takes half as long again as `/old`, `/same` as long. */
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
  const against = ['--against', `${origin}/old`, '--tolerance', '20%'];
  const { code, stdout, stderr } = await tailflame(cwd, 'gate', origin + candidate, ...against, ...options, '--json');
  assert.notEqual(stdout, '', stderr);
  return { code, document: JSON.parse(stdout) as GateDocument };
}

test('a build that is half as slow again fails at the first look, and the figure is named', async () => {
  const { code, document } = await gate('/new', '--rate', '60', '--time', '110s');
  assert.equal(code, 99, document.sentence);
  assert.match(
    document.sentence,
    /^latency p\d\d is \d\d % slower \(\d\d to \d\d %\), and more than 20 % is not allowed$/,
  );
  const median = document.figures.find(({ figure }) => figure === 'latency p50')!;
  assert.ok(median.change! > 0.4 && median.change! < 0.55, `${median.change}`);
  assert.ok(median.interval[0]! > 0.3 && median.interval[1]! < 0.65, `${median.interval}`);
  assert.equal(document.pairs.length, 12);
  assert.ok(document.took < document.budget, `${document.took} of ${document.budget}`);
  assert.deepEqual(
    document.pairs.slice(0, 3).map(({ first }) => first),
    ['baseline', 'candidate', 'baseline'],
  );
});

test('what cannot be held against each other is refused before anything is sent', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tailflame(cwd, 'gate', `${origin}/old`, ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(await refused('--against', `${origin}/old`, '--time', '30s'), /give the gate at least --time 110s/);
  assert.match(await refused('--against', 'localhost'), /is not a URL|cannot be load-tested/);
  assert.match(await refused(), /--against/);
});
