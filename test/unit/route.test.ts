import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches } from '../../src/routes/route.ts';

test('a request matches its route', () => {
  const route = (path: string, method: string | null = null) => ({ method, path });
  assert.ok(matches(route('/items/{id}'), 'GET', '/items/7'));
  assert.ok(matches(route('/items/<int:id>'), 'GET', '/items/7/'));
  assert.ok(matches(route('/a.b', 'POST'), 'post', '/a.b'));
  assert.ok(!matches(route('/a.b', 'POST'), 'POST', '/aXb'));
  assert.ok(!matches(route('/a', 'POST'), 'GET', '/a'));
  assert.ok(!matches(route('/items/:id'), 'GET', '/items/7/more'));
});

test('a request matches the parameters of every framework', () => {
  const match = (path: string, pathname: string): boolean => matches({ method: null, path }, 'GET', pathname);
  assert.ok(match('/files/{file_path:path}', '/files/a/b.txt'));
  assert.ok(match('/files/<path:name>', '/files/a/b.txt'));
  assert.ok(match('/users/<uuid:id>/posts', '/users/7/posts'));
  assert.ok(match('/posts/<slug>/', '/posts/a-title/'));
  assert.ok(match('/{id:\\d{2,3}}/x', '/77/x'));
  assert.ok(match('/:id(\\d+)/x', '/77/x'));
  assert.ok(match('/posts/:date{[0-9]+}/:title', '/posts/2024/x'));
  assert.ok(match('/flights/:from-:to', '/flights/ams-lhr'));
  assert.ok(match('/:name.:ext', '/a.png'));
  assert.ok(match('/@:user', '/@ada'));
  assert.ok(match('/at/:hour(^\\d+)h:minute', '/at/12h30'));
  assert.ok(match('/books/:genre?', '/books'));
  assert.ok(match('/books/:genre?', '/books/new'));
  assert.ok(match('/static/*', '/static/a/b.js'));
  assert.ok(match('/static/*rest', '/static/a/b.js'));
  assert.ok(match('/{API_PREFIX:path}/items', '/api/v1/items'));
  assert.ok(match('/v1/models/{model}:predict', '/v1/models/a:predict'));
  assert.ok(match('/', '/'));
  assert.ok(!match('/v1/models/{model}:predict', '/v1/models/a:explain'));
  assert.ok(!match('/v1/models:predict', '/v1/modelsX'));
  assert.ok(!match('/', '/x'));
  assert.ok(!match('/users/<int:id>', '/users/7/posts'));
  assert.ok(!match('/items/{id}', '/items/'));
  assert.ok(!match('/flights/:from-:to', '/flights/ams'));
  assert.ok(!match('/@:user', '/@ada/posts'));
  assert.ok(!match('/names::verb', '/names:x'));
});
