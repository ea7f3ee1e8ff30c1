import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Tree } from '@vscode/tree-sitter-wasm';
import type { Lowering } from '../../src/routes/syntax/lowering.ts';
import { type Grammar, SourceFile } from '../../src/routes/syntax/source-file.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('of a file that is edited only the last version is kept', async () => {
  const read: WeakRef<Lowering>[] = [];
  const tree = { rootNode: {}, edit: () => {}, delete: () => {} } as unknown as Tree;
  const grammar: Grammar = {
    language: 'python',
    parser: { parse: () => tree } as unknown as Grammar['parser'],
    lower: (_root, lowering) => {
      read.push(new WeakRef(lowering));
      return [];
    },
  };
  const file = new SourceFile('/a.py', grammar);
  for (let version = 0; version < 10; version++) file.update(`x = ${version}\n`);
  // What a weak reference was made of stays until the turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const kept = read.map((lowering) => lowering.deref()?.source).filter((source) => source !== undefined);
  assert.deepEqual(kept, ['x = 9\n']);
  file.dispose();
});
