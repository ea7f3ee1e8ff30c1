import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { importHttpFile } from '../../src/load/plan/import/http-file/http-file.ts';
import type { ImportedRequest } from '../../src/load/plan/import/imported-request.ts';
import { importRequests } from '../../src/load/plan/import/recognise.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { compileTemplate } from '../../src/load/scenario/template.ts';

const FILE = path.resolve('requests', 'api.http');

function only(text: string): ImportedRequest {
  const requests = importHttpFile(text, FILE);
  assert.equal(requests.length, 1);
  return requests[0]!;
}

const lines = (...all: string[]): string => all.join('\n');

test('requests stand between ###, with names, comments and headers', () => {
  const requests = importHttpFile(
    lines(
      '# All of them',
      '@host = http://127.0.0.1:8000',
      '',
      'GET {{host}}/health',
      '',
      '### Predict one',
      '// It takes a while.',
      'POST {{host}}/predict HTTP/1.1',
      'Content-Type: application/json',
      '# X-Old: 1',
      'X-Trace: a:b',
      '',
      '{ "x": [1, 2],',
      '  // the label',
      '  "label": "cat" }',
      '',
      '',
      '###',
      '# @name last',
      '127.0.0.1:9000/x',
      '### nothing here',
      '### Predict two',
      'delete {{ host }}/predict/2 HTTP/2',
    ),
    FILE,
  );
  assert.deepEqual(
    requests.map(({ name, method, url }) => [name, method, url]),
    [
      [null, 'GET', 'http://127.0.0.1:8000/health'],
      ['Predict one', 'POST', 'http://127.0.0.1:8000/predict'],
      ['last', 'GET', 'http://127.0.0.1:9000/x'],
      ['Predict two', 'DELETE', 'http://127.0.0.1:8000/predict/2'],
    ],
  );
  assert.deepEqual(requests[1]!.headers, { 'x-trace': 'a:b' });
  assert.deepEqual(requests[1]!.body, { kind: 'json', value: { x: [1, 2], label: 'cat' } });
  assert.deepEqual(requests[3]!.target, { http: '2' });
  assert.deepEqual(
    requests.flatMap(({ notes }) => notes),
    [],
  );
});

test('the lines of Windows are lines', () => {
  const request = only('POST http://h/x\r\ncontent-type: text/plain\r\n\r\none\r\ntwo\r\n\r\n');
  assert.deepEqual(request.body, { kind: 'text', text: 'one\ntwo' });
});

test('an address goes on in the next lines', () => {
  assert.equal(
    only(lines('GET http://h/x', '    ?a=1', '    &b={{$guid}}', 'Accept: */*')).url,
    'http://h/x?a=1&b=${random.uuid}',
  );
  assert.equal(only(lines('GET http://h', '  /api', '  /items', '?a=1')).url, 'http://h/api/items?a=1');
});

test('a path alone is on the host the headers name', () => {
  assert.equal(only('GET /x HTTP/1.1\nHost: 127.0.0.1:8001').url, 'http://127.0.0.1:8001/x');
  assert.equal(only('GET /x\nHost: h:443').url, 'https://h:443/x');
  const open = only('GET /x');
  assert.equal(open.url, 'http://127.0.0.1:8000/x');
  assert.match(open.notes[0]!, /No host is named/);
});

test('variables are put in, also those of variables; what is not known stays open', () => {
  const request = only(
    lines(
      '@port=8000',
      '@host = 127.0.0.1:{{port}}',
      '@round = {{round}}',
      '@two = a\\nb',
      'GET http://{{host}}/{{a-b}}?r={{round}}',
      'X-Text: {{two}} ${x}',
    ),
  );
  assert.equal(request.url, 'http://127.0.0.1:8000/${env.a_b}?r=${env.round}');
  assert.equal(request.headers['x-text'], 'a\nb $${x}');
  assert.deepEqual(request.variables, { a_b: null, round: null });
});

test('what is drawn anew for each request becomes a template that means the same', () => {
  const cases: [string, string][] = [
    ['$guid', '${random.uuid}'],
    ['$random.uuid', '${random.uuid}'],
    // The upper end is not among the numbers in VS Code and JetBrains, and is in a plan.
    ['$randomInt 5 10', '${random.int(5,9)}'],
    ['$randomInt -5 0', '${random.int(-5,-1)}'],
    ['$random.integer(5, 10)', '${random.int(5,9)}'],
    ['$randomInt', '${random.int(0,999)}'],
    ['$random.float(0.5, 2)', '${random.float(0.5,2)}'],
    ['$random.alphanumeric(6)', '${random.text(6)}'],
    ['$random.email', '${random.text(8)}@example.com'],
    ['$timestamp', '${now}'],
    ['$timestamp -1 d', '${now}'],
    ['$processEnv NAME', '${env.NAME}'],
    ['$processEnv %NAME', '${env.NAME}'],
    ['$dotenv MY.NAME', '${env.MY_NAME}'],
    ['$env.HOME', '${env.HOME}'],
    ['$datetime iso8601', '${env.DATETIME}'],
  ];
  for (const [written, template] of cases) {
    const { headers } = only(`GET http://h\nX: {{${written}}}`);
    assert.equal(headers['x'], template, written);
    compileTemplate(template);
  }
  assert.match(only('GET http://h/{{$timestamp}}').notes[0]!, /in seconds; \$\{now\} in the plan is in milliseconds/);
  assert.match(only('GET http://h/{{$datetime iso8601}}').notes[0]!, /DATETIME stands for it/);
});

test('bodies: JSON, text with placeholders, forms, files', () => {
  const body = (...rest: string[]): unknown => only(lines('POST http://h/x', ...rest)).body;
  assert.deepEqual(body('', '{"a": "{{name}}"}'), { kind: 'json', value: { a: '${env.name}' } });
  assert.deepEqual(body('', '{"n": {{$randomInt 1 3}}, "s": [ {{$timestamp}} ]}'), {
    kind: 'json',
    value: { n: '${random.int(1,2)}', s: ['${now}'] },
  });
  assert.deepEqual(body('', '{"n": {{count}}}'), { kind: 'text', text: '{"n": ${env.count}}' });
  // Whether a number or a string comes of it is for the text to say.
  assert.deepEqual(body('', '{"n": {{$randomInt 1 3}}, "s": "{{$randomInt 1 3}}"}'), {
    kind: 'text',
    text: '{"n": ${random.int(1,2)}, "s": "${random.int(1,2)}"}',
  });
  assert.deepEqual(body('content-type: application/x-www-form-urlencoded', '', 'a=1', '&b=x%20{{y}}'), {
    kind: 'form',
    fields: { a: '1', b: 'x ${env.y}' },
  });
  assert.deepEqual(body('content-type: image/png', '', '< ./cat.png'), {
    kind: 'file',
    file: path.resolve('requests', 'cat.png'),
  });
  assert.deepEqual(body('', 'costs ${5} and ${{price}}'), {
    kind: 'text',
    text: 'costs $${5} and ${random.pick($)}${env.price}',
  });
  assert.match(only('POST http://h\n\n<@ ./x.json').notes[0]!, /Variables in \.\/x\.json are not filled in/);
});

test('a multipart body is taken apart', () => {
  const request = only(
    lines(
      'POST http://h/x',
      'Content-Type: multipart/form-data; boundary=----Part',
      '',
      '------Part',
      'Content-Disposition: form-data; name="text"',
      '',
      'a {{word}}',
      'b',
      '------Part',
      'Content-Disposition: form-data; name="image"; filename="{{word}}.png"',
      'Content-Type: image/png',
      '',
      '< ./pictures/cat.png',
      '------Part--',
    ),
  );
  assert.deepEqual(request.headers, {});
  assert.deepEqual(request.body, {
    kind: 'multipart',
    parts: [
      { name: 'text', value: 'a ${env.word}\nb' },
      {
        name: 'image',
        file: path.resolve('requests', 'pictures', 'cat.png'),
        filename: '${env.word}.png',
        type: 'image/png',
      },
    ],
  });
});

test('a GraphQL query is the JSON that is sent for it', () => {
  const request = only(
    lines(
      'POST http://h/graphql',
      'X-REQUEST-TYPE: GraphQL',
      '',
      'query ($n: Int) {',
      '  a(n: $n)',
      '}',
      '',
      '{"n": 1}',
    ),
  );
  assert.deepEqual(request.body, {
    kind: 'json',
    value: { query: 'query ($n: Int) {\n  a(n: $n)\n}', variables: { n: 1 } },
  });
  assert.deepEqual(request.headers, {});
});

const LOGIN = lines(
  '@base = http://127.0.0.1:8000',
  '@token = {{login.response.body.$.access_token}}',
  '### Ask',
  'POST {{base}}/predict',
  'Authorization: Bearer {{token}}',
  'X-Session: {{login.response.headers.X-Session}}',
  '',
  '{"x": 1, "id": "{{login.response.body.$.user.id}}"}',
  '### Health',
  'GET {{base}}/health',
  '###',
  '# @name login',
  'POST {{base}}/login',
  '',
  '{"user": "a"}',
);

test('a request whose answer is needed comes first, with what is taken from it', () => {
  const [login, ask, health] = importHttpFile(LOGIN, FILE);
  assert.deepEqual([login?.name, ask?.name, health?.name], ['login', 'Ask', 'Health']);
  assert.deepEqual(login?.extract, {
    login_access_token: { from: 'json', path: '$.access_token', otherwise: null },
    'login_X-Session': { from: 'header', name: 'X-Session', otherwise: null },
    login_id: { from: 'json', path: '$.user.id', otherwise: null },
  });
  assert.equal(ask?.headers['authorization'], 'Bearer ${login_access_token}');
  assert.equal(ask?.headers['x-session'], '${login_X-Session}');
  assert.deepEqual(ask?.variables, {});
});

test('one request of several is chosen by name, with those it needs', () => {
  const names = (operation: string): unknown => importRequests(LOGIN, FILE, operation).map(({ name }) => name);
  assert.deepEqual(names('Ask'), ['login', 'Ask']);
  assert.deepEqual(names('/health'), ['Health']);
  assert.deepEqual(names('POST /login'), ['login']);
  assert.throws(() => names('Asc'), { name: 'PlanError', message: /There is no request "Asc"; did you mean "Ask"\?/ });
});

test('what an answer cannot give stays open, with a note', () => {
  const requests = importHttpFile(
    lines(
      '# @name a',
      'POST http://h/a',
      '',
      '{}',
      '###',
      'GET http://h/{{a.request.body.$.x}}/{{a.response.body.//id}}/{{b.response.body.$.x}}',
    ),
    FILE,
  );
  assert.equal(
    requests[1]!.url,
    'http://h/${env.a_request_body___x}/${env.a_response_body___id}/${env.b_response_body___x}',
  );
  assert.equal(requests[1]!.notes.length, 2);
  assert.deepEqual(requests[0]!.extract, {});
});

test('handlers of JetBrains: what they keep of an answer is taken over, all else is left out with a note', () => {
  const requests = importHttpFile(
    lines(
      '### Login',
      '< {%',
      '  request.variables.set("x", 1)',
      '%}',
      'POST http://h/login',
      '',
      '{}',
      '',
      '> {%',
      '  client.global.set("auth_token", response.body.tokens[0].value);',
      "  client.global.set('trace', response.headers.valueOf('X-Trace'));",
      '%}',
      '### Use',
      'GET http://h/x',
      'Authorization: Bearer {{auth_token}}',
      'X-Trace: {{trace}}',
      '',
      '> {% client.test("ok", function() { client.assert(response.status === 200) }) %}',
      '<> 2024.json',
    ),
    FILE,
  );
  assert.deepEqual(requests[0]!.extract, {
    auth_token: { from: 'json', path: '$.tokens[0].value', otherwise: null },
    trace: { from: 'header', name: 'X-Trace', otherwise: null },
  });
  assert.deepEqual(requests[0]!.body, { kind: 'json', value: {} });
  assert.deepEqual(requests[1]!.headers, { authorization: 'Bearer ${auth_token}', 'x-trace': '${trace}' });
  assert.equal(requests[1]!.body, null);
  assert.deepEqual(requests[0]!.notes, ['The script before the request is not run.']);
  assert.match(requests[1]!.notes.join(), /What is done with the answer .* is left out/);
});

test('authorization that is written out is encoded, as both tools do', () => {
  const sent = (value: string): unknown => only(`GET http://h\nAuthorization: ${value}`).headers['authorization'];
  assert.equal(sent('Basic user:pass word'), 'Basic dXNlcjpwYXNzIHdvcmQ=');
  assert.equal(sent('Basic user pass'), 'Basic dXNlcjpwYXNz');
  assert.equal(sent('Basic dXNlcjpwYXNz'), 'Basic dXNlcjpwYXNz');
  assert.equal(sent('Bearer a:b'), 'Bearer a:b');
  const open = only('GET http://h\nAuthorization: Basic {{user}}:{{password}}');
  assert.equal(open.headers['authorization'], 'Basic ${env.BASIC_CREDENTIALS}');
  assert.match(open.notes[0]!, /BASIC_CREDENTIALS stands for \$user:\$password in base64/);
  assert.match(only('GET http://h\nAuthorization: Digest u p').notes[0]!, /Digest/);
});

test('a curl line may stand there too', () => {
  const request = only(
    lines('@h = 127.0.0.1:8000', 'curl -X PUT http://{{h}}/x \\', '  -H "X-Key: {{key}}" \\', '  --json \'{"a": 1}\''),
  );
  assert.equal(request.url, 'http://127.0.0.1:8000/x');
  assert.deepEqual(request.headers, { 'x-key': '${env.key}', accept: 'application/json' });
  assert.deepEqual(request.body, { kind: 'json', value: { a: 1 } });
});

test('settings, and requests that a plan cannot send', () => {
  assert.equal(only('# @timeout 5\nGET http://h').timeout, 5000);
  assert.equal(only('// @timeout 250 ms\nGET http://h').timeout, 250);
  const [request, ...others] = importHttpFile('### Talk\nWEBSOCKET ws://h\n### Ask\nGET http://h/x', FILE);
  assert.equal(request!.url, 'http://h/x');
  assert.equal(others.length, 0);
  assert.deepEqual(request!.notes, ['Talk was left out: a plan sends no WEBSOCKET requests.']);
  assert.throws(
    () => importHttpFile('# nothing\n@a = 1\n', FILE),
    (error) => {
      assert.ok(error instanceof PlanError);
      assert.match(error.message, /^api\.http has no request\. Write one such as GET http/);
      return true;
    },
  );
  // An answer that was kept in the file is not a request.
  assert.equal(importHttpFile('GET http://h\n###\nHTTP/1.1 200 OK\nServer: x\n\n{}', FILE).length, 1);
});
