import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

/** What each folder of src may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runs: [],
  routes: [],
  load: ['runs'],
  profile: ['runs'],
  telemetry: ['runs'],
  correlate: ['runs', 'load', 'profile', 'telemetry'],
  runner: ['runs', 'load', 'profile', 'telemetry', 'correlate'],
  find: ['runs', 'load', 'profile', 'telemetry', 'correlate', 'runner', 'slo'],
  slo: ['runs', 'load'],
  report: ['runs', 'load', 'profile', 'telemetry', 'correlate', 'runner', 'find', 'slo'],
  cli: ['runs', 'load', 'profile', 'telemetry', 'correlate', 'runner', 'find', 'slo', 'report'],
  editor: ['runs', 'load', 'profile', 'telemetry', 'correlate', 'runner', 'find', 'slo', 'report', 'routes', 'webview'],
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const importsOf = (file: string): string[] =>
  [...readFileSync(path.join('src', file), 'utf8').matchAll(/(?:from|import)\s+'([^']+)'/g)].map(([, name]) => name!);

test('arrows between folders point one way', () => {
  assert.ok(files.length > 30);
  for (const file of files) {
    const folder = file.split(path.sep)[0]!;
    if (folder.endsWith('.ts')) continue;
    const allowed = MAY_IMPORT[folder];
    assert.ok(allowed, `src/${folder} is not in the house's plan`);
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue;
      const target = path.relative('src', path.join('src', path.dirname(file), name)).split(path.sep);
      const reached = target[0] === '..' ? target[1]! : target[0]!;
      assert.ok(reached === folder || allowed.includes(reached), `src/${file} must not import ${name}`);
    }
  }
});

test('only the editor imports vscode', () => {
  for (const file of files) {
    if (file === 'extension.ts' || file.startsWith(`editor${path.sep}`)) continue;
    assert.ok(!importsOf(file).includes('vscode'), `src/${file} imports vscode`);
  }
});
