import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { commandLine, descendantsOf } from './process-tree.ts';

/** What a load generator said of one run. Times in ms, null where it does not say. */
export interface PeerResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** CPU seconds of the whole process. */
  readonly cpu: number;
}

export interface PeerLoad {
  readonly url: string;
  readonly body: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests a second; null: as fast as the connections go. */
  readonly rate: number | null;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  run(load: PeerLoad): Promise<PeerResult>;
}

/** The cores that generator and server are kept apart on; unpinned where there is one or no taskset. */
export function pinned(core: number, command: readonly string[]): string[] {
  const can = os.availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
  return can ? ['taskset', '-c', String(core), ...command] : [...command];
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly cpu: number;
}

/**
 * Runs a command to its end on the first core, with the CPU it took and its children did.
 * @param alone only the process whose command line matches has the first core, the others go to the second
 */
export async function runPinned(command: readonly string[], cwd: string, alone?: RegExp): Promise<Output> {
  const [program, ...args] = pinned(alone === undefined ? 0 : 1, [
    process.execPath,
    path.resolve('out/test/support/cpu-time.child.mjs'),
    ...command,
  ]);
  const child = spawn(program!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const texts = ['', '', ''];
  [child.stdout, child.stderr, child.stdio[3]].forEach((stream, index) => {
    (stream as NodeJS.ReadableStream).on('data', (data: Buffer) => {
      texts[index] += data.toString();
    });
  });
  const pinning = alone && pinOnce(child.pid!, alone);
  await once(child, 'close');
  clearInterval(pinning);
  return { stdout: texts[0]!, stderr: texts[1]!, cpu: Number(texts[2]) };
}

/** Pins a process below another to the first core as soon as it is there; then looks no more, which would be a load of its own. */
function pinOnce(below: number, alone: RegExp): NodeJS.Timeout {
  const looking = setInterval(() => {
    const found = descendantsOf(below).find((pid) => alone.test(commandLine(pid)));
    if (found === undefined) return;
    spawnSync('taskset', ['-a', '-c', '-p', '0', String(found)]);
    clearInterval(looking);
  }, 20);
  return looking;
}

/** Those of the peers that are installed. Each runs in a folder of its own. */
export async function installedPeers(): Promise<Peer[]> {
  const found: Peer[] = [];
  for (const { name, version, run } of PEERS) {
    const said = spawnSync(version[0]!, version.slice(1), { encoding: 'utf8' });
    if (said.error) continue;
    // vegeta built by `go install` knows only which Go built it.
    const number = /\d+\.\d+(\.\d+)?/.exec(`${said.stdout}${said.stderr}`.replace(/go\d[\d.]*/g, ''))?.[0] ?? '';
    found.push({
      name,
      version: number,
      run: async (load) => {
        const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-peer-'));
        try {
          return await run(load, folder);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    });
  }
  return found;
}

const PEERS: { name: string; version: string[]; run(load: PeerLoad, folder: string): Promise<PeerResult> }[] = [
  {
    name: 'k6',
    version: ['k6', 'version'],
    run: async ({ url, body, seconds, connections, rate }, folder) => {
      const scenario =
        rate === null
          ? { executor: 'constant-vus', vus: connections, duration: `${seconds}s` }
          : {
              executor: 'constant-arrival-rate',
              rate,
              timeUnit: '1s',
              duration: `${seconds}s`,
              preAllocatedVUs: connections,
              maxVUs: connections,
            };
      const script = `import http from 'k6/http';
export const options = { scenarios: { load: ${JSON.stringify(scenario)} }, summaryTrendStats: ['med', 'p(95)', 'p(99)'] };
const body = ${JSON.stringify(body)};
export default () => { http.post(${JSON.stringify(url)}, body, { headers: { 'content-type': 'application/json' } }); };
export function handleSummary(data) { return { 'summary.json': JSON.stringify(data) }; }`;
      await writeFile(path.join(folder, 'script.js'), script);
      const { cpu } = await runPinned(['k6', 'run', '--quiet', '--no-usage-report', 'script.js'], folder);
      const { metrics } = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
      const times = metrics.http_req_duration.values;
      const { count } = metrics.http_reqs.values;
      return {
        requests: count,
        perSecond: count / seconds,
        p50: times.med,
        p95: times['p(95)'],
        p99: times['p(99)'],
        cpu,
      };
    },
  },
  {
    name: 'autocannon',
    version: ['autocannon', '--version'],
    run: async ({ url, body, seconds, connections, rate }, folder) => {
      const rated = rate === null ? [] : ['-R', String(rate)];
      const load = ['-c', String(connections), '-d', String(seconds), ...rated];
      const request = ['-m', 'POST', '-H', 'content-type=application/json', '-b', body, '--json', url];
      const { stdout, cpu } = await runPinned(['autocannon', ...load, ...request], folder);
      const said = JSON.parse(stdout);
      const { p50, p99 } = said.latency;
      return { requests: said.requests.total, perSecond: said.requests.total / seconds, p50, p95: null, p99, cpu };
    },
  },
  {
    name: 'wrk',
    version: ['wrk', '--version'],
    run: async ({ url, body, seconds, connections, rate }, folder) => {
      if (rate !== null) throw new Error('wrk has no rate.');
      const script = `wrk.method = "POST"
wrk.body = ${JSON.stringify(body)}
wrk.headers["Content-Type"] = "application/json"
done = function(summary, latency)
  io.write(string.format("RESULT %d %f %f %f\\n", summary.requests, latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end`;
      await writeFile(path.join(folder, 'post.lua'), script);
      const load = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '-s', 'post.lua'];
      const { stdout, cpu } = await runPinned(['wrk', ...load, url], folder);
      const [, requests, p50, p95, p99] = /RESULT (\d+) ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stdout)!.map(Number);
      return {
        requests: requests!,
        perSecond: requests! / seconds,
        p50: p50! / 1000,
        p95: p95! / 1000,
        p99: p99! / 1000,
        cpu,
      };
    },
  },
  {
    name: 'vegeta',
    version: ['vegeta', '-version'],
    run: async ({ url, body, seconds, connections, rate }, folder) => {
      await writeFile(path.join(folder, 'body.json'), body);
      await writeFile(path.join(folder, 'targets'), `POST ${url}\ncontent-type: application/json\n@body.json\n`);
      const workers = rate === null ? ['-rate=0', `-max-workers=${connections}`] : [`-rate=${rate}`];
      const attack = [
        'vegeta',
        'attack',
        '-targets=targets',
        `-duration=${seconds}s`,
        ...workers,
        `-connections=${connections}`,
      ];
      const { cpu } = await runPinned([...attack, '-output=results.bin'], folder);
      const said = JSON.parse(
        spawnSync('vegeta', ['report', '-type=json', 'results.bin'], { cwd: folder, encoding: 'utf8' }).stdout,
      );
      const ms = (ns: number): number => ns / 1e6;
      const { '50th': p50, '95th': p95, '99th': p99 } = said.latencies;
      return {
        requests: said.requests,
        perSecond: said.requests / seconds,
        p50: ms(p50),
        p95: ms(p95),
        p99: ms(p99),
        cpu,
      };
    },
  },
  {
    name: 'oha',
    version: ['oha', '--version'],
    run: async ({ url, body, seconds, connections, rate }, folder) => {
      const rated = rate === null ? [] : ['-q', String(rate), '--latency-correction'];
      const load = ['-c', String(connections), '-z', `${seconds}s`, ...rated, '--no-tui', '--output-format', 'json'];
      const request = ['-m', 'POST', '-H', 'content-type: application/json', '-d', body, url];
      const { stdout, cpu } = await runPinned(['oha', ...load, ...request], folder);
      const said = JSON.parse(stdout);
      const requests = Object.values<number>(said.statusCodeDistribution).reduce((sum, count) => sum + count, 0);
      const { p50, p95, p99 } = said.latencyPercentiles;
      return { requests, perSecond: requests / seconds, p50: p50 * 1000, p95: p95 * 1000, p99: p99 * 1000, cpu };
    },
  },
];
