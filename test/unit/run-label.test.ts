import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { cleanName, LABEL_FILE, NO_LABEL, parseLabel, readLabel, writeLabel } from '../../src/runs/run-label.ts';

let folder: string;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-label-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('a label is read as it was written, and one that says nothing leaves no file', async () => {
  assert.deepEqual(await readLabel(folder), { label: NO_LABEL, problem: null });
  const label = { name: 'before the cache', pinned: true, baseline: true };
  await writeLabel(folder, label);
  assert.deepEqual(await readLabel(folder), { label, problem: null });
  assert.deepEqual(readdirSync(folder), [LABEL_FILE]);
  await writeLabel(folder, NO_LABEL);
  assert.ok(!existsSync(path.join(folder, LABEL_FILE)));
});

test('a broken label costs the label only, and says which file and why', () => {
  for (const text of ['{"name": "x"', '[]', '"x"', 'null', '']) {
    const { label, problem } = parseLabel(text, 'run/label.json');
    assert.deepEqual(label, NO_LABEL, text);
    assert.match(problem ?? '', /^run\/label\.json is damaged: .+\. Its name and marks are left out\.$/, text);
  }
});

test('of a label that is wrong in part the rest is kept', () => {
  const { label, problem } = parseLabel('{"name": 5, "pinned": true, "baseline": "yes", "later": 1}', 'label.json');
  assert.deepEqual(label, { name: null, pinned: true, baseline: false });
  assert.match(problem ?? '', /"name", "baseline" cannot be read/);
});

test('what a newer version adds is no fault', () => {
  assert.equal(parseLabel('{"name": "x", "colour": "red"}', 'label.json').problem, null);
});

test('a label of many megabytes is not read', async () => {
  writeFileSync(path.join(folder, LABEL_FILE), `{"name": "${'x'.repeat(5_000_000)}"}`);
  const { label, problem } = await readLabel(folder);
  assert.deepEqual(label, NO_LABEL);
  assert.match(problem ?? '', /longer than a label/);
});

test('a name is one line that can be read', () => {
  assert.equal(cleanName('  a\n  b\t'), 'a b');
  assert.equal(cleanName(' \n '), null);
  assert.equal(cleanName('x'.repeat(1000))?.length, 200);
});
