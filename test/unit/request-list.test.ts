import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { importCurlLines } from '../../src/load/plan/import/curl/curl.ts';
import { unbrokenCurl } from '../../src/load/plan/import/curl/unbroken-curl.ts';
import { type ListedRequest, listRequests } from '../../src/load/plan/import/request-list.ts';

const list = (text: string, name: string): ListedRequest[] => listRequests(text, path.resolve(name));
const shown = (text: string, name: string): [number, string][] =>
  list(text, name).map(({ line, label }) => [line, label]);
const sent = (listed: ListedRequest | undefined): string[] =>
  (listed?.requests() ?? []).map(({ method, url }) => `${method} ${url}`);

const HTTP = `@host = http://127.0.0.1:8000

GET {{host}}/health

### Log in
# @name login
POST {{host}}/login

{}

###
# a comment
WEBSOCKET ws://h
### Buy
POST {{host}}/cart
Authorization: Bearer {{login.response.body.token}}
`;

test('requests of a .http file stand at their request lines, and bring those whose answers they need', () => {
  const all = list(HTTP, 'a.http');
  assert.deepEqual(
    all.map(({ line, label }) => [line, label]),
    [
      [3, 'GET {{host}}/health'],
      [7, 'login'],
      [13, 'WEBSOCKET ws://h'],
      [15, 'Buy'],
    ],
  );
  assert.deepEqual(sent(all[0]), ['GET http://127.0.0.1:8000/health']);
  assert.deepEqual(sent(all[3]), ['POST http://127.0.0.1:8000/login', 'POST http://127.0.0.1:8000/cart']);
  assert.throws(() => all[2]!.requests(), /cannot send this request: WEBSOCKET/);
  assert.deepEqual(shown(HTTP.replaceAll('\n', '\r\n'), 'a.rest'), shown(HTTP, 'a.http'));
});

const YAML = `openapi: 3.1.0
info: { title: x, version: "1" }
paths:
  /predict:
    parameters: []
    post:
      operationId: predict
      responses: {}
  "/items/{id}":
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 5 } }
      responses: {}
components:
  schemas:
    post: { type: object }
`;

test('operations of an OpenAPI document stand at their methods, in YAML and in JSON', () => {
  const all = list(YAML, 'openapi.yaml');
  assert.deepEqual(
    all.map(({ line, label }) => [line, label]),
    [
      [6, 'POST /predict'],
      [10, 'GET /items/{id}'],
    ],
  );
  assert.deepEqual(sent(all[1]), ['GET http://127.0.0.1:8000/items/5']);
  const json = JSON.stringify({ openapi: '3.0.3', paths: { '/a': { get: {}, put: { post: {} } } } }, null, 2);
  assert.deepEqual(shown(json, 'spec.json'), [
    [5, 'GET /a'],
    [6, 'PUT /a'],
  ]);
});

test('what is half written has the operations that can be read', () => {
  assert.deepEqual(shown(`${YAML.slice(0, YAML.indexOf('components'))}  bro: [ken`, 'o.yml').length, 2);
  assert.equal(shown('{"openapi": "3.0.0", "paths": {"/a": {"get": {', 'o.json').length, 1);
});

test('other files have no requests', () => {
  assert.deepEqual(shown('target: http://h\n', 'a.load.yaml'), []);
  assert.deepEqual(shown('{"a": 1}', 'package.json'), []);
  assert.deepEqual(shown('GET http://h', 'notes.txt'), []);
});

test('a curl line of which a field took the line breaks is read as it was', () => {
  const lines = ['curl -X POST http://h/x \\', "  -H 'a: b \\ c' \\", '-H "x: 1" \\', `  -d '{"q": "\\ -"}'`];
  const request = importCurlLines(unbrokenCurl(lines.join('')));
  assert.deepEqual(request, importCurlLines(lines.join('\n')));
  assert.equal(unbrokenCurl(lines.join('\n')), lines.join('\n'));
  assert.equal(unbrokenCurl('curl http://h/a\\ b'), 'curl http://h/a\\ b');
});
