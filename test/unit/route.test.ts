import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { matches, routesIn } from '../../src/routes/route.ts';

test('routes are found as frameworks declare them, at their line', () => {
  const source = [
    '@app.post("/predict")',
    "@app.route('/old', methods=['GET', 'POST'])",
    "router.get('/items/:id', handler)",
    "if (request.method === 'POST' && request.url === '/score') {",
    "fetch('/not/a/route')",
    'const text = "app.post";',
  ].join('\n');
  assert.deepEqual(routesIn(source), [
    { method: 'POST', path: '/predict', line: 1 },
    { method: 'GET', path: '/old', line: 2 },
    { method: 'POST', path: '/old', line: 2 },
    { method: 'GET', path: '/items/:id', line: 3 },
    { method: 'POST', path: '/score', line: 4 },
  ]);
});

test('the routes of the examples are found', () => {
  const declared = (file: string) =>
    routesIn(readFileSync(file, 'utf8')).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(declared('examples/fastapi-sklearn/server.py'), ['POST /predict', 'POST /rank', 'GET /healthz']);
  assert.deepEqual(declared('examples/node-classifier/server.mjs'), ['GET /healthz', 'POST /predict']);
});

test('a request matches its route', () => {
  const route = (path: string, method: string | null = null) => ({ method, path, line: 1 });
  assert.ok(matches(route('/items/{id}'), 'GET', '/items/7'));
  assert.ok(matches(route('/items/<int:id>'), 'GET', '/items/7/'));
  assert.ok(matches(route('/a.b', 'POST'), 'post', '/a.b'));
  assert.ok(!matches(route('/a.b', 'POST'), 'POST', '/aXb'));
  assert.ok(!matches(route('/a', 'POST'), 'GET', '/a'));
  assert.ok(!matches(route('/items/:id'), 'GET', '/items/7/more'));
});
