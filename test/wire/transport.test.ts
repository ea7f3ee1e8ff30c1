import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type tls from 'node:tls';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { answering, listen } from '../support/answering-server.ts';
import { type Authority, makeAuthority } from '../support/certificates.ts';
import { answeredRun, refusedRun } from '../support/expected-run.ts';
import { planOf, scenarioOf, stepTo, withTarget } from '../support/plans.ts';

// How requests travel: each against a server that knows how they came.

let cwd = '';
let authority: Authority;
let stranger: Authority;
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-transport-'));
  [authority, stranger] = await Promise.all([makeAuthority(cwd), makeAuthority(cwd)]);
});
after(() => rm(cwd, { recursive: true, force: true }));

async function serverIdentity({ server }: Authority): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(server.cert), key: await readFile(server.key) };
}

const short = steadyRate(50, 600, 'constant');

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
        const { document } = await answeredRun(
          withTarget(plan, { http: protocol, streams: 8 }, { ca: authority.ca }),
          cwd,
        );
        assert.equal(document.target.protocol, 'h2');
        assert.equal(document.health.connections, 3);
        // And the preflight's own.
        assert.equal(sessions, 4);
        assert.equal(most, 24);
        assert.ok(versions.every((version) => version === '2.0'));
      }
    } finally {
      running.stop();
    }
  });

  test('of two origins only the one that speaks HTTP/2 gets several requests at a time on a connection', async () => {
    const identity = await serverIdentity(authority);
    const most = { old: 0, new: 0 };
    type Listener = (request: unknown, response: { end(body: string): unknown }) => void;
    const slowly = (name: keyof typeof most, ms: number): Listener => {
      let under = 0;
      return (_, response) => {
        most[name] = Math.max(most[name], ++under);
        setTimeout(() => {
          under--;
          response.end('{}');
        }, ms);
      };
    };
    const plain = https.createServer(identity, slowly('old', 10));
    const modern = http2.createSecureServer(identity);
    modern.on('request', slowly('new', 60));
    const [first, second] = await Promise.all([listen(plain), listen(modern)]);
    try {
      const [old, young] = [`https://127.0.0.1:${first.port}`, `https://127.0.0.1:${second.port}`];
      const plan = planOf(`${old}/`, steadyUsers(24, 1000), {
        connections: 2,
        scenarios: [scenarioOf(stepTo(`${old}/`), stepTo(`${young}/`))],
      });
      const wanted = withTarget(plan, { http: 'auto', streams: 8 }, { ca: authority.ca });
      const { document } = await answeredRun(wanted, cwd);
      assert.equal(document.target.protocol, 'http/1.1');
      assert.equal(most.old, 2);
      assert.ok(most.new > 2, `${most.new} at a time`);
    } finally {
      first.stop();
      second.stop();
    }
  });

  test('HTTP/2 without TLS, where it is asked for', async () => {
    const server = http2.createServer(answering(({ httpVersion }) => ({ body: JSON.stringify({ httpVersion }) })));
    const running = await listen(server);
    try {
      const check = { on: 'json', path: '$.httpVersion', test: 'equals', value: '2.0' } as const;
      const step = stepTo('/', { method: 'POST', body: { kind: 'json', value: { a: 1 } }, checks: [check] });
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios: [scenarioOf(step)] });
      const { document } = await answeredRun(withTarget(plan, { http: '2' }), cwd);
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
      answering(({ httpVersion }) => {
        versions.add(httpVersion);
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const plan = planOf(`https://127.0.0.1:${running.port}/`, short);
      const { document } = await answeredRun(withTarget(plan, { http: 'auto' }, { ca: authority.ca }), cwd);
      assert.equal(document.target.protocol, 'http/1.1');
      assert.deepEqual([...versions], ['1.1']);
      const said = await refusedRun(withTarget(plan, { http: '2' }, { ca: authority.ca }), cwd);
      assert.match(said, /does not offer HTTP\/2.*http: auto/);
    } finally {
      running.stop();
    }
  });

  test('a certificate is believed where its authority or its name is given, or nothing is verified', async () => {
    const names: (string | false | null)[] = [];
    const server = https.createServer(
      await serverIdentity(authority),
      answering((request) => {
        names.push((request.socket as unknown as { servername: string | false | null }).servername);
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const url = `https://127.0.0.1:${running.port}/`;
      await answeredRun(withTarget(planOf(url, short), {}, { ca: authority.ca, serverName: 'model.test' }), cwd);
      assert.deepEqual([...new Set(names)], ['model.test']);
      await answeredRun(withTarget(planOf(url, short), {}, { verify: false }), cwd);
      const wrong = await refusedRun(withTarget(planOf(url, short), {}, { ca: stranger.ca }), cwd);
      assert.match(wrong, /certificate.*tls\.ca/s);
      assert.match(await refusedRun(planOf(url, short), cwd), /certificate.*tls\.ca/s);
      const other = await refusedRun(
        withTarget(planOf(url, short), {}, { ca: authority.ca, serverName: 'other.test' }),
        cwd,
      );
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
      answering(({ socket }) => {
        shown.add(String((socket as tls.TLSSocket).getPeerCertificate().subject.CN));
        return {};
      }),
    );
    const running = await listen(server);
    try {
      const plan = planOf(`https://127.0.0.1:${running.port}/`, short);
      await answeredRun(withTarget(plan, {}, { ca: authority.ca, ...authority.client }), cwd);
      assert.deepEqual([...shown], ['client']);
      assert.match(await refusedRun(withTarget(plan, {}, { ca: authority.ca }), cwd), /client certificate.*tls\.cert/s);
      // Node's server says nothing to one it does not know, and hangs up.
      const unknown = await refusedRun(withTarget(plan, {}, { ca: authority.ca, ...stranger.client }), cwd);
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
        answering((request) => {
          hosts.add(request.headers.host ?? '');
          return {};
        }),
      ),
      socket,
    );
    try {
      const { document } = await answeredRun(withTarget(planOf('http://model.test/predict', short), { socket }), cwd);
      assert.equal(document.target.address, socket);
      assert.deepEqual([...hosts], ['model.test']);
      assert.equal(document.load.completed, 30);
    } finally {
      running.stop();
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
  const running = await listen(http.createServer(answering(() => ({}))));
  const options = process.env['NODE_OPTIONS'];
  try {
    const plan = planOf(`http://localhost:${running.port}/`, short, { generators: 2 });
    process.env['NODE_OPTIONS'] = `--require ${JSON.stringify(preload)}`;
    const finished = answeredRun(withTarget(plan, { keepAlive: false }), cwd);
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
