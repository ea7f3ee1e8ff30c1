import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stepNames } from '../../src/load/plan/plan-steps.ts';
import { CHUNKS_FILE } from '../../src/runner/conclude.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { readChunkTables } from '../../src/runs/chunk-parquet.ts';
import { PHASES } from '../../src/runs/request-table.ts';
import { countArgument } from '../support/count-argument.ts';
import { readRun } from '../support/finished-run.ts';
import { pinned, runPinned } from '../support/peers.ts';
import { testPython } from '../support/test-python.ts';

// Streams of known timing, as Tailflame and a client of aiohttp see them: what sends has one core, the server the other. A client's time to
// the first token and its gaps, less those of the server's own record of the same stream. GUIDELLM names a guidellm to run beside them.

const SECONDS = countArgument(1, 'seconds', 10);
const ROUNDS = countArgument(2, 'rounds', 3);
/** Users begin together; after some streams of several lengths they do not any more. */
const WARMUP_S = 5;

const LOADS = [
  { streams: 32, perSecond: 200, tokens: 200 },
  { streams: 256, perSecond: 25, tokens: 50 },
] as const;

/** One stream as a client saw it. Times are ms. */
interface Seen {
  /** The server's. */
  readonly number: number;
  /** As the client says. */
  readonly ttft: number;
  readonly tpot: number;
  /** When each chunk with content came, on CLOCK_MONOTONIC; empty where the client does not tell. */
  readonly times: readonly number[];
  /** What the client says of its gaps: each, or their mean. */
  readonly gaps: readonly number[];
}

interface Measured {
  readonly streams: readonly Seen[];
  /** CPU seconds of all of the client, and of what sends alone; null where they are one. */
  readonly cpu: number;
  readonly sendingCpu: number | null;
}

/** The server's record of one, ms on CLOCK_MONOTONIC. */
interface Streamed {
  readonly came: number;
  readonly sent: readonly number[];
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

interface Said {
  readonly ttft: Percentiles;
  readonly gap: Percentiles;
  readonly tpot: Percentiles;
}

interface Figures {
  readonly tokens: number;
  /** By the server's record of the same streams, and as the client says. */
  readonly truth: Said;
  readonly said: Said;
  readonly ttftError: Percentiles;
  /** null: the client tells of no chunk. */
  readonly gapError: Percentiles | null;
  /** Chunks that were read together with the one before, of all. */
  readonly merged: number | null;
  /** µs. */
  readonly cpuPerToken: number;
  readonly sendingCpuPerToken: number | null;
}

type Client = (url: string, streams: number) => Promise<Measured>;

const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-streaming-'));
/** Where guidellm is, which takes 6 GB with its torch. */
const guidellm = process.env['GUIDELLM'];
const clients: Readonly<Record<string, Client>> = {
  tailflame: runTailflame,
  aiohttp: runAiohttp,
  ...(guidellm === undefined ? {} : { guidellm: (url, streams) => runGuidellm(guidellm, url, streams) }),
};
const raw: object[] = [];
try {
  for (const load of LOADS) {
    const { streams, perSecond, tokens } = load;
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, client] of Object.entries(clients)) {
        // Once is enough to compare what it says, and it takes long.
        if (name === 'guidellm' && round > 0) continue;
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
  const ttftErrors: number[] = [];
  const gapErrors: number[] = [];
  const truth = streams.map(({ number }) => fromTimes(number, record[number - 1]!.came, record[number - 1]!.sent));
  for (const [index, { number, ttft, times }] of streams.entries()) {
    const { sent } = record[number - 1]!;
    ttftErrors.push(Math.abs(ttft - truth[index]!.ttft));
    if (times.length === 0) continue;
    if (sent.length !== times.length) throw new Error(`Stream ${number}: ${sent.length} sent, ${times.length} read.`);
    gapsOf(times).forEach((gap, at) => {
      gapErrors.push(Math.abs(gap - (sent[at + 1]! - sent[at]!)));
    });
  }
  const tokens = record.reduce((sum, { sent }) => sum + sent.length, 0);
  const gaps = streams.flatMap(({ times }) => gapsOf(times));
  return {
    tokens,
    truth: saidBy(truth),
    said: saidBy(streams),
    ttftError: percentiles(ttftErrors),
    gapError: gapErrors.length === 0 ? null : percentiles(gapErrors),
    merged: gaps.length === 0 ? null : gaps.filter((gap) => gap < 0.01).length / gaps.length,
    cpuPerToken: (cpu / tokens) * 1e6,
    sendingCpuPerToken: sendingCpu === null ? null : (sendingCpu / tokens) * 1e6,
  };
}

/** By the definitions of Tailflame: the first token is not in the time per output token. */
function fromTimes(number: number, start: number, times: readonly number[]): Seen {
  const [first, last] = [times[0]!, times.at(-1)!];
  return { number, ttft: first - start, tpot: (last - first) / (times.length - 1), times, gaps: gapsOf(times) };
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - times[index]!);
}

function saidBy(streams: readonly Seen[]): Said {
  return {
    ttft: percentiles(streams.map(({ ttft }) => ttft)),
    gap: percentiles(streams.flatMap(({ gaps }) => gaps)),
    tpot: percentiles(streams.map(({ tpot }) => tpot)),
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
    seen.push(fromTimes(number, requests.intended[row]! + toMonotonic, times.get(requests.id[row]!) ?? []));
  }
  return { streams: seen, cpu, sendingCpu: document.health.cpu! * (SECONDS + WARMUP_S) };
}

async function runAiohttp(url: string, streams: number): Promise<Measured> {
  const python = await testPython();
  const seconds = SECONDS + WARMUP_S;
  const program = path.resolve('test/bench/streaming.py');
  const { stdout, stderr, cpu } = await runPinned([python, program, url, `${streams}`, `${seconds}`], folder);
  if (stdout === '') throw new Error(stderr);
  const all = JSON.parse(stdout) as { number: number; start: number; times: number[] }[];
  const first = Math.min(...all.map(({ start }) => start)) + WARMUP_S * 1000;
  const measured = all.filter(({ start }) => start >= first);
  return {
    streams: measured.map(({ number, start, times }) => fromTimes(number, start, times)),
    cpu,
    sendingCpu: null,
  };
}

/** What guidellm says of a request; it keeps no times of chunks. */
interface GuidellmRequest {
  readonly request_start_time: number;
  readonly prompt_tokens: number;
  readonly time_to_first_token_ms: number;
  readonly time_per_output_token_ms: number;
  readonly inter_token_latency_ms: number;
}

async function runGuidellm(program: string, url: string, streams: number): Promise<Measured> {
  const prompts = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ prompt: `count ${index}` }));
  await writeFile(path.join(folder, 'prompts.jsonl'), `${prompts.join('\n')}\n`);
  const target = new URL(url);
  const backend = `kind=openai_http,target=${target.origin},model=tiny,request_format=${target.pathname}`;
  const command = [program, 'run', '--backend', backend, '--profile', `kind=concurrent,streams=${streams}`];
  const limits = [
    '--constraint',
    `kind=max_duration,seconds=${SECONDS + WARMUP_S}`,
    '--data',
    'kind=json_file,path=prompts.jsonl',
  ];
  const output = ['--output', 'kind=json,path=guidellm.json', '--disable-console'];
  const { cpu } = await runPinned([...command, ...limits, ...output], folder);
  const said = JSON.parse(await readFile(path.join(folder, 'guidellm.json'), 'utf8')) as {
    benchmarks: [{ requests: { successful: GuidellmRequest[] } }];
  };
  const all = said.benchmarks[0].requests.successful;
  const first = Math.min(...all.map((request) => request.request_start_time)) + WARMUP_S;
  const measured = all.filter((request) => request.request_start_time >= first);
  return {
    streams: measured.map((request) => ({
      number: request.prompt_tokens,
      ttft: request.time_to_first_token_ms,
      tpot: request.time_per_output_token_ms,
      times: [],
      gaps: [request.inter_token_latency_ms],
    })),
    cpu,
    sendingCpu: null,
  };
}
