// npm's packages of this checkout, installed when they are missing or older than the lock file.
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './command.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export async function packages({ log }) {
  const installed = modified('node_modules/.package-lock.json');
  if (installed >= modified('package-lock.json')) return;
  log('Installing npm packages …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await npm(['ci', ...quiet], { cwd: root, log, limit: 10 * 60_000, doing: 'npm ci' });
}

function modified(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
