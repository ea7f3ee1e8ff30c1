// npm run package: builds the .vsix that people install, and says what is in it.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { packages, root } from './packages.mjs';

const largest = 4 * 1024 * 1024;

/** Packages what is in dist. Returns the file's path; throws where it is larger than people should have to download. */
export async function packageExtension({ log }) {
  const file = path.join(root, 'out/tailflame.vsix');
  mkdirSync(path.dirname(file), { recursive: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const args = [
    vsce,
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
  await run(process.execPath, args, { cwd: root, log, limit: 3 * 60_000, doing: 'packaging' });
  const { size } = statSync(file);
  if (size > largest) throw new Error(`The package has ${size} bytes, more than ${largest}.`);
  log(`${path.relative(root, file)}: ${(size / 1024 / 1024).toFixed(2)} MB`);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const log = (text) => process.stderr.write(`${text}\n`);
  try {
    await packages({ log });
    const { buildProgram } = await import('./build.mjs');
    await buildProgram();
    await packageExtension({ log });
  } catch (error) {
    log(error.message);
    process.exitCode = 1;
  }
}
