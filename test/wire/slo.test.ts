import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { SloDocument } from '../../src/slo/slo-document.ts';
import { Prometheus, promtool } from '../support/prometheus.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

const OBJECTIVES = ['--objective', 'p(99)<150', '--objective', 'failures: rate<1%'];

let cwd: string;
let server: http.Server;
let origin: string;

/** Below `/bad` every fourth request takes 190 ms and every twentieth of the others fails; `/good` answers at once. */
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-slo-'));
  let count = 0;
  server = http.createServer(({ url }, response) => {
    const number = url === '/bad' ? ++count : 1;
    response.statusCode = number % 20 === 19 ? 500 : 200;
    setTimeout(() => response.end('{}'), number % 4 === 0 ? 190 : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cwd, { recursive: true, force: true });
});

async function measured(
  name: string,
): Promise<{ document: SloDocument; told: string; file: (name: string) => string }> {
  const load = ['--rate', '80', '--arrivals', 'constant', '--duration', '8s', '--warmup', '500ms', '--out', name];
  const run = await tailflame(cwd, 'run', `${origin}/${name}`, ...load, ...OBJECTIVES);
  if (run.code !== 99) assertRan(run);
  const file = (ending: string): string => path.join(cwd, `${name}.${ending}`);
  const written = ['--rules', file('rules.yml'), '--dashboard', file('json'), '--open-metrics', file('txt')];
  const slo = await tailflame(cwd, 'slo', name, '--service', 'shop', ...written, '--json');
  assert.equal(slo.code, 0, slo.stderr);
  return { document: JSON.parse(slo.stdout) as SloDocument, told: slo.stderr, file };
}

test('a run spends what was planted of its error budgets, and Prometheus raises the alerts of the one that spends too much', async () => {
  const bad = await measured('bad');
  const [slow, failed] = bad.document.levels;
  // 160 of 640 take longer, 32 fail.
  assert.ok(Math.abs(slow!.bad / slow!.count - 160 / 608) < 0.01, `${slow!.bad} of ${slow!.count}`);
  assert.ok(Math.abs(slow!.burn! - 26.3) < 1, `${slow!.burn}`);
  assert.ok(slow!.interval![0] > 20 && slow!.interval![0] < 26 && slow!.interval![1] < 33, `${slow!.interval}`);
  assert.ok(Math.abs(failed!.burn! - 5) < 0.4, `${failed!.burn}`);
  assert.ok(Math.abs(failed!.day!.bad - (32 / 8) * 86_400) < 40_000, `${failed!.day!.bad}`);
  assert.equal(slow!.fast, null, 'a twelfth of the run has too few requests');
  assert.match(bad.told, /p\(99\)<150 +1 % +26 % of 6\d\d +2\d(\.\d)? \(2\d(\.\d)? to 3\d(\.\d)?\) +unknown/);
  assert.match(await promtool('check', 'rules', bad.file('rules.yml')), /SUCCESS: 12 rules found/);

  const prometheus = await Prometheus.start(path.join(cwd, 'bad-prometheus'), bad.file('txt'), bad.file('rules.yml'));
  try {
    const recorded = await prometheus.query('tailflame:bad_requests:ratio_rate5m');
    const of = (objective: string) => recorded.find(({ labels }) => labels['objective'] === objective)!.value;
    assert.ok(Math.abs(of('p(99)<150') - slow!.bad / slow!.count) < 0.01, `${of('p(99)<150')}`);
    assert.ok(Math.abs(of('failures: rate<1%') - failed!.bad / failed!.count) < 0.005, `${of('failures: rate<1%')}`);
    const alerts = await prometheus.alerts();
    assert.deepEqual(
      alerts.map(({ labels, state }) => [labels['alertname'], labels['objective'], labels['severity'], state]).sort(),
      [
        ['ErrorBudgetBurns', 'p(99)<150', 'ticket', 'firing'],
        ['ErrorBudgetBurnsFast', 'p(99)<150', 'page', 'firing'],
      ],
      'failures burn at 5, and an alert takes 6',
    );
    assert.match(
      alerts[0]!.annotations['description']!,
      /^26\.\d+% of the requests of the last \dh were bad, where 1 % may/,
    );
    const dashboard = JSON.parse(await readFile(bad.file('json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    for (const { title, targets } of dashboard.panels) {
      for (const { expr } of targets) {
        const shown = await prometheus.query(expr.replaceAll('$__rate_interval', '1m'));
        assert.equal(shown.length, 1, `${title}: ${expr}`);
        assert.ok(Number.isFinite(shown[0]!.value), `${title}: ${shown[0]!.value}`);
      }
    }
  } finally {
    await prometheus.stop();
  }
});

test('of a run that keeps them nothing is raised', async () => {
  const good = await measured('good');
  for (const { bad, burn } of good.document.levels) assert.deepEqual([bad, burn], [0, 0]);
  const prometheus = await Prometheus.start(
    path.join(cwd, 'good-prometheus'),
    good.file('txt'),
    good.file('rules.yml'),
  );
  try {
    const recorded = await prometheus.query('tailflame:bad_requests:ratio_rate1h');
    assert.deepEqual(
      recorded.map(({ value }) => value),
      [0, 0],
    );
    assert.deepEqual(await prometheus.alerts(), []);
  } finally {
    await prometheus.stop();
  }
});
