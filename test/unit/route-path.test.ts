import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentAddresses } from '../../src/editor/service-document.ts';
import { firstOpen, parametersOf, valuesIn, withParameters } from '../../src/routes/route-path.ts';

test('parameters are known as the frameworks write them', () => {
  assert.deepEqual(parametersOf('/items/{id}/parts/{part:int}'), ['id', 'part']);
  assert.deepEqual(parametersOf('/items/<int:id>/<name>'), ['id', 'name']);
  assert.deepEqual(parametersOf('/items/:id(\\d+)/:part?'), ['id', 'part']);
  assert.deepEqual(parametersOf('/files/*rest'), ['rest']);
  assert.deepEqual(parametersOf('/files/{*rest}'), ['rest']);
  assert.deepEqual(parametersOf('/years/{year:\\d{4}}/:month{[0-9]+}'), ['year', 'month']);
  assert.deepEqual(parametersOf('/files/*'), ['*']);
  assert.deepEqual(parametersOf('/@:user/at/:hour(^\\d+)h:minute'), ['user', 'hour', 'minute']);
  assert.deepEqual(parametersOf('/v1/models:predict'), []);
  assert.deepEqual(parametersOf('/v1/models/{model}:predict'), ['model']);
  assert.deepEqual(parametersOf('/names::verb'), []);
});

test('values are put in their place, encoded', () => {
  assert.equal(withParameters('/items/{id}/<part>', { id: '7', part: 'a b' }), '/items/7/a%20b');
  assert.equal(withParameters('/items/:id', {}), '/items/:id');
  assert.equal(withParameters('/items/{id}', { id: 'a/b' }), '/items/a%2Fb');
  assert.equal(withParameters('/files/{rest:path}', { rest: 'a/b' }), '/files/a/b');
  assert.equal(withParameters('/files/<path:rest>', { rest: 'a/b' }), '/files/a/b');
});

test('a path that somebody typed says what its parameters are', () => {
  assert.deepEqual(valuesIn('/items/{id}/parts/:part', '/items/7/parts/a%20b'), { id: '7', part: 'a b' });
  assert.equal(valuesIn('/items/{id}', '/items/{id}'), null);
  assert.equal(valuesIn('/items/{id}', '/other/7'), null);
  assert.equal(valuesIn('/items/{id}', '/items/'), null);
  assert.equal(valuesIn('/items/{id}', '/items/%E0%A4'), null);
  assert.deepEqual(firstOpen('/items/{id}'), [7, 11]);
  assert.equal(firstOpen('/items/7'), null);
});

test('a document is asked for at the root and where an application may be mounted, on loopback only', () => {
  const at = (origin: string, path: string): string[] => documentAddresses(origin, path).map(({ href }) => href);
  assert.deepEqual(at('http://127.0.0.1:8000', '/api/v1/items/{id}/parts'), [
    'http://127.0.0.1:8000/openapi.json',
    'http://127.0.0.1:8000/api/openapi.json',
    'http://127.0.0.1:8000/api/v1/openapi.json',
    'http://127.0.0.1:8000/api/v1/items/openapi.json',
  ]);
  assert.deepEqual(at('http://[::1]:8000', '/predict'), ['http://[::1]:8000/openapi.json']);
  for (const origin of ['http://example.com', 'http://192.168.1.5:8000', 'https://127.0.0.1', 'http://127.evil.com']) {
    assert.deepEqual(at(origin, '/predict'), [], origin);
  }
});
