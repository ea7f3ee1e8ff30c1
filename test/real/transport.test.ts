import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type tls from 'node:tls';
import zlib from 'node:zlib';
import { type Plan, type Step, steadyRate, steadyUsers, type Target, type Tls } from '../../src/load/plan/plan.ts';
import { RunnerError } from '../../src/runner/messages.ts';
import { type Authority, makeAuthority } from '../support/certificates.ts';
import { type FinishedRun, runPlan } from '../support/finished-run.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

// How requests travel: each against a server that knows how they came.

let cwd = '';
let authority: Authority;
let stranger: Authority;
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-transport-'));
  [authority, stranger] = await Promise.all([makeAuthority(cwd), makeAuthority(cwd)]);
});
after(() => rm(cwd, { recursive: true, force: true }));

type Handler = (request: http.IncomingMessage | http2.Http2ServerRequest, body: Buffer) => Answer;
interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Answers with what `handle` makes of a request, whichever protocol it came by. */
function listener(
  handle: Handler,
): (
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse,
) => void {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status = 200, headers = {}, body = '{}' } = handle(request, Buffer.concat(chunks));
      (response as http.ServerResponse).writeHead(status, headers);
      (response as http.ServerResponse).end(body);
    });
  };
}

interface Running {
  readonly port: number;
  stop(): void;
}

async function listen(server: net.Server, at: number | string = 0): Promise<Running> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function serverIdentity({ server }: Authority): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(server.cert), key: await readFile(server.key) };
}

function withTarget(plan: Plan, target: Partial<Omit<Target, 'tls'>>, tls: Partial<Tls> = {}): Plan {
  return { ...plan, target: { ...plan.target, ...target, tls: { ...plan.target.tls, ...tls } } };
}

const short = steadyRate(50, 600, 'constant');

/** Runs, and expects every request of the load to be answered. */
async function answered(plan: Plan): Promise<FinishedRun> {
  const finished = await runPlan(plan, cwd);
  const { load, errors } = finished.document;
  assert.ok(load.completed > 0 && load.failed === 0 && load.dropped === 0, JSON.stringify({ load, errors }));
  return finished;
}

/** What a run that does not get past its preflight says. */
async function refusal(plan: Plan): Promise<string> {
  const error = await runPlan(plan, cwd).then(
    () => assert.fail('It should not have passed the preflight.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RunnerError, String(error));
  assert.equal(error.code, 3, error.message);
  assert.ok(!error.message.includes('\n    at '), error.message);
  return error.message;
}

describe('protocols', { concurrency: 2 }, () => {
  test('HTTP/2 over TLS carries many requests on few connections', async () => {
    const versions: string[] = [];
    const server = http2.createSecureServer({ ...(await serverIdentity(authority)), allowHTTP1: true });
    let sessions = 0;
    let [under, most] = [0, 0];
    server.on('session', () => sessions++);
    server.on('request', (request, response) => {
      versions.push(request.httpVersion);
      most = Math.max(most, ++under);
      setTimeout(() => {
        under--;
        response.end('{}');
      }, 10);
    });
    const running = await listen(server);
    try {
      for (const protocol of ['2', 'auto'] as const) {
        [sessions, most, versions.length] = [0, 0, 0];
        const plan = planOf(`https://127.0.0.1:${running.port}/`, steadyUsers(24, 1000), { connections: 3 });
        const { document, requests } = await answered(
          withTarget(plan, { http: protocol, streams: 8 }, { ca: authority.ca }),
        );
        assert.equal(document.target.protocol, 'h2');
        assert.equal(document.health.connections, 3);
        // And the preflight's own.
        assert.equal(sessions, 4);
        assert.equal(most, 24);
        assert.ok(requests.length > 500, `${requests.length} requests`);
        assert.ok(versions.every((version) => version === '2.0'));
      }
    } finally {
      running.stop();
    }
  });

  test('HTTP/2 without TLS, where it is asked for', async () => {
    const server = http2.createServer(listener(({ httpVersion }) => ({ body: JSON.stringify({ httpVersion }) })));
    const running = await listen(server);
    try {
      const check = { on: 'json', path: '$.httpVersion', test: 'equals', value: '2.0' } as const;
      const step = stepTo('/', { method: 'POST', body: { kind: 'json', value: { a: 1 } }, checks: [check] });
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios: [scenarioOf(step)] });
      const { document } = await answered(withTarget(plan, { http: '2' }));
      assert.equal(document.target.protocol, 'h2');
      assert.equal(document.load.completed, 30);
    } finally {
      running.stop();
    }
  });

  test('a server without HTTP/2: auto takes 1.1, and asking for 2 says what to ask for', async () => {
    const versions = new Set<string>();
    const server = https.createServer(
      await serverIdentity(authority),
      listener(({ httpVersion }) => {
        versions.add(httpVersion);
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const plan = planOf(`https://127.0.0.1:${running.port}/`, short);
      const { document } = await answered(withTarget(plan, { http: 'auto' }, { ca: authority.ca }));
      assert.equal(document.target.protocol, 'http/1.1');
      assert.deepEqual([...versions], ['1.1']);
      const said = await refusal(withTarget(plan, { http: '2' }, { ca: authority.ca }));
      assert.match(said, /does not offer HTTP\/2.*http: auto/);
    } finally {
      running.stop();
    }
  });

  test('a certificate is believed where its authority or its name is given, or nothing is verified', async () => {
    const names: (string | false | null)[] = [];
    const server = https.createServer(
      await serverIdentity(authority),
      listener((request) => {
        names.push((request.socket as unknown as { servername: string | false | null }).servername);
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const url = `https://127.0.0.1:${running.port}/`;
      await answered(withTarget(planOf(url, short), {}, { ca: authority.ca, serverName: 'model.test' }));
      assert.deepEqual([...new Set(names)], ['model.test']);
      await answered(withTarget(planOf(url, short), {}, { verify: false }));
      const wrong = await refusal(withTarget(planOf(url, short), {}, { ca: stranger.ca }));
      assert.match(wrong, /certificate.*tls\.ca/s);
      assert.match(await refusal(planOf(url, short)), /certificate.*tls\.ca/s);
      const other = await refusal(withTarget(planOf(url, short), {}, { ca: authority.ca, serverName: 'other.test' }));
      assert.match(other, /certificate.*tls\.serverName.*other\.test/s);
    } finally {
      running.stop();
    }
  });

  test('a client certificate is shown to a server that requires one', async () => {
    const shown = new Set<string>();
    const server = https.createServer(
      {
        ...(await serverIdentity(authority)),
        ca: await readFile(authority.ca),
        requestCert: true,
        rejectUnauthorized: true,
      },
      listener(({ socket }) => {
        shown.add(String((socket as tls.TLSSocket).getPeerCertificate().subject.CN));
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const plan = planOf(`https://127.0.0.1:${running.port}/`, short);
      await answered(withTarget(plan, {}, { ca: authority.ca, ...authority.client }));
      assert.deepEqual([...shown], ['client']);
      assert.match(await refusal(withTarget(plan, {}, { ca: authority.ca })), /client certificate.*tls\.cert/s);
      // Node's server says nothing to one it does not know, and hangs up.
      const unknown = await refusal(withTarget(plan, {}, { ca: authority.ca, ...stranger.client }));
      assert.match(unknown, /closed the connection/);
    } finally {
      running.stop();
    }
  });

  test('a Unix socket', async () => {
    const socket = path.join(cwd, 'app.sock');
    const hosts = new Set<string>();
    const running = await listen(
      http.createServer(
        listener((request) => {
          hosts.add(request.headers.host ?? '');
          return {};
        }),
      ),
      socket,
    );
    try {
      const { document } = await answered(withTarget(planOf('http://model.test/predict', short), { socket }));
      assert.equal(document.target.address, socket);
      assert.deepEqual([...hosts], ['model.test']);
      assert.equal(document.load.completed, 30);
    } finally {
      running.stop();
    }
  });
});

describe('bodies', { concurrency: 2 }, () => {
  async function against(handle: Handler, step: Partial<Step>, target: Partial<Target> = {}): Promise<FinishedRun> {
    const running = await listen(http.createServer(listener(handle)));
    try {
      const scenarios = [scenarioOf(stepTo('/', step))];
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios });
      return await answered(withTarget(plan, target));
    } finally {
      running.stop();
    }
  }

  test('compressed answers are asked for only where wanted, and checked uncompressed', async () => {
    const answer = JSON.stringify({ label: 'cat', padding: 'x'.repeat(20_000) });
    const packed = { gzip: zlib.gzipSync(answer), br: zlib.brotliCompressSync(answer) };
    const check = { on: 'json', path: '$.label', test: 'equals', value: 'cat' } as const;
    for (const [encoding, body] of Object.entries(packed)) {
      const handle: Handler = ({ headers }) => {
        assert.ok(String(headers['accept-encoding']).includes(encoding));
        return { headers: { 'content-type': 'application/json', 'content-encoding': encoding }, body };
      };
      const { measured } = await against(handle, { checks: [check] }, { compression: true });
      // What came over the wire, not what it was unpacked to.
      assert.ok(measured.bytes.every((bytes) => bytes === body.length));
    }
    const plain: Handler = ({ headers }) => ({
      status: headers['accept-encoding'] === undefined ? 200 : 400,
      headers: { 'content-type': 'application/json' },
      body: answer,
    });
    await against(plain, { checks: [check] });
  });

  test('files are sent as they are, alone and as parts of a form', async () => {
    // Every byte there is, line ends and dashes among them.
    const bytes = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), randomBytes(50_000)]);
    const file = path.join(cwd, 'picture.png');
    await writeFile(file, bytes);
    const alone: Handler = ({ headers }, body) => ({
      status: headers['content-type'] === 'image/png' && body.equals(bytes) ? 200 : 400,
    });
    await against(alone, { method: 'PUT', body: { kind: 'file', file } });
    const form: Handler = ({ headers }, body) => ({
      status: formIsRight(String(headers['content-type']), body, bytes) ? 200 : 400,
    });
    const parts = [
      { name: 'label', value: 'no ${counter}' },
      { name: 'picture', file, filename: 'cat ${counter}.png', type: 'image/png' },
    ];
    const { document } = await against(form, { method: 'POST', body: { kind: 'multipart', parts } });
    assert.equal(document.load.completed, 30);
  });

  function formIsRight(contentType: string, body: Buffer, bytes: Buffer): boolean {
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(contentType)?.[1] ?? 'none';
    const text = body.toString('latin1');
    const [before, label, picture, end] = text.split(`--${boundary}`);
    const head = picture?.slice(0, picture.indexOf('\r\n\r\n') + 4) ?? '';
    const content = Buffer.from(picture?.slice(head.length, -2) ?? '', 'latin1');
    return (
      before === '' &&
      end === '--\r\n' &&
      /^\r\nContent-Disposition: form-data; name="label"\r\n\r\nno \d+\r\n$/.test(label ?? '') &&
      /name="picture"; filename="cat \d+\.png"\r\nContent-Type: image\/png\r\n\r\n$/.test(head) &&
      content.equals(bytes)
    );
  }

  test('redirects are answers, unless they are to be followed, and never to another origin', async () => {
    const reached: string[] = [];
    const elsewhere = await listen(
      http.createServer(
        listener(() => {
          reached.push('elsewhere');
          return {};
        }),
      ),
    );
    const handle: Handler = ({ method, url }, body) => {
      reached.push(`${method} ${url} ${body}`);
      const to = {
        '/': '/second',
        '/second': '/third?x=1',
        '/away': `http://127.0.0.1:${elsewhere.port}/`,
        '/round': '/round',
      }[url!];
      return to === undefined ? {} : { status: 302, headers: { location: to } };
    };
    const running = await listen(http.createServer(listener(handle)));
    try {
      const planTo = (url: string, redirects: number, step: Partial<Step> = {}): Plan => {
        const scenarios = [scenarioOf(stepTo(url, step))];
        const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios });
        return withTarget(plan, { redirects });
      };
      const first = await answered(planTo('/', 0));
      assert.ok(first.measured.status.every((status) => status === 302));
      assert.deepEqual([...new Set(reached)], ['GET / ']);
      reached.length = 0;
      const followed = await answered(planTo('/', 3, { method: 'POST', body: { kind: 'text', text: 'hello' } }));
      assert.ok(followed.measured.status.every((status) => status === 200));
      // A browser asks for where a POST was sent on with GET (Fetch, HTTP-redirect fetch).
      const often = followed.requests.length + 2;
      for (const each of ['POST / hello', 'GET /second ', 'GET /third?x=1 ']) {
        assert.equal(reached.filter((one) => one === each).length, often, each);
      }
      assert.equal(reached.length, 3 * often);
      const one = await answered(planTo('/', 1));
      assert.ok(
        one.measured.status.every((status) => status === 302),
        'the second one is an answer',
      );
      const round = await answered(planTo('/round', 5));
      assert.ok(round.measured.status.every((status) => status === 302));
      assert.match(await refusal(planTo('/away', 3)), /redirects to http:\/\/127\.0\.0\.1:\d+, which is not followed/);
      assert.ok(!reached.includes('elsewhere'));
    } finally {
      running.stop();
      elsewhere.stop();
    }
  });
});

test('a host name is looked up once, and where it led is said', async () => {
  const [asked, preload] = [path.join(cwd, 'lookups'), path.join(cwd, 'count-lookups.cjs')];
  await writeFile(asked, '');
  // Every way Node has to a name goes through one of these two; each process of the run writes down what it asked.
  await writeFile(
    preload,
    `const dns = require('node:dns');
    const { appendFileSync } = require('node:fs');
    for (const holder of [dns, dns.promises]) {
      const { lookup } = holder;
      holder.lookup = (name, ...rest) => {
        appendFileSync(${JSON.stringify(asked)}, name + '\\n');
        return lookup.call(holder, name, ...rest);
      };
    }`,
  );
  const running = await listen(http.createServer(listener(() => ({}))));
  const options = process.env['NODE_OPTIONS'];
  try {
    const plan = planOf(`http://localhost:${running.port}/`, short, { generators: 2 });
    process.env['NODE_OPTIONS'] = `--require ${JSON.stringify(preload)}`;
    const finished = answered(withTarget(plan, { keepAlive: false }));
    if (options === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = options;
    const { document } = await finished;
    assert.equal(document.load.completed, 30);
    assert.equal(document.target.address, '127.0.0.1');
    assert.deepEqual((await readFile(asked, 'utf8')).trim().split('\n'), ['localhost']);
  } finally {
    running.stop();
  }
});
