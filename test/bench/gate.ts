import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { freePort } from '../support/free-port.ts';
import { tailflame } from '../support/tailflame.ts';

// How often is a gate right? Two processes of the node-classifier example, the second as it is, slower in the median, or in the tail alone.
// Adds what is not there yet. Usage: npm run bench -- gate [equal=40] [median=20] [tail=20]; fixed seeds.

const INTO = 'docs/accuracy/gate';
const SERVER = path.resolve('examples/node-classifier/server.mjs');
const SLOWER = path.resolve('test/bench/slower.cjs');
const BODY = '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}';
const RATE = 60;
const TIME = '360s';

/** What the second build does besides: a quarter of the median of 5.4 ms; a third of the slow path's 27 ms, one answer in 32. */
const CASES = {
  equal: { runs: 40, environment: {} },
  median: { runs: 20, environment: { SLOWER_MS: '1.4' } },
  tail: { runs: 20, environment: { SLOWER_MS: '8.1', SLOWER_EVERY: '32' } },
} as const;
type Case = keyof typeof CASES;

const asked = process.argv.slice(2).map((word) => word.split('=') as [Case, string]);
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gate-'));
await mkdir(INTO, { recursive: true });
try {
  for (const name of Object.keys(CASES) as Case[]) {
    const runs = Number(asked.find(([one]) => one === name)?.[1] ?? CASES[name].runs);
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= runs; seed++) {
      const document = await kept(name, seed);
      counts[document.status] = (counts[document.status] ?? 0) + 1;
      process.stderr.write(`${name} ${seed}: ${document.status}: ${document.sentence}\n`);
    }
    process.stdout.write(`${name}: ${JSON.stringify(counts)} of ${runs}\n`);
  }
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function kept(name: Case, seed: number): Promise<GateDocument> {
  const file = path.join(INTO, `${name}-${seed}.json`);
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as GateDocument;
  const document = await measured(name, seed);
  await writeFile(file, `${JSON.stringify(document, null, 1)}\n`);
  return document;
}

async function measured(name: Case, seed: number): Promise<GateDocument> {
  const [baseline, candidate] = [await started({}), await started(CASES[name].environment)];
  try {
    const request = [
      '-d',
      BODY,
      '-H',
      'content-type: application/json',
      '--rate',
      String(RATE),
      '--seed',
      String(1000 * seed),
    ];
    const against = ['--against', baseline.url, '--tolerance', '10%', '--time', TIME];
    const { stdout, stderr } = await tailflame(cwd, 'gate', candidate.url, ...request, ...against, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as GateDocument;
  } finally {
    for (const { server } of [baseline, candidate]) {
      server.kill();
      await once(server, 'exit');
    }
  }
}

async function started(environment: Readonly<Record<string, string>>): Promise<{ server: ChildProcess; url: string }> {
  const port = await freePort();
  const server = spawn(process.execPath, ['--require', SLOWER, SERVER], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${origin}/healthz`).catch(() => null))?.ok)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return { server, url: `${origin}/predict` };
}
