// node examples/pipeline/run.mjs [--same] [--into FOLDER]: what a pipeline does, by the steps of pipeline/github/action.yml. Two checkouts of
// a service, of which the newer one computes twice as long in a function; with --same it is the same as the other. Ends with the gate's exit
// code. What it makes is in FOLDER, or gone at its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const here = path.dirname(fileURLToPath(import.meta.url));
const action = path.join(here, '../../pipeline/github');
const { values: options } = parseArgs({ options: { same: { type: 'boolean' }, into: { type: 'string' } } });
const workspace = path.resolve(options.into ?? (await mkdtemp(path.join(os.tmpdir(), 'tailflame-pipeline-'))));
const summary = path.join(workspace, 'summary.md');

/** @returns its exit code */
async function command(program, args, options) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs the action's steps as GitHub would, until one fails. */
async function runAction(inputs) {
  const { inputs: known, runs } = parse(await readFile(path.join(action, 'action.yml'), 'utf8'));
  const values = {
    'github.action_path': action,
    ...Object.fromEntries(Object.keys(known).map((name) => [`inputs.${name}`, inputs[name] ?? known[name].default])),
  };
  const filled = (text) => text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name) => values[name]);
  for (const step of runs.steps) {
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]);
    const code = await command('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: path.resolve(workspace, filled(step['working-directory'])),
      env: { ...process.env, ...Object.fromEntries(env), GITHUB_STEP_SUMMARY: summary },
    });
    if (code !== 0) return code;
  }
  return 0;
}

try {
  for (const build of ['baseline', 'candidate']) {
    await mkdir(path.join(workspace, build), { recursive: true });
    await cp(path.join(here, 'server.mjs'), path.join(workspace, build, 'server.mjs'));
  }
  if (!options.same) {
    const applied = await command('git', ['apply', '--directory=candidate', path.join(here, 'slower.patch')], {
      cwd: workspace,
    });
    if (applied !== 0) throw new Error('The change could not be made.');
  }
  const [candidate, baseline] = [await freePort(), await freePort()];
  process.exitCode = await runAction({
    plan: `http://127.0.0.1:${candidate}/`,
    against: `http://127.0.0.1:${baseline}/`,
    start: `node candidate/server.mjs ${candidate}`,
    'against-start': `node baseline/server.mjs ${baseline}`,
    tolerance: '20%',
    time: '200s',
    arguments: '--rate=40\n--answers=20\n--json=gate.json',
  });
  // There is none where the gate could not begin.
  const told = await readFile(summary, 'utf8').catch(() => '');
  if (told !== '') process.stdout.write(`\nThe summary of the job:\n\n${told}`);
} finally {
  if (options.into === undefined) await rm(workspace, { recursive: true, force: true });
}
