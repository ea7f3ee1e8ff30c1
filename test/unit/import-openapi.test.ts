import assert from 'node:assert/strict';
import test from 'node:test';
import { stringify } from 'yaml';
import type { ImportedRequest } from '../../src/load/plan/import/imported-request.ts';
import { importOpenApi } from '../../src/load/plan/import/openapi/openapi.ts';
import type { Body } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

/** What FastAPI 0.1xx with pydantic 2 says of a service: parts of it as it was generated. */
const FASTAPI = {
  openapi: '3.1.0',
  info: { title: 'Iris', version: '1.0.0' },
  paths: {
    '/health': {
      get: {
        summary: 'Health',
        operationId: 'health_health_get',
        responses: { '200': { description: 'Successful Response', content: { 'application/json': { schema: {} } } } },
      },
    },
    '/predict': {
      post: {
        summary: 'Predict',
        operationId: 'predict_predict_post',
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/PredictRequest' } } },
          required: true,
        },
        responses: {
          '200': {
            description: 'Successful Response',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/PredictResponse' } } },
          },
        },
      },
    },
    '/items/{item_id}': {
      get: {
        operationId: 'item_items__item_id__get',
        parameters: [
          { name: 'item_id', in: 'path', required: true, schema: { type: 'integer', minimum: 5, title: 'Item Id' } },
          { name: 'q', in: 'query', required: true, schema: { type: 'string', minLength: 3, title: 'Q' } },
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 10, title: 'Limit' } },
          {
            name: 'tag',
            in: 'query',
            required: false,
            schema: { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Tag' },
          },
          {
            name: 'x-version',
            in: 'header',
            required: false,
            schema: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          },
        ],
      },
    },
    '/classify': {
      post: {
        operationId: 'classify_classify_post',
        requestBody: {
          content: { 'multipart/form-data': { schema: { $ref: '#/components/schemas/Body_classify_classify_post' } } },
          required: true,
        },
      },
    },
    '/login': {
      post: {
        operationId: 'login_login_post',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Body_login_login_post' } },
          },
          required: true,
        },
      },
    },
    '/secure': {
      get: { operationId: 'secure_secure_get', security: [{ HTTPBearer: [] }] },
    },
    '/keyed': {
      get: { operationId: 'keyed_keyed_get', security: [{ APIKeyHeader: [] }] },
    },
  },
  components: {
    schemas: {
      Sample: {
        properties: {
          sepal_length: { type: 'number', maximum: 10.0, exclusiveMinimum: 0.0, title: 'Sepal Length' },
          label: { anyOf: [{ type: 'string', maxLength: 4 }, { type: 'null' }], title: 'Label' },
          species: { $ref: '#/components/schemas/Species', default: 'setosa' },
        },
        type: 'object',
        required: ['sepal_length'],
        title: 'Sample',
      },
      Species: { type: 'string', enum: ['setosa', 'virginica'], title: 'Species' },
      PredictRequest: {
        properties: {
          samples: { items: { $ref: '#/components/schemas/Sample' }, type: 'array', maxItems: 4, minItems: 2 },
          model: { type: 'string', pattern: '^[a-z]{3}-\\d$', title: 'Model', examples: ['abc-1'] },
          code: { type: 'string', pattern: '^[a-z]{3}-\\d$', title: 'Code' },
          temperature: { type: 'number', exclusiveMaximum: 2.0, minimum: 0.0, title: 'Temperature', default: 0.7 },
          top_k: { anyOf: [{ type: 'integer', maximum: 100.0, minimum: 1.0 }, { type: 'null' }], title: 'Top K' },
          seed: { anyOf: [{ type: 'null' }, { type: 'integer' }], title: 'Seed' },
          threshold: { type: 'number', exclusiveMaximum: 1.0, exclusiveMinimum: 0.0, title: 'Threshold' },
          batch: { type: 'integer', multipleOf: 8.0, minimum: 3.0, title: 'Batch' },
          vector: { items: { type: 'number' }, type: 'array', maxItems: 4, minItems: 4, title: 'Vector' },
          kind: { type: 'string', enum: ['fast', 'slow'], title: 'Kind' },
          extra: { additionalProperties: { type: 'number' }, type: 'object', title: 'Extra', default: {} },
        },
        type: 'object',
        required: ['samples', 'model', 'code', 'threshold', 'batch', 'vector', 'kind'],
        title: 'PredictRequest',
      },
      PredictResponse: { properties: { label: { type: 'string' } }, type: 'object', title: 'PredictResponse' },
      Body_classify_classify_post: {
        properties: {
          image: { type: 'string', contentMediaType: 'application/octet-stream', title: 'Image' },
          top: { type: 'integer', minimum: 1.0, title: 'Top' },
          images: {
            items: { type: 'string', contentMediaType: 'application/octet-stream' },
            type: 'array',
            default: [],
          },
        },
        type: 'object',
        required: ['image', 'top'],
      },
      Body_login_login_post: {
        properties: { username: { type: 'string' }, password: { type: 'string' } },
        type: 'object',
        required: ['username', 'password'],
      },
    },
    securitySchemes: {
      HTTPBearer: { type: 'http', scheme: 'bearer' },
      APIKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    },
  },
};

const fastApi = (operation: string | null): ImportedRequest =>
  importOpenApi(JSON.stringify(FASTAPI), 'openapi.json', operation);

/** A document with one operation. */
function document(operation: object, rest: object = {}, path = '/x'): string {
  return JSON.stringify({ openapi: '3.0.3', paths: { [path]: { post: operation } }, ...rest });
}

const withBody = (media: object, type = 'application/json'): object => ({
  requestBody: { content: { [type]: media } },
});

function bodyOf(media: object, rest: object = {}): unknown {
  const { body } = importOpenApi(document(withBody(media), rest), 'api.json', null);
  assert.equal(body?.kind, 'json');
  return (body as Body & { kind: 'json' }).value;
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof PlanError, String(error));
    return error.message;
  }
  return assert.fail('nothing was thrown');
}

test("FastAPI's document: a body that its model accepts", () => {
  const request = fastApi('predict_predict_post');
  assert.equal(request.name, 'POST /predict');
  assert.equal(request.method, 'POST');
  assert.equal(request.url, 'http://127.0.0.1:8000/predict');
  assert.deepEqual(request.headers, {});
  const sample = { sepal_length: 1, label: 'stri', species: 'setosa' };
  const { code, ...value } = (request.body as unknown as { value: Record<string, unknown> }).value;
  assert.match(String(code), /^[a-z]{3}-\d$/);
  assert.deepEqual(value, {
    samples: [sample, sample],
    model: 'abc-1',
    temperature: 0.7,
    top_k: 1,
    seed: 0,
    threshold: 0.5,
    batch: 8,
    vector: [0, 0, 0, 0],
    kind: 'fast',
    extra: {},
  });
  assert.deepEqual(request.notes, ['The document names no host: it is taken to be http://127.0.0.1:8000.']);
});

test("FastAPI's document: parameters, of which optional ones without a default are left out", () => {
  const { url, query, headers } = fastApi('/items/{item_id}');
  assert.equal(url, 'http://127.0.0.1:8000/items/5');
  assert.deepEqual(query, { q: 'string', limit: '10' });
  assert.deepEqual(headers, {});
});

test("FastAPI's document: files and forms", () => {
  const upload = fastApi('POST /classify');
  assert.deepEqual(upload.body, {
    kind: 'multipart',
    parts: [
      { name: 'image', file: 'image.bin', filename: 'image.bin', type: 'application/octet-stream' },
      { name: 'top', value: '1' },
    ],
  });
  assert.match(upload.notes.join(), /image\.bin stands for the file that is the part image/);
  assert.deepEqual(fastApi('/login').body, { kind: 'form', fields: { username: 'string', password: 'string' } });
});

test('what an operation wants to be shown is left open', () => {
  const bearer = fastApi('/secure');
  assert.deepEqual(bearer.headers, { authorization: 'Bearer ${env.API_TOKEN}' });
  assert.deepEqual(bearer.variables, { API_TOKEN: null });
  assert.deepEqual(fastApi('/keyed').headers, { 'x-api-key': '${env.API_KEY}' });
});

test('the operation: by id, by method and path, by path, or the only one', () => {
  assert.equal(fastApi('health_health_get').url, 'http://127.0.0.1:8000/health');
  assert.equal(fastApi('get /health').url, 'http://127.0.0.1:8000/health');
  assert.equal(fastApi('/health').url, 'http://127.0.0.1:8000/health');
  assert.equal(importOpenApi(document({}), 'api.json', null).method, 'POST');
  const several = messageOf(() => fastApi(null));
  assert.match(several, /several operations\. Say which: "GET \/health" \(health_health_get\), "POST \/predict"/);
  assert.match(
    messageOf(() => fastApi('/predikt')),
    /no operation "\/predikt"\. Did you mean "\/predict"\? It has "GET \/health"/,
  );
  assert.match(
    messageOf(() => fastApi('DELETE /health')),
    /no operation "DELETE \/health"/,
  );
  const both = JSON.stringify({ openapi: '3.0.0', paths: { '/a': { get: {}, post: {} } } });
  assert.match(
    messageOf(() => importOpenApi(both, 'a.json', '/a')),
    /"\/a" is several operations\. Say which: "GET \/a" and "POST \/a"/,
  );
});

test('an example is taken before anything is made up', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } } };
  assert.deepEqual(bodyOf({ schema, example: { a: 5 } }), { a: 5 });
  assert.deepEqual(bodyOf({ schema, examples: { one: { value: { a: 6 } }, two: { value: { a: 7 } } } }), { a: 6 });
  const components = { examples: { shared: { value: { a: 8 } } } };
  assert.deepEqual(bodyOf({ schema, examples: { one: { $ref: '#/components/examples/shared' } } }, { components }), {
    a: 8,
  });
  assert.deepEqual(bodyOf({ schema: { ...schema, example: { a: 9 } } }), { a: 9 });
  assert.deepEqual(bodyOf({ schema: { ...schema, examples: [{ a: 10 }] } }), { a: 10 });
  assert.deepEqual(bodyOf({ schema }), { a: 0 });
  // What looks like a placeholder in it is just text.
  assert.deepEqual(bodyOf({ example: { a: '${b} $c' } }), { a: '$${b} $c' });
});

test('references within the document are followed; others are said', () => {
  const components = {
    requestBodies: {
      Shared: { content: { 'application/json': { schema: { $ref: '#/components/schemas/a~1b%20c' } } } },
    },
    schemas: {
      'a/b c': {
        allOf: [{ $ref: '#/components/schemas/Base' }, { type: 'object', properties: { b: { type: 'boolean' } } }],
      },
      Base: { type: 'object', properties: { a: { type: 'string' }, id: { type: 'string', readOnly: true } } },
      Tree: { type: 'object', properties: { child: { $ref: '#/components/schemas/Tree' } } },
    },
  };
  const request = importOpenApi(
    document({ requestBody: { $ref: '#/components/requestBodies/Shared' } }, { components }),
    'a.json',
    null,
  );
  assert.deepEqual(request.body, { kind: 'json', value: { a: 'string', b: true } });
  assert.deepEqual(bodyOf({ schema: { $ref: '#/components/schemas/Tree' } }, { components }), { child: {} });
  const missing = document(withBody({ schema: { $ref: 'other.json#/Model' } }));
  assert.match(
    messageOf(() => importOpenApi(missing, 'a.json', null)),
    /refers to "other\.json#\/Model", which is not in it/,
  );
});

test('parameters of a path and of an operation, of all places, with examples first', () => {
  const text = JSON.stringify({
    openapi: '3.0.0',
    paths: {
      '/a/{id}/{name}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' }, example: 7 },
          { name: 'q', in: 'query', schema: { type: 'string' }, example: 'shared' },
        ],
        get: {
          parameters: [
            { $ref: '#/components/parameters/Name' },
            { name: 'q', in: 'query', schema: { type: 'string' }, examples: { a: { value: 'x y' } } },
            {
              name: 'tag',
              in: 'query',
              required: true,
              schema: { type: 'array', items: { type: 'string' } },
              example: ['a', 'b&'],
            },
            { name: 'ids', in: 'query', required: true, explode: false, schema: { type: 'array' }, example: [1, 2] },
            { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string', default: 'on' } },
            { name: 'Accept', in: 'header', required: true, schema: { type: 'string' } },
            { name: 'session', in: 'cookie', required: true, schema: { type: 'string', example: 's1' } },
          ],
        },
      },
    },
    components: {
      parameters: { Name: { name: 'name', in: 'path', required: true, schema: { type: 'string', example: 'a/b c' } } },
    },
  });
  const { url, query, headers } = importOpenApi(text, 'a.json', null);
  assert.equal(url, 'http://127.0.0.1:8000/a/7/a%2Fb%20c?tag=a&tag=b%26');
  assert.deepEqual(query, { q: 'x y', ids: '1,2' });
  assert.deepEqual(headers, { 'x-trace': 'on', cookie: 'session=s1' });
  const open = JSON.stringify({ openapi: '3.0.0', paths: { '/a/{id}': { get: {} } } });
  assert.match(
    messageOf(() => importOpenApi(open, 'a.json', null)),
    /parameter "id" that the document does not describe/,
  );
});

test('servers: the first, with its variables; a relative one is where such servers listen, or where the document is', () => {
  const url = (servers: object[] | undefined, file = 'api.yaml'): string =>
    importOpenApi(document({}, { servers }), file, null).url;
  assert.equal(url([{ url: 'https://api.example.com/v1/' }, { url: 'http://other' }]), 'https://api.example.com/v1/x');
  assert.equal(
    url([{ url: 'http://{host}:{port}/v2', variables: { host: { default: '127.0.0.1' }, port: { default: '9000' } } }]),
    'http://127.0.0.1:9000/v2/x',
  );
  assert.equal(url([{ url: '/api/v1' }]), 'http://127.0.0.1:8000/api/v1/x');
  assert.equal(url(undefined), 'http://127.0.0.1:8000/x');
  assert.equal(url([{ url: '/api' }], 'http://127.0.0.1:9000/openapi.json'), 'http://127.0.0.1:9000/api/x');
});

test('YAML, other content types, and what is no such document', () => {
  const yaml = stringify({ openapi: '3.1.0', paths: { '/x': { put: withBody({ example: 'one' }, 'text/plain') } } });
  const request = importOpenApi(yaml, 'api.yaml', null);
  assert.deepEqual(
    [request.method, request.body, request.headers],
    ['PUT', { kind: 'text', text: 'one' }, { 'content-type': 'text/plain' }],
  );
  const tensor = importOpenApi(
    document(withBody({ schema: { type: 'string', format: 'binary' } }, 'image/png')),
    'a.json',
    null,
  );
  assert.deepEqual(tensor.body, { kind: 'file', file: 'body.bin' });
  assert.deepEqual(tensor.headers, { 'content-type': 'image/png' });
  assert.match(tensor.notes.join(), /body\.bin stands for the file/);
  const vendor = importOpenApi(document(withBody({ example: {} }, 'application/vnd.x+json')), 'a.json', null);
  assert.deepEqual(
    [vendor.body, vendor.headers],
    [{ kind: 'json', value: {} }, { 'content-type': 'application/vnd.x+json' }],
  );
  assert.match(
    messageOf(() => importOpenApi('{"swagger": "2.0", "paths": {}}', 'old.json', null)),
    /old\.json is written in OpenAPI 2\.0; 3\.0 and 3\.1/,
  );
  assert.match(
    messageOf(() => importOpenApi('{"a": 1}', 'a.json', null)),
    /a\.json is not an OpenAPI document/,
  );
  assert.match(
    messageOf(() => importOpenApi('{"openapi": "3.0.0"}', 'a.json', null)),
    /has no operations/,
  );
});
