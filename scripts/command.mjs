// Running other programs: without a shell, with a limit, and never for longer than this one runs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** npm without a shell: its own script, run by a Node. */
export async function npm(args, options) {
  const beside = path.dirname(process.execPath);
  const script = [
    process.env.npm_execpath ?? '',
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((candidate) => candidate.endsWith('npm-cli.js') && existsSync(candidate));
  try {
    if (script === undefined) await run('npm', args, options);
    else await run(process.execPath, [script, ...args], options);
  } catch (error) {
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(error.message)) {
      throw new Error('the npm registry could not be reached; is there a network?', { cause: error });
    }
    throw error;
  }
}

/** Runs a program to its end, in a process group that ends with this process; says every 5 s that it is still at it. */
export function run(command, args, { cwd, env, log = () => {}, limit, doing }) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    const child = spawn(command, args, options);
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    let tail = '';
    let late = false;
    const listen = (chunk) => {
      tail = (tail + chunk).slice(-2000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const kill = () => killGroup(child, 'SIGKILL');
    process.once('exit', kill);
    const progress = setInterval(() => log(`  … ${doing}, ${seconds()} s`), 5000);
    const limiter = setTimeout(() => {
      late = true;
      kill();
    }, limit);
    const settle = () => {
      clearInterval(progress);
      clearTimeout(limiter);
      process.removeListener('exit', kill);
    };
    child.once('error', (error) => {
      settle();
      reject(new Error(`${doing} failed: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      settle();
      if (code === 0) resolve();
      else if (late) reject(new Error(`${doing} took longer than ${Math.round(limit / 1000)} s.`));
      else reject(new Error(`${doing} failed (${code ?? signal}): ${tail.trim()}`));
    });
  });
}

export function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
