import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { freePort } from '../support/free-port.ts';
import {
  GATE_CASES,
  GATE_LOADS,
  type GateCase,
  type GateCaseFacts,
  type GateLoad,
  type KeptGate,
} from '../support/gate-cases.ts';
import { gateTables } from '../support/gate-tables.ts';
import { keptPair } from '../support/kept-pair.ts';
import { kill } from '../support/kill.ts';
import { tailflame } from '../support/tailflame.ts';
import { untilServing } from '../support/until-serving.ts';

// How often is a gate right? Two processes of the node-classifier example, the second as it is, or slower, or with something beside it
// (test/support/gate-cases.ts). Adds what is not there yet, a case after the other, every case once before any twice.
// Usage: npm run bench -- gate [usual | rate] [equal=40] [median=20] …; fixed seeds; usual: in the time that a gate usually has; rate: at a
// rate instead of by one user at a time.
// gate --tables: what the runs that are there come to.

const INTO = 'docs/accuracy/gate';
const SERVER = path.resolve('examples/node-classifier/server.mjs');
const SLOWER = path.resolve('test/bench/slower.cjs');
const BODY = '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}';
const REQUEST = ['-d', BODY, '-H', 'content-type: application/json'];
const LOADS: Readonly<Record<GateLoad, readonly string[]>> = {
  users: ['--users', '1'],
  usual: ['--users', '1'],
  rate: ['--rate', '120'],
};
const TIMES: Readonly<Record<GateLoad, string>> = { users: '220s', usual: '300s', rate: '230s' };
/** Of one who burns a core for half of the time. */
const BURN_MS = 4000;

if (process.argv.includes('--tables')) process.stdout.write(gateTables(await allKept()));
else await measure();

async function measure(): Promise<void> {
  const [first, ...others] = process.argv.slice(2);
  const load = GATE_LOADS.find((name) => name === first) ?? 'users';
  const words = load === first ? others : process.argv.slice(2);
  const asked = new Map(words.map(askedRuns));
  const runs = (name: GateCase): number => asked.get(name) ?? (asked.size > 0 ? 0 : GATE_CASES[name].runs[load]);
  const names = Object.keys(GATE_CASES) as GateCase[];
  await mkdir(path.join(INTO, load), { recursive: true });
  for (let seed = 1; seed <= Math.max(...names.map(runs)); seed++) {
    for (const name of names) {
      const file = fileOf(load, name, seed);
      if (seed > runs(name) || existsSync(file)) continue;
      const kept = await measured(load, name, seed);
      await writeFile(file, `${JSON.stringify(kept)}\n`);
      process.stdout.write(`${name} ${seed}: ${kept.document.status}: ${kept.document.sentence}\n`);
    }
  }
}

/** A case and its runs, of an argument such as `median=20`. */
function askedRuns(word: string): [GateCase, number] {
  const [, name = '', count = ''] = /^([\w-]+)=(\d+)$/.exec(word) ?? [];
  if (!Object.hasOwn(GATE_CASES, name)) {
    throw new Error(`"${word}" is no case with a number of runs: ${Object.keys(GATE_CASES).join(', ')}.`);
  }
  return [name as GateCase, Number(count)];
}

async function allKept(): Promise<KeptGate[]> {
  const kept: KeptGate[] = [];
  for (const load of GATE_LOADS) {
    for (const name of Object.keys(GATE_CASES) as GateCase[]) {
      for (let seed = 1; seed <= GATE_CASES[name].runs[load]; seed++) {
        const file = fileOf(load, name, seed);
        if (existsSync(file)) kept.push(JSON.parse(await readFile(file, 'utf8')) as KeptGate);
      }
    }
  }
  return kept;
}

function fileOf(load: GateLoad, name: GateCase, seed: number): string {
  return path.join(INTO, load, `${name}-${seed}.json`);
}

async function measured(load: GateLoad, name: GateCase, seed: number): Promise<KeptGate> {
  const { neighbour, elsewhere } = GATE_CASES[name];
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gate-'));
  const [baseline, candidate] = [await started({}), await started(environmentOf(load, name))];
  const burning = neighbour ? burn() : null;
  try {
    const how = [...REQUEST, ...LOADS[load], '--seed', String(1000 * seed), '--tolerance', '10%'];
    const against = elsewhere ? await storedElsewhere(cwd, baseline.url, how) : baseline.url;
    const told = await tailflame(
      cwd,
      'gate',
      candidate.url,
      ...how,
      '--against',
      against,
      '--time',
      TIMES[load],
      '--json',
    );
    if (told.stdout === '') throw new Error(told.stderr);
    const document = JSON.parse(told.stdout) as GateDocument;
    return {
      name,
      seed,
      load,
      document,
      pairs: await Promise.all(document.pairs.map((pair) => keptPair(cwd, pair))),
    };
  } finally {
    await burning?.end();
    for (const { server } of [baseline, candidate]) await kill(server);
    await rm(cwd, { recursive: true, force: true });
  }
}

function environmentOf(load: GateLoad, name: GateCase): Record<string, string> {
  const { every, first, [load]: copies }: GateCaseFacts['candidate'] = GATE_CASES[name].candidate;
  return {
    SLOWER_COPIES: String(copies),
    ...(every === undefined ? {} : { SLOWER_EVERY: String(every) }),
    ...(first === undefined ? {} : { SLOWER_FIRST: String(first) }),
  };
}

/** The figures of a machine with other cores: those of this one, under another name. */
async function storedElsewhere(cwd: string, url: string, how: readonly string[]): Promise<string> {
  const file = path.join(cwd, 'other.baseline');
  const told = await tailflame(cwd, 'gate', url, ...how, '--write-baseline', file, '--time', '60s');
  if (told.code !== 0) throw new Error(told.stderr);
  const stored = JSON.parse(await readFile(file, 'utf8')) as { environment: object };
  await writeFile(file, JSON.stringify({ ...stored, environment: { ...stored.environment, cpuModel: 'Another CPU' } }));
  return file;
}

async function started(environment: Readonly<Record<string, string>>): Promise<{ server: ChildProcess; url: string }> {
  const port = await freePort();
  const server = spawn(process.execPath, ['--require', SLOWER, SERVER], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilServing(server, `${origin}/healthz`);
  return { server, url: `${origin}/predict` };
}

/** A program that takes a core, and then leaves it, for as long each time. */
function burn(): { end: () => Promise<void> } {
  // It ends with this process, however that ends: one that is left over would burn beside everything measured afterwards.
  const isLeft = `process.ppid !== ${process.pid}`;
  const turn = `const until = Date.now() + ${BURN_MS}; while (Date.now() < until);`;
  const rest = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BURN_MS});`;
  const program = `for (;;) { if (${isLeft}) process.exit(); ${turn} ${rest} }`;
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  return { end: () => kill(child) };
}
