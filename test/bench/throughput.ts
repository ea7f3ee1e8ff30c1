import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { median } from '../../src/find/median.ts';
import { countArgument } from '../support/count-argument.ts';
import { installedPeers, type Peer, type PeerResult, pinned, runPinned } from '../support/peers.ts';

// How fast each generator asks a server that does nothing: one core for the generator, another for the server, 32 connections, a JSON body
// of 500 bytes, every latency recorded. Ratios within a round are what counts: absolute figures are of this machine and this hour.

const ROUNDS = countArgument(1, 'rounds', 3);
const SECONDS = countArgument(2, 'seconds', 8);
const CONNECTIONS = 32;
const BODY = JSON.stringify({ text: 'x'.repeat(488) });

const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-throughput-'));
const [program, ...args] = pinned(1, [process.execPath, path.resolve('dist/null-server.cjs')]);
const server = spawn(program!, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
try {
  const [port] = (await once(server, 'message')) as [number];
  const url = `http://127.0.0.1:${port}/`;
  const all: Peer[] = [tailflamePeer(), ...(await installedPeers())];
  const results = new Map<string, PeerResult[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const peer of all) {
      const result = await peer.run({ url, body: BODY, seconds: SECONDS, connections: CONNECTIONS, rate: null });
      results.get(peer.name)!.push(result);
      process.stderr.write(`${round + 1}/${ROUNDS} ${peer.name}: ${Math.round(result.perSecond)}/s\n`);
    }
  }
  process.stdout.write(`${table(all, results)}\n`);
  await mkdir('docs/performance', { recursive: true });
  const raw = all.map(({ name, version }) => ({ name, version, rounds: results.get(name) }));
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await writeFile(
    'docs/performance/throughput.json',
    `${JSON.stringify({ machine, seconds: SECONDS, raw }, null, 2)}\n`,
  );
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

function tailflamePeer(): Peer {
  return {
    name: 'tailflame',
    version: '',
    run: async ({ url, body, seconds, connections }) => {
      const load = ['--users', String(connections), '--duration', `${seconds}s`, '--warmup', '500ms', '--json'];
      const command = [process.execPath, path.resolve('dist/cli.cjs'), 'run', url, '-d', body, ...load];
      const { stdout, stderr, cpu } = await runPinned(command, folder);
      if (stdout === '') throw new Error(stderr);
      const { load: counts, latency } = JSON.parse(stdout);
      return {
        requests: counts.completed,
        perSecond: counts.rate.got,
        p50: latency.p50,
        p95: latency.p95,
        p99: latency.p99,
        cpu,
      };
    },
  };
}

function table(all: readonly Peer[], results: ReadonlyMap<string, PeerResult[]>): string {
  const middle = (values: readonly number[]): number => median(values) ?? Number.NaN;
  const own = results.get('tailflame')!;
  const rows = all.map(({ name, version }) => {
    const rounds = results.get(name)!;
    const rate = middle(rounds.map(({ perSecond }) => perSecond));
    const ratio = middle(rounds.map(({ perSecond }, round) => own[round]!.perSecond / perSecond));
    const [p50, p99] = (['p50', 'p99'] as const).map((key) =>
      rounds.map((round) => round[key]).filter((ms) => ms !== null),
    );
    const ms = (values: number[]): string => (values.length > 0 ? middle(values).toFixed(2) : '');
    const cpu = middle(rounds.map(({ cpu: seconds, requests }) => (seconds / requests) * 1000));
    return `| ${name} ${version} | ${Math.round(rate)} | ${ratio.toFixed(2)} | ${ms(p50!)} / ${ms(p99!)} | ${cpu.toFixed(4)} |`;
  });
  const head =
    '| generator | req/s | tailflame ÷ it | p50 / p99 ms | CPU s per 1,000 |\n| --- | --- | --- | --- | --- |';
  return [head, ...rows].join('\n');
}
