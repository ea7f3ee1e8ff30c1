import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { planCommand } from '../../src/cli/plan-command.ts';
import { importCurlLines } from '../../src/load/plan/import/curl/curl.ts';
import { importHttpFile } from '../../src/load/plan/import/http-file/http-file.ts';
import { bareRequest, type ImportedRequest } from '../../src/load/plan/import/imported-request.ts';
import { type MadePlan, planOf } from '../../src/load/plan/import/plan-of.ts';
import { importRequests } from '../../src/load/plan/import/recognise.ts';
import { NO_TLS, plainPlan } from '../../src/load/plan/plain-plan.ts';
import { PLAN_DEFAULTS, type Step } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';
import { writePlan } from '../../src/load/plan/write/write-plan.ts';
import { prepareStep } from '../../src/load/scenario/prepared-step.ts';

const FOLDER = path.resolve('plans');

const made = (...requests: ImportedRequest[]): MadePlan => planOf(requests, { folder: FOLDER });
const fromCurl = (text: string): MadePlan => made(...importCurlLines(text));
const stepsOf = ({ plan }: Pick<MadePlan, 'plan'>): readonly Step[] => plan.scenarios.flatMap(({ steps }) => steps);

test('one scenario with a step for each request, against the origin they share', () => {
  const result = fromCurl(
    'curl http://127.0.0.1:8000/a?x=1\ncurl -d q=1 http://127.0.0.1:8000/a\ncurl http://127.0.0.1:8000/a#y',
  );
  assert.equal(result.plan.target.url, 'http://127.0.0.1:8000');
  assert.deepEqual(
    result.plan.scenarios.map(({ name }) => name),
    ['main'],
  );
  assert.deepEqual(
    stepsOf(result).map(({ name, method, url }) => [name, method, url]),
    [
      ['GET /a', 'GET', '/a?x=1'],
      ['POST /a', 'POST', '/a'],
      ['GET /a (2)', 'GET', '/a'],
    ],
  );
  assert.equal(result.plan.load, null);
  assert.deepEqual(result.notes, []);
  result.plan.scenarios[0]!.steps.forEach((step, at) => {
    assert.equal(prepareStep(step, result.plan.target, at).origin, 'http://127.0.0.1:8000');
  });
});

test('the GET of an address alone is the plan of that target', () => {
  const { plan } = made(...importRequests('127.0.0.1:8000/a?x=${y}', null, null));
  const plain = plainPlan({ url: 'http://127.0.0.1:8000/a?x=${y}', method: 'GET', headers: {}, body: null });
  assert.deepEqual(plan, plain);
});

test('steps on another origin than most keep their whole address', () => {
  const result = fromCurl(
    'curl -X POST http://127.0.0.1:7000/login\ncurl http://127.0.0.1:8000/a\ncurl http://127.0.0.1:8000',
  );
  assert.equal(result.plan.target.url, 'http://127.0.0.1:8000');
  assert.deepEqual(
    stepsOf(result).map(({ url }) => url),
    ['http://127.0.0.1:7000/login', '/a', '/'],
  );
  assert.equal(stepsOf(result)[0]!.name, 'POST 127.0.0.1:7000/login');
});

test('an open host is taken from its variable, else to be where such servers listen', () => {
  const known = fromCurl('HOST=127.0.0.1:9000/v1\ncurl -d a=$A $HOST/x');
  assert.equal(known.plan.target.url, 'http://127.0.0.1:9000');
  assert.equal(stepsOf(known)[0]!.url, '/v1/x');
  assert.deepEqual(known.plan.environment, {});
  assert.deepEqual(known.notes, [
    'Set the environment variable A, or give it a value under "environment" in the plan.',
  ]);
  const open = made(...importHttpFile('GET https://{{host}}:{{port}}/x', path.join(FOLDER, 'a.http')));
  assert.equal(open.plan.target.url, 'http://127.0.0.1:8000');
  assert.equal(stepsOf(open)[0]!.url, '/x');
  assert.equal(open.notes.length, 1);
  assert.match(open.notes[0]!, /host has no value here: the target is taken to be http:\/\/127\.0\.0\.1:8000/);
});

test('an address that cannot be called is said', () => {
  const message = /"ftp:\/\/h" is not an address of HTTP/;
  assert.throws(() => made(...importHttpFile('GET ftp://h/x', 'a.http')), { name: 'PlanError', message });
  assert.throws(() => made(bareRequest('http://a b/x')), { name: 'PlanError', message: /"http:\/\/a b"/ });
});

test('variables that are asked for have the defaults they came with', () => {
  const { plan } = fromCurl('curl -d "a=${A:-one}&b=$A" http://127.0.0.1:8000 -o ${OUT:-x}');
  assert.deepEqual(plan.environment, { A: 'one' });
});

/** Each with what a plan must not hold, wherever it is looked for. */
const SECRETS: readonly [string, string, (step: Step) => unknown, string, Record<string, string>][] = [
  [
    "-H 'Authorization: Bearer s3cr3t'",
    's3cr3t',
    (step) => step.headers['authorization'],
    'Bearer ${secrets.api_token}',
    { api_token: 'API_TOKEN' },
  ],
  [
    '-u me:s3cr3t',
    'bWU6czNjcjN0',
    (step) => step.headers['authorization'],
    'Basic ${secrets.basic_credentials}',
    { basic_credentials: 'BASIC_CREDENTIALS' },
  ],
  [
    "-H 'X-Api-Key: s3cr3t'",
    's3cr3t',
    (step) => step.headers['x-api-key'],
    '${secrets.api_key}',
    { api_key: 'API_KEY' },
  ],
  [
    "-H 'x-goog-api-key: s3cr3t'",
    's3cr3t',
    (step) => step.headers['x-goog-api-key'],
    '${secrets.goog_api_key}',
    { goog_api_key: 'GOOG_API_KEY' },
  ],
  [
    "-b 'sid=s3cr3t; theme=dark'",
    's3cr3t',
    (step) => step.headers['cookie'],
    '${secrets.cookie}',
    { cookie: 'COOKIE' },
  ],
  [
    '-H "Authorization: Bearer $OPENAI_API_KEY"',
    'env.',
    (step) => step.headers['authorization'],
    'Bearer ${secrets.openai_api_key}',
    { openai_api_key: 'OPENAI_API_KEY' },
  ],
  ['-G -d api_key=s3cr3t', 's3cr3t', (step) => step.query['api_key'], '${secrets.api_key}', { api_key: 'API_KEY' }],
  [
    '--json \'{"user": "a", "password": "s3cr3t"}\'',
    's3cr3t',
    (step) => step.body,
    { kind: 'json', value: { user: 'a', password: '${secrets.api_password}' } } as never,
    { api_password: 'API_PASSWORD' },
  ],
  [
    '-d user=a -d client_secret=s3cr3t',
    's3cr3t',
    (step) => step.body,
    { kind: 'form', fields: { user: 'a', client_secret: '${secrets.client_secret}' } } as never,
    { client_secret: 'CLIENT_SECRET' },
  ],
];

for (const [options, secret, place, written, secrets] of SECRETS) {
  test(`a secret stays out of the plan: ${options}`, () => {
    const result = fromCurl(`curl ${options} http://127.0.0.1:8000/x`);
    assert.deepEqual(place(stepsOf(result)[0]!), written);
    assert.deepEqual(result.plan.secrets, secrets);
    const { plan, notes } = result;
    assert.ok(!JSON.stringify({ plan, notes }).includes(secret), 'not in the plan, nor in a note');
    const [variable] = Object.values(secrets);
    assert.equal(
      result.notes.filter((note) => note.includes(`Set the environment variable ${variable} to `)).length,
      1,
    );
  });
}

test('secrets in an address stay out of the plan', () => {
  const query = fromCurl("curl 'http://127.0.0.1:8000/x?key=s3%2Fcr3t&a=1'");
  assert.equal(stepsOf(query)[0]!.url, '/x?a=1');
  assert.deepEqual(stepsOf(query)[0]!.query, { key: '${secrets.api_key}' });
  const user = fromCurl('curl http://me:s3cr3t@127.0.0.1:8000/x');
  assert.equal(user.plan.target.url, 'http://127.0.0.1:8000');
  assert.deepEqual(stepsOf(user)[0]!.headers, { authorization: 'Basic ${secrets.basic_credentials}' });
  for (const result of [query, user])
    assert.ok(!/s3|bWU6/.test(JSON.stringify({ plan: result.plan, notes: result.notes })));
});

test('a variable whose name tells of a secret is one wherever it stands, and its value is not kept', () => {
  const result = fromCurl('export MY_TOKEN=s3cr3t\ncurl -d "a=$MY_TOKEN" http://127.0.0.1:8000/$MY_TOKEN');
  assert.deepEqual(stepsOf(result)[0]!.body, { kind: 'form', fields: { a: '${secrets.my_token}' } });
  assert.equal(stepsOf(result)[0]!.url, '/${secrets.my_token}');
  assert.deepEqual(result.plan.secrets, { my_token: 'MY_TOKEN' });
  assert.deepEqual(result.plan.environment, {});
  assert.ok(!JSON.stringify(result).includes('s3cr3t'));
});

test('what only looks like a secret is left', () => {
  const result = fromCurl(
    `curl http://127.0.0.1:8000/x?max_tokens=5 -H 'idempotency-key: a' -H 'content-type: application/json' -d '{"max_tokens": 16, "token": "word"}'`,
  );
  assert.deepEqual(result.plan.secrets, {});
  assert.deepEqual(result.notes, []);
});

test('the same secret is one; another of the same kind has a name of its own', () => {
  const line = (token: string): string => `curl -H 'Authorization: Bearer ${token}' http://127.0.0.1:8000/x\n`;
  const result = fromCurl(line('one') + line('two') + line('one'));
  assert.deepEqual(result.plan.secrets, { api_token: 'API_TOKEN', api_token_2: 'API_TOKEN_2' });
  assert.deepEqual(
    stepsOf(result).map(({ headers }) => headers['authorization']),
    ['Bearer ${secrets.api_token}', 'Bearer ${secrets.api_token_2}', 'Bearer ${secrets.api_token}'],
  );
});

test('a token that an earlier step extracts is no secret of the plan', () => {
  const file = path.join(FOLDER, 'a.http');
  const text =
    '# @name login\nPOST http://h/login\n\n{}\n###\nGET http://h/x\nAuthorization: Bearer {{login.response.body.$.token}}\n';
  const result = made(...importHttpFile(text, file));
  assert.equal(stepsOf(result)[1]!.headers['authorization'], 'Bearer ${login_token}');
  assert.deepEqual(Object.keys(stepsOf(result)[0]!.extract), ['login_token']);
  assert.deepEqual(result.plan.secrets, {});
});

test('how requests are sent is the target; files are absolute', () => {
  const result = fromCurl('curl -k --cacert ca.pem --unix-socket app.sock --compressed -m 3 https://h/a -T x.bin');
  const { target, timeout } = result.plan;
  assert.deepEqual(target.tls, { ...NO_TLS, verify: false, ca: path.join(FOLDER, 'ca.pem') });
  assert.equal(target.socket, path.join(FOLDER, 'app.sock'));
  assert.equal(target.compression, true);
  assert.equal(timeout, 3000);
  assert.deepEqual(stepsOf(result)[0]!.body, { kind: 'file', file: path.join(FOLDER, 'x.bin') });
  assert.equal(fromCurl('curl http://h').plan.timeout, PLAN_DEFAULTS.timeout);
  assert.match(fromCurl('curl -L http://h/a\ncurl http://h/b').notes[0]!, /the same for all of them/);
});

test('notes say which step they are about where there are several', () => {
  assert.deepEqual(fromCurl('curl -x p http://h/a\ncurl http://h/b').notes, [
    'GET /a: --proxy of curl is not taken over.',
  ]);
  assert.deepEqual(fromCurl('curl -x p http://h/a').notes, ['--proxy of curl is not taken over.']);
});

test('what people have is recognised by its name, then by its content', () => {
  const first = (text: string, file: string | null = null): string => {
    const { method, url } = importRequests(text, file, null)[0]!;
    return `${method} ${url}`;
  };
  assert.equal(first('http://127.0.0.1:8000/x'), 'GET http://127.0.0.1:8000/x');
  assert.equal(first('  localhost:8000/x?a=1 \n'), 'GET http://localhost:8000/x?a=1');
  assert.equal(first('localhost'), 'GET http://localhost');
  assert.equal(first('[::1]:8000'), 'GET http://[::1]:8000');
  assert.equal(first('api.example.com/x'), 'GET http://api.example.com/x');
  assert.equal(first("$ curl -d '{}' http://h/x"), 'POST http://h/x');
  assert.equal(first('#!/bin/sh\nset -e\n/usr/bin/curl -I http://h/x', 'try.sh'), 'HEAD http://h/x');
  assert.equal(first('PUT http://h/x'), 'PUT http://h/x');
  assert.equal(first('http://h/x', 'a.http'), 'GET http://h/x');
  assert.equal(first('### one\nhttp://h/x'), 'GET http://h/x');
  const document = { openapi: '3.0.0', paths: { '/x': { post: { description: 'curl http://h' } } } };
  assert.equal(first(JSON.stringify(document), 'api.json'), 'POST http://127.0.0.1:8000/x');
  assert.equal(first(JSON.stringify(document)), 'POST http://127.0.0.1:8000/x');
  assert.equal(
    first('openapi: 3.1.0\npaths:\n  /x:\n    get:\n      description: |\n        curl http://h\n', 'api.yaml'),
    'GET http://127.0.0.1:8000/x',
  );
});

test('what is not understood is said, with what would be', () => {
  const message = (text: string, file: string | null, operation: string | null = null): string => {
    try {
      importRequests(text, file, operation);
    } catch (error) {
      assert.ok(error instanceof PlanError, String(error));
      return error.message;
    }
    return '';
  };
  const understood =
    /is not understood\. A plan is made from an address, a curl line, a \.http file, a recording \(HAR\) or an OpenAPI document/;
  assert.match(message('hello there', null), understood);
  assert.match(message('', null), /^Nothing is not understood/);
  assert.match(message('{"log": {"pages": []}}', 'a.json'), /^a\.json is not understood/);
  assert.match(
    message('target: http://h\n', 'a.load.yaml'),
    /a\.load\.yaml is a plan already: give it to tailflame run/,
  );
  assert.match(message('curl http://h/x', null, '/y'), /There is no request "\/y"; there is GET \/x/);
});

test('what is written down as a plan file is read back as the same plan', () => {
  const sources: readonly (readonly [string, string | null])[] = [
    ['http://127.0.0.1:8000/x?a=1&b=${c}', null],
    ['curl -k --json \'{"a": [1, "${b}", "$c"], "d": null}\' https://127.0.0.1/x?q=1 -m 5 -L --compressed', null],
    [
      "curl http://h/a -H 'X: $'\ncurl -F f=@a.png -F t='1;type=x' http://h/b\ncurl --data-binary @b.bin http://g/c",
      null,
    ],
    ['curl "http://h/a?x=${X:-1}" -d "a=${A:-one}&b=\\$$A" -u u:p --unix-socket a.sock', null],
    [
      '# @name a\nPOST http://h/a\n\n{"x": {{$randomInt 1 9}}}\n###\nGET http://h/{{a.response.body.$.id}}',
      path.join(FOLDER, 'a.http'),
    ],
  ];
  for (const [text, file] of sources) {
    const { plan } = made(...importRequests(text, file, null));
    const { plan: read } = readPlan(writePlan(plan, { folder: FOLDER }), path.join(FOLDER, 'made.load.yaml'), {});
    assert.deepEqual(read, plan);
  }
});

test('tailflame plan writes a new file, and never over one that is there', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plan-command-'));
  const out = path.join(folder, 'made.load.yaml');
  const source = path.join(folder, 'requests.http');
  writeFileSync(source, 'POST http://127.0.0.1:8000/x\ncontent-type: image/png\n\n< cat.png\n');
  const run = (...args: string[]): Promise<unknown> => planCommand().parseAsync(args, { from: 'user' });
  await run(source, '--out', out);
  const { plan } = readPlan(readFileSync(out, 'utf8'), out, {});
  assert.deepEqual(stepsOf({ plan })[0]!.body, { kind: 'file', file: path.join(folder, 'cat.png') });
  const before = readFileSync(out, 'utf8');
  await assert.rejects(run('http://127.0.0.1:8000', '--out', out), { name: 'PlanError', message: /exists already/ });
  assert.equal(readFileSync(out, 'utf8'), before);
  await assert.rejects(run(path.join(folder, 'none.http')), { name: 'PlanError', message: /there is no such file/ });
  await assert.rejects(run('no such thing'), { name: 'PlanError', message: /is not understood/ });
});

test('a plan has the name it is given', () => {
  assert.equal(planOf([bareRequest('http://h')], { folder: FOLDER, name: 'checkout' }).plan.name, 'checkout');
  assert.equal(made(...importCurlLines('curl http://h')).plan.name, null);
});

test('secrets that were found are handed on beside the plan, those that are open are not', () => {
  const { secretValues } = fromCurl('curl -H "Authorization: Bearer abc" -H "x-api-key: $KEY" http://h');
  assert.deepEqual(secretValues, { api_token: 'abc' });
});

test('what goes for all requests is said of none', () => {
  const one = { ...bareRequest('http://h/a'), notes: ['of all', 'of one'] };
  const other = { ...bareRequest('http://h/b'), notes: ['of all'] };
  assert.deepEqual(made(one, other).notes, ['of all', 'GET /a: of one']);
});

test('a request that asks for a stream gets one, wherever it comes from, and its plan reads back with it', () => {
  const body = JSON.stringify({ model: 'm', stream: true, messages: [] });
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const sources = [
    `curl ${url} -H 'content-type: application/json' -d '${body}'`,
    `POST ${url}\ncontent-type: application/json\n\n${body}\n`,
  ];
  const results = [fromCurl(sources[0]!), made(...importHttpFile(sources[1]!, path.join(FOLDER, 'a.http')))];
  for (const result of results) {
    const stream = { api: 'openai-chat', cancel: null, tokenizer: null };
    assert.deepEqual(
      stepsOf(result).map((step) => step.stream),
      [stream],
    );
    const written = writePlan(result.plan, { folder: FOLDER });
    assert.ok(!/^ *stream: (?!true)/m.test(written), written);
    assert.deepEqual(stepsOf(readPlan(written, path.join(FOLDER, 'a.load.yaml'), {}))[0]!.stream, stream);
  }
});
