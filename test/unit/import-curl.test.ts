import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { importCurlLines } from '../../src/load/plan/import/curl/curl.ts';
import type { ImportedRequest } from '../../src/load/plan/import/imported-request.ts';
import { planOf } from '../../src/load/plan/import/plan-of.ts';
import { NO_TLS } from '../../src/load/plan/plain-plan.ts';
import type { Body } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { prepareStep } from '../../src/load/scenario/prepared-step.ts';
import { valuesOf } from '../support/iteration-values.ts';

/** What stands for the server in a line. */
const SERVER = 'http://127.0.0.1:8000';

interface Expected {
  readonly line: string;
  readonly method?: string;
  readonly url?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Body | null;
}

const importCurl = (line: string): ImportedRequest => importCurlLines(line)[0]!;
const json = (value: unknown): Body => ({ kind: 'json', value });
const form = (fields: Record<string, string>): Body => ({ kind: 'form', fields });
const text = (content: string): Body => ({ kind: 'text', text: content });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ACCEPT = { accept: 'application/json' };

/** Every line is also given to curl, where there is one, and what that sends is compared with what the plan would send. */
const TABLE: readonly Expected[] = [
  { line: `curl ${SERVER}` },
  { line: `curl -sSX POST ${SERVER}/x`, method: 'POST', url: '/x' },
  { line: `curl -XDELETE -sS ${SERVER}/x`, method: 'DELETE', url: '/x' },
  { line: `curl --url ${SERVER}/x -I`, method: 'HEAD', url: '/x' },
  { line: `curl ${SERVER}/x#part -o /dev/null -w '%{http_code}'`, url: '/x' },
  { line: `curl '${SERVER}/x?a=1&b=%20c'`, url: '/x?a=1&b=%20c' },
  {
    line: `curl -H 'X-One: a: b' -H "x-two:c" -H 'X-Empty;' -H 'Expect:' ${SERVER}`,
    headers: { 'x-one': 'a: b', 'x-two': 'c', 'x-empty': '' },
  },
  { line: `curl -H 'Accept: a/b' -H 'X-A: 1' -H 'X-A: 2' ${SERVER}`, headers: { accept: 'a/b', 'x-a': '1, 2' } },
  {
    line: `curl ${SERVER} -A me -e http://there/ -b a=1`,
    headers: { 'user-agent': 'me', referer: 'http://there/', cookie: 'a=1' },
  },
  { line: `curl ${SERVER} -H 'Cookie: z=1' -b 'a=1'`, headers: { cookie: 'z=1' } },
  { line: `curl -u user:p@ss:w ${SERVER}`, headers: { authorization: 'Basic dXNlcjpwQHNzOnc=' } },
  { line: `curl -u a:b -H 'Authorization: Bearer t' ${SERVER}`, headers: { authorization: 'Bearer t' } },
  { line: `curl --oauth2-bearer tok ${SERVER}`, headers: { authorization: 'Bearer tok' } },
  { line: `curl -r 0-5 ${SERVER}`, headers: { range: 'bytes=0-5' } },
  { line: `curl -d a=1 -d 'b=x y' ${SERVER}`, method: 'POST', body: form({ a: '1', b: 'x y' }) },
  { line: `curl -d 'a=1&b=%26' ${SERVER}`, method: 'POST', body: form({ a: '1', b: '&' }) },
  { line: `curl -d t=1 -d t=2 ${SERVER}`, method: 'POST', headers: FORM, body: text('t=1&t=2') },
  { line: `curl -d hello ${SERVER}`, method: 'POST', headers: FORM, body: text('hello') },
  { line: `curl -d '' ${SERVER}`, method: 'POST', headers: FORM, body: text('') },
  { line: `curl --data-raw @x ${SERVER}`, method: 'POST', headers: FORM, body: text('@x') },
  { line: `curl -d '{"a": 1}' ${SERVER}`, method: 'POST', headers: FORM, body: text('{"a": 1}') },
  {
    line: `curl -H 'Content-Type: application/json' -d '{"a": 1, "b": ["c", null]}' ${SERVER}`,
    method: 'POST',
    body: json({ a: 1, b: ['c', null] }),
  },
  {
    line: `curl -H 'Content-Type: application/json' -d '{"temperature": 1.0}' ${SERVER}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text('{"temperature": 1.0}'),
  },
  {
    line: `curl -H 'Content-Type: application/json; charset=utf-8' -X PUT -d '{}' ${SERVER}`,
    method: 'PUT',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: json({}),
  },
  { line: `curl --json '{"a":' --json '1}' ${SERVER}`, method: 'POST', headers: ACCEPT, body: json({ a: 1 }) },
  { line: `curl --json '{}' -H 'Accept: x/y' ${SERVER}`, method: 'POST', headers: { accept: 'x/y' }, body: json({}) },
  {
    line: `curl --data-urlencode 'a=b c~*é' --data-urlencode 'd=&' ${SERVER}`,
    method: 'POST',
    body: form({ a: 'b c~*é', d: '&' }),
  },
  {
    line: `curl --data-urlencode '=x&y' --data-urlencode 'no eq' ${SERVER}`,
    method: 'POST',
    headers: FORM,
    body: text('x%26y&no+eq'),
  },
  { line: `curl -G ${SERVER}/x -d a=1 --data-urlencode 'q=b c'`, url: '/x', query: { a: '1', q: 'b c' } },
  { line: `curl -G '${SERVER}/x?z=1' -d t=1 -d t=2`, url: '/x?z=1&t=1&t=2' },
  { line: `curl -GI ${SERVER}/x -d a=1`, method: 'HEAD', url: '/x', query: { a: '1' } },
  { line: `curl --url-query 'a=b c' -d x=1 ${SERVER}`, method: 'POST', query: { a: 'b c' }, body: form({ x: '1' }) },
  {
    line: `curl -F 'a=1' -F 'f=@picture.png' -F 'g=@sound.wav;type=audio/wav;filename="s \\"1\\".wav"' --form-string 'h=@i;type=j' ${SERVER}`,
    method: 'POST',
    body: {
      kind: 'multipart',
      parts: [
        { name: 'a', value: '1' },
        { name: 'f', file: 'picture.png', filename: 'picture.png', type: 'image/png' },
        { name: 'g', file: 'sound.wav', filename: 's "1".wav', type: 'audio/wav' },
        { name: 'h', value: '@i;type=j' },
      ],
    },
  },
  {
    line: `curl --data-binary @sound.wav -H 'Content-Type: audio/wav' ${SERVER}`,
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: { kind: 'file', file: 'sound.wav' },
  },
  {
    line: `curl --json @body.json ${SERVER}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ACCEPT },
    body: { kind: 'file', file: 'body.json' },
  },
  {
    line: `curl -d @body.json -H 'content-type: application/json' ${SERVER}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: { kind: 'file', file: 'body.json' },
  },
  { line: `curl --compressed ${SERVER}` },
  { line: `curl -H 'Accept-Encoding: gzip, br' ${SERVER}` },
  { line: `curl ${SERVER}/a/../b`, url: '/a/../b' },
  // Quotes, escapes, lines that go on.
  {
    line: `curl ${SERVER}/x \\\n  -H "accept: */*" \\\n  -H 'content-type: application/json' \\\n  --data-raw $'{"q": "it\\'s\\u0021 \\xe2\\x82\\xac \\\\n"}'`,
    method: 'POST',
    url: '/x',
    headers: { accept: '*/*' },
    body: json({ q: "it's! € \n" }),
  },
  { line: `curl ${SERVER}/x -d "a=\\"\\$5\\" 'b' \\x" `, method: 'POST', url: '/x', body: form({ a: `"$5" 'b' \\x` }) },
  { line: `curl ${SERVER}/x -d a='b'"c"\\ d`, method: 'POST', url: '/x', body: form({ a: 'bc d' }) },
  {
    line: `curl --json @- ${SERVER} <<'EOF'\n{"a": "it's"}\nEOF\n`,
    method: 'POST',
    headers: ACCEPT,
    body: json({ a: "it's" }),
  },
  {
    line: `curl -H 'Content-Type: application/json' ${SERVER} -d "$(cat <<EOF\n{"a": "b\\$c"}\nEOF\n)" | cat > /dev/null`,
    method: 'POST',
    body: json({ a: 'b$c' }),
  },
  { line: `curl -s ${SERVER}/x 2>/dev/null && true`, url: '/x' },
];

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Null where there is none that knows all of the options, or no shell to read the lines. */
function curlVersion(): string | null {
  const { status, stdout } = spawnSync('curl', ['--version'], { encoding: 'utf8' });
  const [, version, major, minor] = /^curl ((\d+)\.(\d+)\S*)/.exec(stdout ?? '') ?? [];
  const knowsAll = Number(major) > 7 || Number(minor) >= 87;
  return status === 0 && knowsAll && spawnSync('bash', ['-c', 'true']).status === 0 ? (version ?? null) : null;
}

const curl = curlVersion();
const NO_CURL = 'curl 7.87 or newer and bash are needed (Debian: apt install curl bash)';
const folder = mkdtempSync(path.join(os.tmpdir(), 'import-curl-'));
writeFileSync(path.join(folder, 'picture.png'), 'png');
writeFileSync(path.join(folder, 'sound.wav'), 'one\r\ntwo');
writeFileSync(path.join(folder, 'body.json'), '{"a":[1,2]}');

/** Without the settings of whoever runs this. */
const env = { ...process.env, CURL_HOME: folder, HOME: folder, no_proxy: '*' };

let received: Received[] = [];
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  received.push({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') });
  response.end('{}');
});

before(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
after(() => void server.close());

for (const expected of TABLE) {
  const line = expected.line;
  test(`as curl does: ${line.replace(/\s+/g, ' ')}`, () => {
    const request = importCurl(line);
    assert.deepEqual(
      { method: request.method, url: request.url, query: request.query, headers: request.headers, body: request.body },
      {
        method: expected.method ?? 'GET',
        url: `${SERVER}${expected.url ?? ''}`,
        query: expected.query ?? {},
        headers: expected.headers ?? {},
        body: expected.body ?? null,
      },
    );
    assert.deepEqual(request.variables, {});
  });

  test(`and as curl itself sends it: ${line.replace(/\s+/g, ' ')}`, { skip: curl === null && NO_CURL }, async () => {
    const { port } = server.address() as AddressInfo;
    const real = line.replaceAll(SERVER, `http://127.0.0.1:${port}`);
    received = [];
    await promisify(execFile)('bash', ['-c', real], { cwd: folder, env });
    assert.equal(received.length, 1, 'curl sent one request');
    assert.deepEqual(comparable(sent(importCurl(real))), comparable(received[0]!));
  });
}

/** What the plan made of a request would put on the wire. */
function sent(request: ImportedRequest): Received {
  const { plan } = planOf([request], { folder });
  const step = prepareStep(plan.scenarios[0]!.steps[0]!, plan.target, 0);
  const secrets = Object.fromEntries(Object.keys(plan.secrets).map((name) => [name, 'secret']));
  const values = valuesOf({ secrets });
  const { method, path: url, headers, body } = step.render(values, null);
  const named = Object.fromEntries(
    Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at]!, headers[2 * at + 1]!]),
  );
  const secret = Object.keys(plan.secrets).length > 0;
  // The plan does not hold them, which other tests look at.
  const kept = secret ? { authorization: request.headers['authorization'], cookie: request.headers['cookie'] } : {};
  return { method, url, headers: { ...named, ...kept }, body: (body ?? Buffer.alloc(0)).toString('latin1') };
}

/** What is the same however it is written: in forms and queries the fields, in JSON the value, in multipart all but the boundary. */
function comparable({ method, url, headers, body }: Received): unknown {
  const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...named } = headers;
  const boundary = /boundary=(.*)/.exec(named['content-type'] ?? '')?.[1];
  const type = named['content-type'] ?? '';
  if (/^curl|^tailflame/.test(named['user-agent'] ?? '')) delete named['user-agent'];
  const { pathname, searchParams } = new URL(url, 'http://host');
  return {
    method,
    pathname,
    query: [...searchParams],
    headers: Object.fromEntries(
      Object.entries(named).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value).replace(/boundary=.*/, '')]],
      ),
    ),
    compressed: encoding !== undefined,
    body: boundary
      ? body.replaceAll(boundary, 'boundary')
      : type.startsWith('application/json') && body !== ''
        ? JSON.parse(body)
        : type.startsWith('application/x-www-form') && body.includes('=')
          ? [...new URLSearchParams(body)]
          : body,
  };
}

test('how it is sent is a matter of the target', () => {
  const target = (line: string): unknown => importCurl(`curl ${line} https://127.0.0.1/x`).target;
  assert.deepEqual(target('-k'), { tls: { ...NO_TLS, verify: false } });
  assert.deepEqual(target('--cacert ca.pem --cert "C:\\me.pem:word" --key me.key'), {
    tls: { ...NO_TLS, ca: 'ca.pem', cert: 'C:\\me.pem', key: 'me.key' },
  });
  // A certificate's file may hold its key.
  assert.deepEqual(target('-E me.pem'), { tls: { ...NO_TLS, cert: 'me.pem', key: 'me.pem' } });
  assert.deepEqual(target('--unix-socket /run/app.sock --compressed -L'), {
    socket: '/run/app.sock',
    compression: true,
    redirects: 20,
  });
  assert.deepEqual(target('-L --max-redirs 3'), { redirects: 3 });
  assert.deepEqual(target('--max-redirs 3'), {});
  assert.deepEqual(target('--http2'), { http: 'auto' });
  assert.deepEqual(target('--http2-prior-knowledge'), { http: '2' });
  assert.deepEqual(target('--http1.1'), { http: '1.1' });
  assert.deepEqual(target("-H 'Connection: close' -H 'accept-encoding: br'"), { keepAlive: false, compression: true });
  assert.equal(importCurl('curl -m 2.5 127.0.0.1:8000').timeout, 2500);
});

test('an address without a scheme is one of http', () => {
  assert.equal(importCurl('curl 127.0.0.1:8000/x').url, 'http://127.0.0.1:8000/x');
  assert.equal(importCurl('curl localhost').url, 'http://localhost');
});

test('variables of a shell stay open, and single quotes keep a dollar', () => {
  const request = importCurl(`curl "$HOST/x" -H "X-Key: \${KEY:-none}" -H 'X-Price: $5 \${b}' -d "n=$(nproc --all)"`);
  assert.equal(request.url, '${env.HOST}/x');
  assert.deepEqual(request.headers, { 'x-key': '${env.KEY}', 'x-price': '$5 $${b}' });
  assert.deepEqual(request.body, { kind: 'form', fields: { n: '${env.NPROC_ALL}' } });
  assert.deepEqual(request.variables, { HOST: null, KEY: 'none', NPROC_ALL: null });
  assert.match(request.notes.join(' '), /"nproc --all" is not run: NPROC_ALL/);
});

test('a variable the text sets has that value', () => {
  const [request] = importCurlLines('export HOST=http://127.0.0.1:9000\nKEY="a b"\ncurl $HOST/x -H "X-Key: $KEY"\n');
  assert.deepEqual(request!.variables, { HOST: 'http://127.0.0.1:9000', KEY: 'a b' });
});

test('a dollar before a variable is a dollar', () => {
  const request = importCurl('curl http://h -d "price=\\$$PRICE"');
  const { plan } = planOf([request], { folder });
  const environment = { PRICE: '7' };
  const values = valuesOf({ environment });
  assert.equal(
    prepareStep(plan.scenarios[0]!.steps[0]!, plan.target, 0).render(values, null).body?.toString(),
    'price=%247',
  );
});

test('several lines, and several addresses, are several requests', () => {
  assert.deepEqual(
    importCurlLines(
      `$ curl http://h/a\n# then\ncurl -d x=1 http://h/b ;\ncurl http://h/c http://h/d --next -I http://h/e`,
    ).map(({ method, url }) => `${method} ${url}`),
    ['GET http://h/a', 'POST http://h/b', 'GET http://h/c', 'GET http://h/d', 'HEAD http://h/e'],
  );
});

test('what browsers copy for the command prompt of Windows', () => {
  const copied = [
    'curl ^"http://127.0.0.1:8000/x?a=1^&b=^%^7B^" ^',
    '  -X ^"PUT^" ^',
    '  -H ^"content-type: application/json^" ^',
    '  --data-raw ^"^{^\\^"q^\\^": ^\\^"50^% ^\\\\^\\^"a^\\\\^\\^"^\\^"^}^"',
  ].join('\r\n');
  const request = importCurl(copied);
  assert.equal(request.method, 'PUT');
  assert.equal(request.url, 'http://127.0.0.1:8000/x?a=1&b=%7B');
  assert.deepEqual(request.body, json({ q: '50% "a"' }));
  const typed = importCurl('curl -X POST http://h/x ^\r\n -H "X: %NAME% a^b" ^\r\n -d "{\\"a\\": \\"b\\"}"');
  assert.deepEqual(typed.headers, { x: '${env.NAME} a^b', 'content-type': 'application/x-www-form-urlencoded' });
  assert.deepEqual(typed.body, text('{"a": "b"}'));
  assert.deepEqual(
    importCurl("curl http://h/x ^\n -H 'content-type: application/json' ^\n -d '{\"a\": 1}'").body,
    json({ a: 1 }),
  );
});

test('what is not taken over is said, and never a failure', () => {
  const notes = (line: string): string => importCurl(`curl ${line} http://127.0.0.1`).notes.join('\n');
  assert.match(notes('--proxy http://p:1'), /--proxy of curl is not taken over/);
  assert.match(notes('--compresed'), /curl has no --compresed; did you mean --compressed\?/);
  assert.match(notes('-d @body.json'), /line breaks out of body.json/);
  assert.match(notes('-d a=1 -d @more.txt'), /more.txt is one part of the body/);
  assert.match(notes("-d '{}'"), /sends this body as application\/x-www-form-urlencoded/);
  assert.match(notes('-u me'), /password/);
  assert.match(notes('-b jar.txt'), /jar\.txt/);
  assert.match(notes("-H 'Accept:'"), /sends no header accept/);
  assert.match(notes('-d @-'), /standard input/);
  assert.equal(notes('-sSvif -o out.txt --retry 3 -w x --connect-timeout 1 -N'), '');
  assert.match(importCurl("curl 'http://h/[1-3]'").notes.join(), /several addresses/);
});

test('what is no curl line is said', () => {
  const message = (line: string): string => {
    try {
      importCurl(line);
    } catch (error) {
      assert.ok(error instanceof PlanError);
      return error.message;
    }
    return '';
  };
  assert.match(message('wget http://127.0.0.1'), /not a curl line: "wget http:\/\/127.0.0.1"/);
  assert.match(message(''), /not a curl line: nothing/);
  assert.match(message('curl -sS'), /has no address/);
  assert.match(message('curl ftp://h/x'), /"ftp:\/\/h\/x" is not one of HTTP/);
  assert.match(message('curl -X BREW http://h'), /BREW requests cannot be sent/);
  assert.match(message("curl -d '{ http://h"), /quote that opens at '\{ http:\/\/h is not closed/);
});
