import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun, openTelemetry } from '../../src/runner/opened/open-run.ts';
import type { MetricsHealth, RunDocument } from '../../src/runs/run-document.ts';
import { answering, type Listening, listen } from '../support/answering-server.ts';
import { freePort } from '../support/free-port.ts';
import { PeakMemory } from '../support/peak-memory.ts';
import { runPlanFile } from '../support/plan-run.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

const MIB = 1024 * 1024;
const SERIES = 50_000;
const TOKEN = 'correct-horse-battery';

let cwd = '';
const servers: Listening[] = [];
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-endpoints-'));
});
after(async () => {
  for (const server of servers) server.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function started(server: net.Server): Promise<number> {
  const listening = await listen(server);
  servers.push(listening);
  return listening.port;
}

/** About 11 MB, in which one series is of interest. */
const HUGE = Buffer.from(
  [
    '# TYPE huge_latency_seconds gauge',
    ...Array.from(
      { length: SERIES },
      (_, id) => `huge_latency_seconds{id="${id}",pod="${'a-long-name-'.repeat(12)}${id}"} ${id / 7}`,
    ),
    '# TYPE wanted gauge',
    'wanted{of="huge"} 7',
    '',
  ].join('\n'),
);

const random = seededRandom(5);
const GARBAGE = Buffer.from(Array.from({ length: MIB }, () => Math.floor(random() * 256)));

/** Answers twice, and is gone from then on. */
async function startedLeaving(): Promise<number> {
  let scrapes = 0;
  const server = http.createServer((_, response) => {
    scrapes++;
    response.end(`wanted{of="leaving"} ${scrapes}\n`);
    if (scrapes < 2) return;
    server.close();
    server.closeAllConnections();
  });
  return started(server);
}

/** Every way in which an endpoint can be bad, by its path. */
async function badServer(): Promise<number> {
  let scrapes = 0;
  const server = http.createServer((request, response) => {
    switch (request.url) {
      case '/good':
        // What it counts are its scrapes.
        scrapes++;
        assert.equal(request.headers.authorization, `Bearer ${TOKEN}`);
        response.end(`# TYPE scrapes_total counter\nscrapes_total ${scrapes * 1000}\nwanted{of="good"} ${scrapes}\n`);
        return;
      case '/slow':
        setTimeout(() => response.end('wanted 1\n'), 30_000).unref();
        return;
      case '/drip': {
        response.write('wanted{of="drip"} ');
        const timer = setInterval(() => response.write('1'), 1000);
        response.on('close', () => clearInterval(timer));
        return;
      }
      case '/huge':
        response.end(HUGE);
        return;
      case '/garbage':
        response.end(GARBAGE);
        return;
      case '/html':
        response.end('<html><body>metrics</body></html>');
        return;
      case '/endless': {
        const piece = 'filler_total{a="b"} 1\n'.repeat(3000);
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', more);
        more();
        return;
      }
      case '/broken':
        response.writeHead(200, { 'content-length': 1000 });
        response.write('wanted 1\n');
        setTimeout(() => response.destroy(), 20);
        return;
      case '/redirect':
        response.writeHead(302, { location: 'http://192.0.2.1/metrics' });
        response.end();
        return;
      default:
        response.statusCode = 404;
        response.end();
    }
  });
  return started(server);
}

async function run(
  name: string,
  metrics: string,
): Promise<{ run: RunDocument; runner: number; code: number | null; stderr: string }> {
  const port = await started(http.createServer(answering(() => ({}))));
  const plan = `target:
  url: http://127.0.0.1:${port}
  metrics: ${metrics}
secrets: { token: METRICS_TOKEN }
load: { rate: 100, arrivals: constant }
duration: 2s
warmup: 0s
`;
  const memory = new PeakMemory(['runner.cjs']);
  const { code, stderr, run } = await runPlanFile(cwd, name, plan, [], { METRICS_TOKEN: TOKEN });
  const { each } = memory.stop();
  assert.ok(run, stderr);
  return { run, runner: Math.max(...each.map(({ bytes }) => bytes)), code, stderr };
}

test('whatever endpoints do, the load goes on, the run ends, and each is said how it fared', async (t) => {
  const bad = await badServer();
  const noHttp = await started(net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')));
  const closed = await freePort();
  const leaving = await startedLeaving();
  const at = (place: string, port = bad): string => `http://127.0.0.1:${port}${place}`;
  const wanted = ['/slow', '/drip', '/huge', '/garbage', '/html', '/endless', '/broken', '/redirect', '/404'];
  const endpoints = [
    `{url: "${at('/good')}", series: [wanted, scrapes_total], headers: {authorization: "Bearer \${secrets.token}"}}`,
    ...wanted.map((place) => `{url: "${at(place)}", series: wanted, every: 500ms}`),
    `"${at('/metrics', noHttp)}"`,
    `"${at('/metrics', closed)}"`,
    `{url: "${at('/metrics', leaving)}", series: wanted, every: 500ms}`,
  ];
  const without = await run('without.load.yaml', 'off');
  const beside = await run('beside.load.yaml', `[${endpoints.join(', ')}]`);

  for (const { run: document, ...ended } of [without, beside]) {
    assertRan(ended);
    assert.equal(document.state, 'finished');
    const { planned, completed, dispatched } = document.load;
    assert.deepEqual([planned, completed, dispatched], [200, 200, 200]);
  }
  assert.equal(without.run.metricsHealth, undefined);
  t.diagnostic(
    `lateness p99 ${without.run.health.lateness.p99} ms without, ${beside.run.health.lateness.p99} ms beside`,
  );
  t.diagnostic(`runner ${Math.round(without.runner / MIB)} MiB without, ${Math.round(beside.runner / MIB)} MiB beside`);
  assert.ok(beside.runner - without.runner < 200 * MIB, String(beside.runner - without.runner));

  const health = new Map(beside.run.metricsHealth!.map((one) => [one.endpoint, one]));
  const of = (place: string, port = bad): MetricsHealth => health.get(at(place, port))!;
  const reasonsOf = ({ dropped }: MetricsHealth): string => dropped.map(({ reason }) => reason).join('; ');
  for (const { asked, answered, dropped, endpoint } of beside.run.metricsHealth!) {
    const lost = dropped.reduce((sum, { count }) => sum + count, 0);
    assert.equal(answered + lost, asked, endpoint);
    assert.ok(asked > 0, endpoint);
  }
  const good = of('/good');
  assert.ok(good.answered >= 3 && good.series === 2, JSON.stringify(good));
  const huge = of('/huge');
  assert.ok(huge.answered >= 1 && huge.series === 1 && huge.told === SERIES + 1, JSON.stringify(huge));
  const left = of('/metrics', leaving);
  assert.ok(left.answered >= 1 && left.answered <= 2 && left.asked > 2, JSON.stringify(left));
  assert.match(reasonsOf(left), /refuses connections/);
  for (const [place, port, reason] of [
    ['/slow', bad, /did not answer in full within 5 s|had not answered when the run ended/],
    ['/drip', bad, /did not answer in full within 5 s|had not answered when the run ended/],
    ['/garbage', bad, /tells nothing in Prometheus' format/],
    ['/html', bad, /tells nothing in Prometheus' format/],
    ['/endless', bad, /more than 64 MB|did not answer in full/],
    ['/broken', bad, /broke off its answer/],
    ['/redirect', bad, /answers 302, which is not followed/],
    ['/404', bad, /answers 404/],
    ['/metrics', noHttp, /does not answer in HTTP/],
    ['/metrics', closed, /refuses connections/],
  ] as const) {
    const one = of(place, port);
    assert.equal(one.answered, 0, place);
    assert.match(reasonsOf(one), reason, place);
    assert.ok(
      beside.run.notes.some((note) => note.includes(`metrics: ${at(place, port)} `)),
      place,
    );
  }

  const opened = await openRun(path.join(cwd, beside.run.run));
  const { drawn } = await openTelemetry(opened.folder);
  const rate = drawn.find(({ name }) => name.startsWith('scrapes_total'))!;
  assert.equal(rate.unit, '/s');
  assert.ok(rate.time.length >= 2, `${rate.time.length} rates`);
  // A thousand more with each scrape, and so a thousand in the time since the one before.
  rate.time.forEach((time, index) => {
    if (index === 0) return;
    const expected = 1_000_000 / (time - rate.time[index - 1]!);
    assert.ok(Math.abs(rate.values[index]! / expected - 1) < 1e-6, `${rate.values[index]} not ${expected}`);
  });
  assert.ok(
    drawn.some(({ name, values }) => name.includes('huge') && values.includes(7)),
    JSON.stringify(drawn),
  );
  assert.ok(!JSON.stringify(opened.document).includes(TOKEN));
  const text = await tailflame(cwd, 'report', beside.run.run);
  assert.match(text.stdout, /\/good answered \d+ of \d+ scrapes, 2 series of 2\./);
  const { sender } = await runResultView(opened);
  const broken = sender.find((sentence) => sentence.includes('/broken'));
  assert.match(broken ?? '', /\/broken answered 0 of \d+ scrapes \(.*\d+ × broke off its answer.*\)\.$/);
});

test('an endpoint that is not this machine’s, and was not allowed, is not asked', async () => {
  const port = await started(http.createServer(answering(() => ({}))));
  const refused = await tailflame(
    cwd,
    'run',
    `http://127.0.0.1:${port}/`,
    '--metrics',
    'http://192.0.2.1:9400/metrics=up',
  );
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /192\.0\.2\.1 is not this machine/);
});
