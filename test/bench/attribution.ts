import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { tracePrefix, traceparent } from '../../src/runs/attribution.ts';

// What the shipped lines cost a request, and what a look with py-spy does to a program that is looked at.

const LOOKS = 20;
const run = promisify(execFile);
const python = await pythonOf();
const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-attribution-cost-'));
const trace = traceparent(tracePrefix(1), 1);
const lines = path.resolve('attribution');

try {
  const told = { ...process.env, PYTHONPATH: lines, TAILFLAME_ATTRIBUTION: folder };
  const cost = await run(python, [path.resolve('test/support/attribution_cost.py'), trace], { env: told });
  process.stdout.write(`Python, µs a request of nine steps: ${cost.stdout}`);

  const required = ['--require', path.join(lines, 'tailflame-attribution.cjs')];
  const program = path.resolve('test/support/attribution-cost.cjs');
  const node = async (args: readonly string[], env: NodeJS.ProcessEnv, more: readonly string[]): Promise<number> => {
    const { stdout } = await run(process.execPath, [...args, program, ...more], { env });
    return (JSON.parse(stdout) as { us: number }).us;
  };
  const plain = await node([], process.env, []);
  const untold = await node(required, told, []);
  const asked = await node(required, told, [trace]);
  process.stdout.write(`Node, µs a request and its asking: ${JSON.stringify({ plain, untold, asked })}\n`);

  const dump = path.join(path.dirname(python), 'py-spy');
  for (const options of [null, ['--nonblocking'], []]) await pausesUnder(dump, options);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param options of `py-spy dump`; null: nothing looks */
async function pausesUnder(pySpy: string, options: readonly string[] | null): Promise<void> {
  const child = spawn(python, [path.resolve('test/support/spinning.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  let took = 0;
  let failed = 0;
  for (let look = 0; look < LOOKS; look++) {
    const begun = performance.now();
    if (options !== null) {
      await run(pySpy, ['dump', ...options, '--json', '--pid', String(child.pid)]).catch(() => failed++);
      took += performance.now() - begun;
    }
    await sleep(150);
  }
  child.stdin.end();
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const pauses = JSON.parse(data.toString()) as [pause: number, withoutCore: number][];
  // What a thread waited for a core was taken by whatever runs beside it, the look's own work included.
  const stopped = pauses.map(([pause, withoutCore]) => Math.max(0, pause - withoutCore));
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  process.stdout.write(
    `${options === null ? 'nothing looks' : `py-spy dump ${options.join(' ')}`}: ` +
      `${pauses.length} pauses over 0.3 ms, ${sum(pauses.map(([pause]) => pause)).toFixed(1)} ms in all; ` +
      `with a core at hand ${sum(stopped).toFixed(1)} ms, the longest ${Math.max(0, ...stopped).toFixed(1)} ms; ` +
      `a look took ${(took / LOOKS).toFixed(0)} ms, ${failed} of ${LOOKS} failed\n`,
  );
}

async function pythonOf(): Promise<string> {
  const { TAILFLAME_TEST_PYTHON: given } = process.env;
  if (given !== undefined) return given;
  const script = pathToFileURL(path.resolve('scripts/python-env.mjs')).href;
  const { testPythonEnv } = (await import(script)) as {
    testPythonEnv(options: { log: (text: string) => void }): Promise<string>;
  };
  return testPythonEnv({ log: (text) => process.stderr.write(`${text}\n`) });
}
