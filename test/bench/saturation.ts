import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { countArgument } from '../support/count-argument.ts';
import { type LimitedRun, OTHERS_MAY_TAKE, runLimited, startDownstream } from '../support/limited-run.ts';
import { LIMITED_SERVERS, type LimitedServer } from '../support/limited-servers.ts';

// Which resource is named first on servers that are each limited by another one, and whether nothing is where the load is low. Arguments:
// runs a server and load (5), and the names of the servers (all). Every run adds a line to docs/accuracy/saturation.csv. On a machine that
// others use as well run it before them: nice -n -15 npm run bench -- saturation.

const FILE = 'docs/accuracy/saturation.csv';
const HEAD = 'server,load,expected,named,answered_per_s,p50_ms,cores_others_took,sentence';
const SECONDS = 5;
const ATTEMPTS = 4;

const RUNS = countArgument(1, 'runs', 5);
const names = process.argv.slice(3);
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-saturation-'));
const downstream = await startDownstream();
let [right, all] = [0, 0];
try {
  await mkdir(path.dirname(FILE), { recursive: true });
  if (!existsSync(FILE)) await appendFile(FILE, `${HEAD}\n`);
  for (const server of LIMITED_SERVERS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (let run = 0; run < RUNS; run++) {
      for (const load of ['high', 'low'] as const) {
        const { document, short, others } = await undisturbed(server, load);
        const expected = load === 'high' ? server.resource : 'nothing';
        const named = short[0]?.resource ?? 'nothing';
        const sentence = (short[0] ?? document.resources?.find(({ resource }) => resource === 'queue'))?.sentence ?? '';
        const { p50 } = document.latency;
        const cells = [
          `"${server.name}"`,
          load,
          expected,
          named,
          document.load.rate.got.toFixed(1),
          p50?.toFixed(1) ?? '',
        ];
        await appendFile(FILE, `${[...cells, others.toFixed(2), `"${sentence}"`].join(',')}\n`);
        process.stdout.write(`${named === expected ? 'ok  ' : 'MISS'}  ${server.name} ${load}: ${sentence}\n`);
        right += Number(named === expected);
        all++;
      }
    }
  }
} finally {
  await downstream.stop();
  await rm(cwd, { recursive: true, force: true });
}
process.stdout.write(`${right} of ${all} as expected\n`);
process.exitCode = right === all ? 0 : 1;

/** A run in which others left this machine alone, unless it goes before them, or the last of several. */
async function undisturbed(server: LimitedServer, load: 'high' | 'low'): Promise<LimitedRun> {
  for (let attempt = 1; ; attempt++) {
    const run = await runLimited(cwd, server, load, SECONDS, downstream.url);
    if (run.others <= OTHERS_MAY_TAKE || os.getPriority() < 0 || attempt === ATTEMPTS) return run;
    process.stderr.write(`Others took ${run.others.toFixed(2)} cores: once more.\n`);
  }
}
