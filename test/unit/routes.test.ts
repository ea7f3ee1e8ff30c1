import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Route } from '../../src/routes/route.ts';
import { RouteIndex } from '../../src/routes/route-index.ts';
import { DIST } from '../support/dist.ts';

const SAMPLES = path.resolve('test/samples/routes');

/** Where the samples are said to lie: not below a folder of tests. */
const ROOT = path.resolve('/workspace');

/** In the same order, as lines that a difference can be read from. */
function told(routes: readonly Route[]): string[] {
  return routes.map(({ method, path, file, line }) => `${file}:${line} ${method ?? '*'} ${path}`).sort();
}

for (const name of readdirSync(SAMPLES)) {
  test(`every route of ${name} is found with full path and line, and no other`, async (t) => {
    const folder = path.join(SAMPLES, name);
    const index = new RouteIndex(path.join(DIST, 'routes.cjs'));
    t.after(() => index.dispose());
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (/\.(py|[cm]?[jt]sx?)$/.test(file))
        index.update(path.join(ROOT, file), readFileSync(path.join(folder, file), 'utf8'));
    }
    const expected = JSON.parse(readFileSync(path.join(folder, 'routes.json'), 'utf8')) as Route[];
    const found = (await index.all()).map((route) => ({ ...route, file: path.relative(ROOT, route.file) }));
    assert.ok(expected.length > 0);
    assert.deepEqual(told(found), told(expected));
  });
}
