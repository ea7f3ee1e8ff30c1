import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { planCommand } from '../../src/cli/plan-command.ts';
import { type HarChoice, harRequests, importHar } from '../../src/load/plan/import/har/har.ts';
import { harRequestLines } from '../../src/load/plan/import/har/har-archive.ts';
import type { ImportedRequest } from '../../src/load/plan/import/imported-request.ts';
import { type MadePlan, planOf } from '../../src/load/plan/import/plan-of.ts';
import { importRequests } from '../../src/load/plan/import/recognise.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';
import { writePlan } from '../../src/load/plan/write/write-plan.ts';

const FILE = 'shop.har';
const HOST = 'http://127.0.0.1:8000';
const START = Date.parse('2026-01-02T03:04:05.000Z');

interface Recorded {
  readonly method?: string;
  readonly url?: string;
  readonly httpVersion?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly { name: string; value: string }[];
  readonly queryString?: readonly { name: string; value: string }[];
  readonly postData?: object;
  /** Ms from the first, and how long it took. */
  readonly at?: number;
  readonly took?: number;
}

function entry({ headers = {}, at = 0, took = 5, ...request }: Recorded): object {
  return {
    startedDateTime: new Date(START + at).toISOString(),
    time: took,
    request: {
      method: 'GET',
      url: `${HOST}/`,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      queryString: [],
      headersSize: -1,
      bodySize: -1,
      ...request,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    },
    response: { status: 200, headers: [], content: { size: 2, mimeType: 'application/json', text: '{"request": 1}' } },
    cache: {},
    timings: { send: 0, wait: took, receive: 0 },
  };
}

const har = (...entries: unknown[]): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } }, null, 2);
const imported = (...entries: Recorded[]): ImportedRequest[] => importHar(har(...entries.map(entry)), FILE);
const only = (one: Recorded): ImportedRequest => imported(one)[0]!;
const made = (requests: readonly ImportedRequest[]): MadePlan => planOf(requests, { folder: path.resolve('plans') });

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

test('method, address, headers that matter and body are taken over; what a browser adds is named as left out', () => {
  const request = only({
    method: 'POST',
    url: `${HOST}/predict?top=3#here`,
    headers: {
      Host: '127.0.0.1:8000',
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'Content-Length': '17',
      'User-Agent': 'Mozilla/5.0',
      'sec-ch-ua': '"Chromium"',
      'If-None-Match': '"abc"',
      'Accept-Encoding': 'gzip, br',
      'X-Trace': 'a${b}',
      ':authority': '127.0.0.1:8000',
    },
    postData: { mimeType: 'application/json', text: '{"text":"${x}"}' },
  });
  assert.equal(request.method, 'POST');
  assert.equal(request.url, `${HOST}/predict?top=3`);
  assert.deepEqual(request.headers, { accept: 'application/json', 'x-trace': 'a$${b}' });
  assert.deepEqual(request.body, { kind: 'json', value: { text: '$${x}' } });
  assert.deepEqual(request.target, { compression: true });
  assert.equal(request.notes.length, 1);
  assert.match(request.notes[0]!, /browser.*left out \(if-none-match, sec-ch-ua, user-agent\)/);
});

test('forms, parts and files of a form, and bodies of other kinds', () => {
  const form = only({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    postData: {
      mimeType: 'application/x-www-form-urlencoded',
      text: '',
      params: [
        { name: 'user', value: 'ann' },
        { name: 'note', value: 'a b&c' },
      ],
    },
  });
  assert.deepEqual(form.body, { kind: 'form', fields: { user: 'ann', note: 'a b&c' } });
  const upload = only({
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    postData: {
      mimeType: 'multipart/form-data; boundary=x',
      params: [
        { name: 'size', value: '3' },
        { name: 'image', fileName: '../../secret/cat.jpg', contentType: 'image/jpeg' },
      ],
    },
  });
  assert.deepEqual(upload.body, {
    kind: 'multipart',
    parts: [
      { name: 'size', value: '3' },
      { name: 'image', file: 'cat.jpg', filename: 'cat.jpg', type: 'image/jpeg' },
    ],
  });
  assert.deepEqual(upload.headers, {});
  assert.match(upload.notes.join(), /cat\.jpg is not in the recording/);
  const text = only({ method: 'PUT', postData: { mimeType: 'text/plain', text: 'aGVsbG8=', encoding: 'base64' } });
  assert.deepEqual(text.body, { kind: 'text', text: 'hello' });
  assert.deepEqual(text.headers, { 'content-type': 'text/plain' });
});

test('a query that is not in the address is put there', () => {
  assert.deepEqual(only({ queryString: [{ name: 'q', value: 'a%20b' }] }).query, { q: 'a b' });
  assert.deepEqual(only({ url: `${HOST}/?q=1`, queryString: [{ name: 'q', value: '1' }] }).query, {});
});

test('cookies and authorization are kept out of the plan, and handed on beside it', () => {
  const { plan, secretValues, notes } = made(
    imported({
      headers: { Authorization: 'Bearer abc123' },
      cookies: [
        { name: 'sid', value: 's3cret' },
        { name: 'theme', value: 'dark' },
      ],
    }),
  );
  const yaml = writePlan(plan);
  assert.doesNotMatch(yaml, /abc123|s3cret/);
  assert.deepEqual(plan.secrets, { api_token: 'API_TOKEN', cookie: 'COOKIE' });
  assert.deepEqual(secretValues, { api_token: 'abc123', cookie: 'sid=s3cret; theme=dark' });
  assert.doesNotMatch(notes.join(), /abc123|s3cret/);
});

test('several entries are steps in the order of their times, with the pauses between them', () => {
  const { plan } = made(
    imported(
      { url: `${HOST}/b`, at: 1540, took: 20 },
      { url: `${HOST}/a`, at: 0, took: 40 },
      { url: `${HOST}/c`, at: 1550, took: 5 },
      { url: `${HOST}/d`, at: 1563, took: 5 },
    ),
  );
  const steps = plan.scenarios[0]!.steps;
  assert.deepEqual(
    steps.map(({ url, think }) => [url, think]),
    [
      ['/a', null],
      ['/b', [1500, 1500]],
      ['/c', null],
      ['/d', null],
    ],
  );
  const read = readPlan(writePlan(plan), path.resolve('a.load.yaml'), {}).plan;
  assert.deepEqual(read, plan);
});

test('what goes elsewhere, what browsers ask by themselves and what no plan can send is left out, and said once', () => {
  const requests = imported(
    { url: 'http://cdn.example/a.js' },
    { url: `${HOST}/a` },
    { url: 'data:image/png;base64,AAAA' },
    { url: `${HOST}/b`, method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } },
    { url: `${HOST}/b`, method: 'POST' },
    { url: 'http://cdn.example/b.js', method: 'PROPFIND' },
  );
  assert.deepEqual(
    requests.map(({ method, url }) => `${method} ${url}`),
    [`GET ${HOST}/a`, `POST ${HOST}/b`],
  );
  assert.deepEqual(made(requests).notes, [
    '1 request was left out: no address of HTTP.',
    '1 request was left out: a browser asked whether it may (CORS).',
    '1 request was left out: a plan sends no PROPFIND.',
    `1 request was to http://cdn.example left out: the load goes to ${HOST}.`,
  ]);
});

test('one entry is chosen by its number, several by a text', () => {
  const text = har(
    entry({ url: `${HOST}/a` }),
    entry({ url: `${HOST}/b`, method: 'POST' }),
    entry({ url: 'http://127.0.0.1:9000/b' }),
  );
  const urls = (choice: Partial<HarChoice>): string[] =>
    importHar(text, FILE, { entry: null, match: null, ...choice }).map(({ url }) => url);
  assert.deepEqual(urls({ entry: 3 }), ['http://127.0.0.1:9000/b']);
  assert.deepEqual(urls({ match: 'post http' }), [`${HOST}/b`]);
  assert.match(
    messageOf(() => urls({ entry: 4 })),
    /shop\.har has no entry 4.*there are 3/,
  );
  assert.match(
    messageOf(() => urls({ match: '/aa' })),
    /no request with "\/aa".*did you mean "\/a"/,
  );
});

test('a broken file is answered with what is wrong and where', () => {
  assert.match(
    messageOf(() => importHar('', FILE)),
    /^shop\.har is empty/,
  );
  assert.match(
    messageOf(() => importHar('{"log": {\n  "entries": [{]\n}}', FILE)),
    /^shop\.har:2:16: This is not JSON: /,
  );
  assert.match(
    messageOf(() => importHar('{"log": {"entries": [', FILE)),
    /^shop\.har:1:22: This is not JSON/,
  );
  assert.match(
    messageOf(() => importHar('[]', FILE)),
    /not an HTTP Archive: the file must be a map/,
  );
  assert.match(
    messageOf(() => importHar('{"log": {"entries": 3}}', FILE)),
    /log\.entries must be a list/,
  );
  assert.match(
    messageOf(() => importHar(har(), FILE)),
    /has no request that a plan can send/,
  );
  const partly = importHar(har(entry({}), { request: { method: 'GET' } }, 3, entry({ url: `${HOST}/z` })), FILE);
  assert.equal(partly.length, 2);
  const line = har(entry({}), { request: { method: 'GET' } })
    .split('\n')
    .findLastIndex((text) => text.includes('"request": {'));
  assert.deepEqual(partly[0]!.notes, [
    `Entry 2 (line ${line + 1}) was left out: its request.url is missing or of another kind.`,
    'Entry 3 was left out: it is no map.',
  ]);
});

test('more requests than a plan takes are not made into one', () => {
  const many = har(...Array.from({ length: 1001 }, (_, at) => entry({ url: `${HOST}/${at}`, at })));
  assert.match(
    messageOf(() => importHar(many, FILE)),
    /1001 requests.*--match/,
  );
});

test('a recording of 40 MB is read within seconds', () => {
  const big = entry({ url: `${HOST}/big` }) as { response: { content: { text: string } } };
  big.response.content.text = 'x"\\\n'.repeat(10_000);
  const text = har(...Array.from({ length: 700 }, () => big));
  assert.ok(text.length > 40_000_000, String(text.length));
  const began = performance.now();
  assert.equal(importHar(text, FILE).length, 700);
  assert.ok(performance.now() - began < 10_000);
});

test('an entry stands where its request does', () => {
  const text = har(entry({}), entry({ url: 'data:,' }), entry({ url: `${HOST}/z` }));
  const lines = text.split('\n').flatMap((line, at) => (/^\s*"request": \{/.test(line) ? at + 1 : []));
  assert.deepEqual(harRequestLines(text), lines);
  assert.deepEqual(
    harRequests(text, FILE).map(({ entry: number, line, label }) => [number, line, label]),
    [
      [1, lines[0], `GET ${HOST}/`],
      [3, lines[2], `GET ${HOST}/z`],
    ],
  );
  assert.deepEqual(
    importHar(text, FILE).map(({ line }) => line),
    [lines[0], lines[2]],
  );
});

test('a recording is known by its name or its content, also on the command line', async () => {
  const text = har(entry({ url: `${HOST}/a` }), entry({ url: `${HOST}/b` }));
  assert.equal(importRequests(text, 'recording.json', null).length, 2);
  assert.equal(importRequests(text, 'x.har', 'GET /b').length, 1);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'har-'));
  const source = path.join(folder, FILE);
  const out = path.join(folder, 'b.load.yaml');
  writeFileSync(source, text);
  const run = (...args: string[]): Promise<unknown> => planCommand().parseAsync(args, { from: 'user' });
  await run(source, '--entry', '2', '--out', out);
  assert.match(readFileSync(out, 'utf8'), /^target: http:\/\/127\.0\.0\.1:8000\/b$/m);
  await assert.rejects(run(source, '--match', '/none'), { name: 'PlanError', message: /no request with "\/none"/ });
  await assert.rejects(run(HOST, '--entry', '2'), { name: 'PlanError', message: /are for a recording/ });
});
