import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Plan, Step, Target } from '../../src/load/plan/plan.ts';
import { answering, type Handler, listen } from '../support/answering-server.ts';
import { answeredRun, refusedRun } from '../support/expected-run.ts';
import type { FinishedRun } from '../support/finished-run.ts';
import { planOf, scenarioOf, stepTo, withTarget } from '../support/plans.ts';

// What goes to a server and comes back, byte by byte, and where answers send the load.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-bodies-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const short = steadyRate(50, 600, 'constant');

describe('bodies', { concurrency: 2 }, () => {
  async function against(handle: Handler, step: Partial<Step>, target: Partial<Target> = {}): Promise<FinishedRun> {
    const running = await listen(http.createServer(answering(handle)));
    try {
      const scenarios = [scenarioOf(stepTo('/', step))];
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios });
      return await answeredRun(withTarget(plan, target), cwd);
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

  test('an answer that comes in pieces is read whole, headers and body, on a connection that is used again', async () => {
    const label = 'c'.repeat(300_000);
    const body = JSON.stringify({ label });
    const head = `HTTP/1.1 200 OK\r\nx-trace: abcdefghijklmnop\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    const whole = head + body;
    // In the middle of the status line, of a header's name, of its value, and of the body.
    const cuts = [5, 21, 30, head.length - 3, head.length + 40_000, head.length + 200_000, whole.length];
    const server = net.createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('data', async () => {
        let from = 0;
        // One after the other: timers that are late do not fire in order.
        for (const to of cuts) {
          socket.write(whole.slice(from, to));
          from = to;
          await sleep(4);
        }
      });
    });
    const running = await listen(server);
    try {
      const checks = [
        { on: 'header', name: 'x-trace', test: 'equals', value: 'abcdefghijklmnop' },
        { on: 'json', path: '$.label', test: 'equals', value: label },
      ] as const;
      const scenarios = [scenarioOf(stepTo('/', { checks }))];
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios, connections: 2 });
      const { measured } = await answeredRun(plan, cwd);
      assert.ok(measured.bytes.every((bytes) => bytes === body.length));
    } finally {
      running.stop();
    }
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

  test('an answer that is larger than checks look into is told as that, and not as an empty one', async () => {
    const body = Buffer.alloc(17 * 1024 * 1024, 'x');
    const running = await listen(http.createServer(answering(() => ({ body }))));
    try {
      const step = stepTo('/', { checks: [{ on: 'body', test: 'nonempty' }] });
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios: [scenarioOf(step)] });
      assert.match(await refusedRun(plan, cwd), /has 17 MB; checks and extractions look into no more than 16\./);
    } finally {
      running.stop();
    }
  });

  test('redirects are answers, unless they are to be followed, and never to another origin', async () => {
    const reached: string[] = [];
    const elsewhere = await listen(
      http.createServer(
        answering(() => {
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
    const running = await listen(http.createServer(answering(handle)));
    try {
      const planTo = (url: string, redirects: number, step: Partial<Step> = {}): Plan => {
        const scenarios = [scenarioOf(stepTo(url, step))];
        const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios });
        return withTarget(plan, { redirects });
      };
      const first = await answeredRun(planTo('/', 0), cwd);
      assert.ok(first.measured.status.every((status) => status === 302));
      assert.deepEqual([...new Set(reached)], ['GET / ']);
      reached.length = 0;
      const followed = await answeredRun(
        planTo('/', 3, { method: 'POST', body: { kind: 'text', text: 'hello' } }),
        cwd,
      );
      assert.ok(followed.measured.status.every((status) => status === 200));
      // A browser asks for where a POST was sent on with GET (Fetch, HTTP-redirect fetch).
      const often = followed.requests.length + 2;
      for (const each of ['POST / hello', 'GET /second ', 'GET /third?x=1 ']) {
        assert.equal(reached.filter((one) => one === each).length, often, each);
      }
      assert.equal(reached.length, 3 * often);
      const one = await answeredRun(planTo('/', 1), cwd);
      assert.ok(
        one.measured.status.every((status) => status === 302),
        'the second one is an answer',
      );
      const round = await answeredRun(planTo('/round', 5), cwd);
      assert.ok(round.measured.status.every((status) => status === 302));
      assert.match(
        await refusedRun(planTo('/away', 3), cwd),
        /redirects to http:\/\/127\.0\.0\.1:\d+, which is not followed/,
      );
      assert.ok(!reached.includes('elsewhere'));
    } finally {
      running.stop();
      elsewhere.stop();
    }
  });

  test('cookies that a redirect sets go to where it leads, and to the steps after it', async () => {
    const sent: string[] = [];
    const server = http.createServer(({ method, url, headers }, response) => {
      sent.push(`${method} ${url} ${headers.cookie ?? 'none'}`);
      const hop = { '/login': 'a/b', '/a/b': 'c', '/a/c': 'd' }[url!];
      const at = url === '/a/c' ? 'at=; Max-Age=0; Path=/' : `at=${url}; Path=/`;
      if (hop === undefined) response.end('{}');
      else response.writeHead(302, { location: hop, 'set-cookie': [at, 'kept=1; Path=/'] }).end();
    });
    const running = await listen(server);
    try {
      const steps = [stepTo('/login', { method: 'POST', headers: { cookie: 'own=1' } }), stepTo('/account')];
      const plan = planOf(`http://127.0.0.1:${running.port}`, short, { scenarios: [scenarioOf(...steps)] });
      const { measured } = await answeredRun(withTarget(plan, { redirects: 5 }), cwd);
      assert.ok(measured.status.every((status) => status === 200));
      // The second location is relative to where the first led.
      assert.deepEqual(
        new Set(sent),
        new Set([
          'POST /login own=1',
          'GET /a/b own=1; at=/login; kept=1',
          'GET /a/c own=1; at=/a/b; kept=1',
          // The third took one back.
          'GET /a/d own=1; kept=1',
          'GET /account kept=1',
        ]),
      );
    } finally {
      running.stop();
    }
  });

  test('the first byte is that of the answer a redirect led to', async () => {
    const server = http.createServer(({ url }, response) => {
      if (url === '/') response.writeHead(302, { location: '/slow' }).end();
      else setTimeout(() => response.end('{}'), 60);
    });
    const running = await listen(server);
    try {
      const plan = withTarget(planOf(`http://127.0.0.1:${running.port}/`, short), { redirects: 1 });
      const { measured } = await answeredRun(plan, cwd);
      const waits = measured.firstByte.map((time, row) => time - measured.sent[row]!);
      assert.ok(Math.min(...waits) > 55, `${Math.min(...waits)} ms`);
    } finally {
      running.stop();
    }
  });
});
