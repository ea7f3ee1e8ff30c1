import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openRequests, openRun } from '../../src/runner/opened/open-run.ts';
import { phaseAt } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { type KnownServer, startKnownServer } from '../support/known-server.ts';
import { installedPeers, type Peer, type PeerResult, runPinned } from '../support/peers.ts';

// Tailflame's times, and its peers', beside a server's own record of the same requests, and beside theory for a server that stops; then
// how late requests leave at several rates. What sends has one core to itself; the server, and the part of Tailflame that records, have the
// other. Fixed seeds; constant arrivals.

const RATE = 500;
const SECONDS = 10;
/** Long enough for V8 to have compiled most of what sends, records and serves; its compilers would share the cores. */
const WARMUP = 5;
/** From the first request to the stop: in the middle of what is measured, of Tailflame's run and of its peers', which warm nothing up. */
const STOP_AFTER = { tailflame: '10000', peer: '5000' };
const CONNECTIONS = 1000;
/** Of what is compared with a limit below a millisecond: a shared machine takes its cores away now and then. */
const RUNS = 5;
const BODY = '{"x":1}';

interface Line {
  readonly what: string;
  readonly value: number;
  readonly limit: string;
  readonly ok: boolean;
}

interface Row {
  readonly name: string;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-accuracy-'));
const lines: Line[] = [];
const peers = (await installedPeers()).filter(({ name }) => name !== 'wrk');
try {
  const delays = await knownDelays();
  const held = await stoppedAnswering();
  const frozen = await stoppedWhole();
  const lateness = await latenessAt([1000, 2000, 5000]);
  const text = [
    ...lines.map(({ what, value, limit, ok }) => `${ok ? 'ok  ' : 'MISS'}  ${what}: ${figure(value)} (${limit})`),
    `\n10 ms, every 50th 200 ms, ${RATE}/s\n${table(delays)}`,
    `\nNo answers for 1 s of 10 s, ${RATE}/s\n${table(held)}`,
    `\nThe whole server stopped for 1 s of 10 s, ${RATE}/s\n${table(frozen)}`,
    `\nLateness\n${lateness}`,
  ];
  process.stdout.write(`${text.join('\n')}\n`);
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await mkdir('docs/performance', { recursive: true });
  await writeFile(
    'docs/performance/accuracy.json',
    `${JSON.stringify({ machine, lines, delays, held, frozen }, null, 2)}\n`,
  );
} finally {
  await rm(cwd, { recursive: true, force: true });
}
process.exitCode = lines.every(({ ok }) => ok) ? 0 : 1;

async function knownDelays(): Promise<Row[]> {
  const runs: { excess: Float64Array; served: Row; own: Row }[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await withServer(['delays'], knownDelaysOnce));
  const p50 = runs.map(({ excess }) => at(excess, 0.5)).sort((a, b) => a - b);
  const p99 = runs.map(({ excess }) => at(excess, 0.99)).sort((a, b) => a - b);
  const of = `the middle of ${RUNS} runs`;
  const middle = (RUNS - 1) / 2;
  say(`known delays at ${RATE}/s: client − server, p50 ms, ${of}`, p50[middle]!, '≤ 0.3', p50[middle]! <= 0.3);
  say(`the same, p99 ms, ${of} (${p99.map(figure).join(', ')})`, p99[middle]!, '≤ 1.5', p99[middle]! <= 1.5);
  const { served, own } = runs.find(({ excess }) => at(excess, 0.99) === p99[middle])!;
  return [served, own, ...(await besides(['delays']))];
}

async function knownDelaysOnce(server: KnownServer): Promise<{ excess: Float64Array; served: Row; own: Row }> {
  const { document, folder } = await measure(server.url, RATE, SECONDS);
  const requests = await openRequests(await openRun(folder));
  const record = (await server.record()).sort((a, b) => a[0] - b[0]).slice(2);
  const sent = [...requests.sent.keys()].sort((a, b) => requests.sent[a]! - requests.sent[b]!);
  const excess = Float64Array.from(
    sent.flatMap((row, index) => {
      const [came, answered] = record[index]!;
      const measured = phaseAt(requests, row) === 'measured';
      return measured ? [requests.end[row]! - requests.intended[row]! - (answered - came)] : [];
    }),
  ).sort();
  const served = Float64Array.from(record, ([came, answered]) => answered - came).sort();
  sums(document);
  return {
    excess,
    served: { name: 'truth (the server’s record)', p50: at(served, 0.5), p95: at(served, 0.95), p99: at(served, 0.99) },
    own: rowOf('tailflame', document.latency),
  };
}

/**
 * 1 s without answers in 10 s at an even rate: a tenth of the requests waits, evenly from 1000 ms down to 0, so the quantile q lies at
 * 1000 × (1 − (1−q)·10) ms: p95 500, p99 900.
 */
async function stoppedAnswering(): Promise<Row[]> {
  const theory: Row = { name: 'theory', p50: null, p95: 500, p99: 900 };
  const own = await withServer(['hold', STOP_AFTER.tailflame], async (server) => {
    const { document } = await measure(server.url, RATE, SECONDS);
    const { p95, p99 } = document.latency;
    const within = (value: number | null, truth: number): boolean => Math.abs((value ?? 0) / truth - 1) <= 0.03;
    say('no answers for 1 s of 10 s: p95 ms', p95 ?? NaN, '500 ± 3 %', within(p95, 500));
    say('the same: p99 ms', p99 ?? NaN, '900 ± 3 %', within(p99, 900));
    sums(document);
    return rowOf('tailflame', document.latency);
  });
  return [theory, own, ...(await besides(['hold', STOP_AFTER.peer]))];
}

/**
 * The same with the whole process stopped: connections pile up too, and what the server then takes to accept them has no theory, so the
 * truth is the server's own record of when it had answered. Whose answer is whose shows from their order.
 */
async function stoppedWhole(): Promise<Row[]> {
  let truth: Row = { name: 'until the server had answered', p50: null, p95: null, p99: null };
  const own = await withServer(['freeze', STOP_AFTER.tailflame], async (server) => {
    const { document, folder } = await measure(server.url, RATE, SECONDS);
    const requests = await openRequests(await openRun(folder));
    const answered = (await server.record()).map(([, at]) => at).slice(2);
    const ended = [...requests.end.keys()].sort((a, b) => requests.end[a]! - requests.end[b]!);
    const { monotonicMs } = document.clock;
    const until = Float64Array.from(
      ended.flatMap((row, index) =>
        phaseAt(requests, row) === 'measured' ? [answered[index]! - monotonicMs - requests.intended[row]!] : [],
      ),
    ).sort();
    truth = { ...truth, p50: at(until, 0.5), p95: at(until, 0.95), p99: at(until, 0.99) };
    return rowOf('tailflame', document.latency);
  });
  return [truth, own, ...(await besides(['freeze', STOP_AFTER.peer]))];
}

async function latenessAt(rates: readonly number[]): Promise<string> {
  const rows: string[] = [];
  for (const rate of rates) {
    await withServer(['quick'], async (server) => {
      const { document } = await measure(server.url, rate, SECONDS, 64);
      const { lateness, cpu } = document.health;
      say(`lateness at ${rate}/s: p50 ms`, lateness.p50 ?? NaN, '≤ 0.15', (lateness.p50 ?? 9) <= 0.15);
      say(`lateness at ${rate}/s: p99 ms`, lateness.p99 ?? NaN, '≤ 1.5', (lateness.p99 ?? 9) <= 1.5);
      say(`CPU at ${rate}/s, of a core`, cpu ?? NaN, '≤ 0.6', (cpu ?? 9) <= 0.6);
      sums(document);
      rows.push(
        `| ${rate} | ${figure(lateness.p50 ?? NaN)} | ${figure(lateness.p99 ?? NaN)} | ${figure(cpu ?? NaN)} |`,
      );
    });
  }
  return ['| req/s | late p50 ms | late p99 ms | cores |\n| --- | --- | --- | --- |', ...rows].join('\n');
}

async function besides(mode: string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const peer of peers) rows.push(rowOf(nameOf(peer), await besideServer(peer, mode)));
  return rows;
}

async function besideServer(peer: Peer, mode: string[]): Promise<PeerResult> {
  return withServer(mode, ({ url }) =>
    peer.run({ url, body: BODY, seconds: SECONDS, connections: CONNECTIONS, rate: RATE }),
  );
}

async function withServer<T>(mode: string[], use: (server: KnownServer) => Promise<T>): Promise<T> {
  const server = await startKnownServer(...mode);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

async function measure(
  url: string,
  rate: number,
  seconds: number,
  connections = CONNECTIONS,
): Promise<{ document: RunDocument; folder: string }> {
  const load = ['--rate', `${rate}`, '--arrivals', 'constant', '--duration', `${seconds}s`, '--warmup', `${WARMUP}s`];
  const command = [process.execPath, path.resolve('dist/cli.cjs'), 'run', url, '-d', BODY, ...load];
  const { stdout, stderr } = await runPinned(
    [...command, '--connections', String(connections), '--json'],
    cwd,
    /generator\.cjs/,
  );
  process.stderr.write(stderr);
  const document = JSON.parse(stdout) as RunDocument;
  return { document, folder: path.join(cwd, document.run) };
}

function sums({ load }: RunDocument): void {
  const sum = load.completed + load.failed + load.dropped + load.interrupted;
  say('completed + failed + dropped + interrupted', sum, `planned ${load.planned}`, sum === load.planned);
}

function rowOf(name: string, { p50, p95, p99 }: Omit<Row, 'name'>): Row {
  return { name, p50, p95, p99 };
}

function nameOf({ name, version }: Peer): string {
  return `${name} ${version}`;
}

function table(rows: readonly Row[]): string {
  const cell = (ms: number | null): string => (ms === null ? '' : ms.toFixed(1));
  const body = rows.map(({ name, p50, p95, p99 }) => `| ${name} | ${cell(p50)} | ${cell(p95)} | ${cell(p99)} |`);
  return ['| | p50 ms | p95 ms | p99 ms |\n| --- | --- | --- | --- |', ...body].join('\n');
}

function at(sorted: Float64Array, q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1]!;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function say(what: string, value: number, limit: string, ok: boolean): void {
  lines.push({ what, value, limit, ok });
}
