// Writes schema/load-plan.schema.json from src/load/plan/schema/plan-schema.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { run } from './command.mjs';
import { packages, root } from './packages.mjs';

const log = (text) => process.stderr.write(`${text}\n`);
const at = (...parts) => path.join(root, ...parts);
const target = 'schema/load-plan.schema.json';

try {
  await packages({ log });
  const { build } = await import('esbuild');
  const bundle = at('node_modules/.cache/plan-schema.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/load/plan/schema/plan-schema.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    outfile: bundle,
  });
  const { planJsonSchema } = await import(pathToFileURL(bundle).href);
  mkdirSync(path.dirname(at(target)), { recursive: true });
  writeFileSync(at(target), `${JSON.stringify(planJsonSchema(), null, 2)}\n`);
  const biome = at('node_modules/@biomejs/biome/bin/biome');
  await run(process.execPath, [biome, 'format', '--write', target], {
    cwd: root,
    log,
    limit: 60_000,
    doing: 'formatting',
  });
  log(`${target} is written.`);
} catch (error) {
  log(error.message);
  process.exitCode = 1;
}
