// npm run bench -- NAME: builds, and runs one experiment from test/bench.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packages, root } from './packages.mjs';

const names = readdirSync(path.join(root, 'test/bench')).flatMap((file) => /^([a-z0-9-]+)\.ts$/.exec(file)?.[1] ?? []);
const [name, ...rest] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  process.stderr.write(`Say which: npm run bench -- ${names.join(' | ')}\n`);
  process.exit(2);
}
try {
  await packages({ log: (text) => process.stderr.write(`${text}\n`) });
  const { buildProgram, buildTests } = await import('./build.mjs');
  await buildProgram();
  await buildTests();
  const child = spawn(process.execPath, [path.join(root, `out/test/bench/${name}.mjs`), ...rest], {
    cwd: root,
    stdio: 'inherit',
  });
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
