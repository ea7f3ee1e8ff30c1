import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stepNames } from '../../src/load/plan/plan.ts';
import { CHUNKS_FILE } from '../../src/runner/conclude.ts';
import { openRun } from '../../src/runner/open-run.ts';
import { readChunkTables } from '../../src/runs/chunk-parquet.ts';
import { PHASES } from '../../src/runs/request-table.ts';
import { readRun } from '../support/finished-run.ts';
import { pinned, runPinned } from '../support/peers.ts';

// Streams of known timing, as Tailflame and a client of aiohttp see them: what sends has one core, the server the other. A client's time to
// the first token and its gaps, less those of the server's own record of the same stream.

const SECONDS = Number(process.argv[2] ?? 10);
const ROUNDS = Number(process.argv[3] ?? 3);
const WARMUP_S = 2;

const LOADS = [
  { streams: 32, perSecond: 200, tokens: 200 },
  { streams: 256, perSecond: 25, tokens: 50 },
] as const;

/** One stream as a client saw it, ms on CLOCK_MONOTONIC. */
interface Seen {
  /** The server's. */
  readonly number: number;
  readonly start: number;
  readonly times: readonly number[];
}

interface Measured {
  readonly streams: readonly Seen[];
  /** CPU seconds of all of the client, and of what sends alone; null where they are one. */
  readonly cpu: number;
  readonly sendingCpu: number | null;
}

interface Streamed {
  readonly came: number;
  readonly sent: readonly number[];
}

interface Figures {
  readonly tokens: number;
  readonly ttftError: Percentiles;
  readonly gapError: Percentiles;
  /** Chunks that were read together with the one before, of all. */
  readonly merged: number;
  readonly cpuPerToken: number;
  readonly sendingCpuPerToken: number | null;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

type Client = (url: string, streams: number) => Promise<Measured>;

const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-streaming-'));
const clients: Readonly<Record<string, Client>> = { tailflame: runTailflame, aiohttp: runAiohttp };
const raw: object[] = [];
try {
  for (const load of LOADS) {
    const { streams, perSecond, tokens } = load;
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, client] of Object.entries(clients)) {
        const figures = await measured(load, client);
        raw.push({ ...load, round, client: name, ...figures });
        process.stderr.write(`${streams} × ${perSecond}/s (${tokens}) ${name}: ${JSON.stringify(figures)}\n`);
      }
    }
  }
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await mkdir('docs/performance', { recursive: true });
  await writeFile(
    'docs/performance/streaming.json',
    `${JSON.stringify({ machine, seconds: SECONDS, raw }, null, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measured({ streams, perSecond, tokens }: (typeof LOADS)[number], client: Client): Promise<Figures> {
  const program = path.resolve('out/test/support/timed-stream-server.child.mjs');
  const [command, ...args] = pinned(1, [process.execPath, program, `${tokens}`, `${perSecond}`]);
  const server = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const origin = `http://127.0.0.1:${port}`;
    const seen = await client(`${origin}/v1/chat/completions`, streams);
    const record = (await (await fetch(`${origin}/record`)).json()) as Streamed[];
    return figuresOf(seen, record);
  } finally {
    server.kill('SIGKILL');
  }
}

function figuresOf({ streams, cpu, sendingCpu }: Measured, record: readonly Streamed[]): Figures {
  const ttft: number[] = [];
  const gaps: number[] = [];
  let merged = 0;
  for (const { number, start, times } of streams) {
    const { came, sent } = record[number - 1]!;
    if (sent.length !== times.length) throw new Error(`Stream ${number}: ${sent.length} sent, ${times.length} read.`);
    ttft.push(Math.abs(times[0]! - start - (sent[0]! - came)));
    for (let at = 1; at < times.length; at++) {
      const gap = times[at]! - times[at - 1]!;
      if (gap < 0.01) merged++;
      gaps.push(Math.abs(gap - (sent[at]! - sent[at - 1]!)));
    }
  }
  const tokens = record.reduce((sum, { sent }) => sum + sent.length, 0);
  return {
    tokens,
    ttftError: percentiles(ttft),
    gapError: percentiles(gaps),
    merged: merged / gaps.length,
    cpuPerToken: (cpu / tokens) * 1e6,
    sendingCpuPerToken: sendingCpu === null ? null : (sendingCpu / tokens) * 1e6,
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function runTailflame(url: string, streams: number): Promise<Measured> {
  const body = JSON.stringify({ model: 'tiny', stream: true, messages: [{ role: 'user', content: 'count' }] });
  const load = ['--users', `${streams}`, '--duration', `${SECONDS}s`, '--warmup', `${WARMUP_S}s`, '--json'];
  const command = [process.execPath, path.resolve('dist/cli.cjs'), 'run', url, '-d', body, ...load];
  const { stdout, stderr, cpu } = await runPinned(command, folder, /generator\.cjs/);
  if (stdout === '') throw new Error(stderr);
  const run = await openRun(path.resolve(folder, (JSON.parse(stdout) as { run: string }).run));
  const { measured: requests, document } = await readRun(run.folder);
  const toMonotonic = document.clock.monotonicMs;
  const times = new Map<number, number[]>();
  for await (const chunks of readChunkTables(path.join(run.folder, CHUNKS_FILE), stepNames(run.plan))) {
    for (let row = 0; row < chunks.length; row++) {
      if (chunks.phase[row] !== PHASES.indexOf('measured')) continue;
      const own = times.get(chunks.request[row]!) ?? [];
      own.push(chunks.at[row]! + toMonotonic);
      times.set(chunks.request[row]!, own);
    }
  }
  const seen: Seen[] = [];
  for (let row = 0; row < requests.length; row++) {
    const number = requests.details!.inputTokens[row]!;
    if (Number.isNaN(number)) continue;
    seen.push({ number, start: requests.intended[row]! + toMonotonic, times: times.get(requests.id[row]!) ?? [] });
  }
  return { streams: seen, cpu, sendingCpu: document.health.cpu! * (SECONDS + WARMUP_S) };
}

async function runAiohttp(url: string, streams: number): Promise<Measured> {
  const python = await pythonOf();
  const seconds = SECONDS + WARMUP_S;
  const program = path.resolve('test/bench/streaming.py');
  const { stdout, stderr, cpu } = await runPinned([python, program, url, `${streams}`, `${seconds}`], folder);
  if (stdout === '') throw new Error(stderr);
  const all = JSON.parse(stdout) as Seen[];
  const first = Math.min(...all.map(({ start }) => start)) + WARMUP_S * 1000;
  return { streams: all.filter(({ start }) => start >= first), cpu, sendingCpu: null };
}

async function pythonOf(): Promise<string> {
  const script = pathToFileURL(path.resolve('scripts/python-env.mjs')).href;
  const { testPythonEnv } = (await import(script)) as {
    testPythonEnv(options: { log: (text: string) => void }): Promise<string>;
  };
  return testPythonEnv({ log: (text) => process.stderr.write(`${text}\n`) });
}
