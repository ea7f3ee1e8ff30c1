// npm's packages of this checkout, installed when they are missing or older than the lock file.
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './command.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export async function packages({ log }) {
  await installed(root, 'npm packages', { log });
}

/** Those of an example that has its own. */
export async function examplePackages(example, { log }) {
  await installed(path.join(root, 'examples', example), `the npm packages of ${example}`, { log });
}

async function installed(folder, what, { log }) {
  const modified = (file) => statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  log(`Installing ${what} …`);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await npm(['ci', ...quiet], { cwd: folder, log, limit: 10 * 60_000, doing: 'npm ci' });
}
