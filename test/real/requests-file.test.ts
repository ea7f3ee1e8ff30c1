import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { listen } from '../support/answering-server.ts';
import { duckdb } from '../support/duckdb.ts';
import { type FinishedRun, runPlan } from '../support/finished-run.ts';
import { startNullServer } from '../support/null-server.ts';
import { PeakMemory } from '../support/peak-memory.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';
import { startRecordingServer } from '../support/recording-server.ts';

// Every request is in requests.parquet, as a program that is not ours reads it.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-file-'));
  // Better said now than after a minute.
  await duckdb('SELECT 1');
});
after(() => rm(cwd, { recursive: true, force: true }));

const tableOf = ({ folder }: FinishedRun): string => `'${path.join(folder, 'requests.parquet')}'`;

/** The value at `q` of ascending values: the least that at least that share of them is not above. */
function nearestRank(sorted: readonly number[], q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1]!;
}

test('two generators send the one schedule, and their percentiles are those of all requests together', async () => {
  const server = await startRecordingServer();
  try {
    const load = steadyRate(1000, 5000);
    const steps = [stepTo('/?n=${iteration}&wait=${random.int(1,25)}')];
    const plan = planOf(server.url, load, { scenarios: [scenarioOf(...steps)], seed: 7 });
    const run = await runPlan({ ...plan, generators: 2 }, cwd);
    const record = (await server.record()).filter(({ at }) => at >= run.began);
    const rows = await duckdb<{ id: number; iteration: number; due: number; ms: number | null; outcome: string }>(
      `SELECT id, iteration, intended AS due, "end" - intended AS ms, outcome FROM ${tableOf(run)} WHERE phase = 'measured' ORDER BY iteration`,
    );
    const { document } = run;
    const numbers = rows.map((_, index) => index);
    assert.ok(Math.abs(rows.length - 5000) < 4 * Math.sqrt(5000), `${rows.length}`);
    assert.equal(document.load.planned, rows.length);
    assert.equal(document.health.generators, 2);
    assert.deepEqual(
      rows.map(({ iteration }) => iteration),
      numbers,
      'each iteration once',
    );
    assert.deepEqual(
      rows.map(({ id }) => id).toSorted((a, b) => a - b),
      numbers,
      'each id once',
    );
    const reached = record.map(({ url }) => Number(new URL(url, server.url).searchParams.get('n')));
    assert.deepEqual(
      reached.toSorted((a, b) => a - b),
      numbers,
      'each reached the server once',
    );

    const answered = rows.flatMap(({ ms, outcome }) => (outcome === 'ok' ? [ms!] : [])).sort((a, b) => a - b);
    assert.equal(answered.length, document.load.completed);
    const { p50, p90, p95, p99, p999, min, max, count } = document.latency;
    const expected = [0.5, 0.9, 0.95, 0.99, 0.999].map((q) => nearestRank(answered, q));
    assert.deepEqual([p50, p90, p95, p99, p999], expected);
    assert.deepEqual([min, max, count], [answered[0], answered.at(-1), answered.length]);

    const one = await runPlan({ ...plan, ...planOf(server.url, steadyRate(1000, 1000)), seed: 7 }, cwd);
    const starts = [run, one].map((each) => each.document.phases[0]!.start);
    const alone = one.measured.intended.map((time) => time - starts[1]!).sort();
    assert.ok(alone.length > 800);
    alone.forEach((time, i) => {
      const shared = rows[i]!.due - starts[0]!;
      assert.ok(Math.abs(time - shared) < 1e-6, `arrival ${i}: ${time} of one generator, ${shared} of two`);
    });
  } finally {
    await server.stop();
  }
});

/** Does as it likes with a quarter of the requests: nothing at all, hang up, 500, no JSON, a slow answer; the others it answers. */
async function unrulyServer(): Promise<{ url: string; stop(): void }> {
  const server = http.createServer((request, response) => {
    const number = Number(new URL(request.url ?? '/', 'http://server').searchParams.get('n'));
    const answers: Readonly<Record<number, () => void>> = {
      4: () => {},
      8: () => request.socket.destroy(),
      12: () => response.writeHead(500).end('broken'),
      16: () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"half":'),
      20: () => setTimeout(() => response.end('late'), 300),
    };
    (answers[number % 24] ?? (() => response.end('ok')))();
  });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, stop };
}

test('whatever becomes of a request, it is accounted for once, with its kind', async () => {
  const server = await unrulyServer();
  try {
    const load = steadyRate(300, 2000, 'constant');
    const scenarios = [scenarioOf(stepTo('/first?n=${counter}'), stepTo('/second', { think: [50, 150] }))];
    const more = { scenarios, generators: 2, timeout: 500, gracefulStop: 200, maxInFlight: 40, connections: 40 };
    const run = await runPlan(planOf(server.url, load, more), cwd);
    const { document } = run;
    const kinds = await duckdb<{ outcome: string; requests: number; unsent: number; ended: number }>(
      `SELECT outcome, count(*) AS requests, count(*) FILTER (sent IS NULL) AS unsent, count("end") AS ended FROM ${tableOf(run)} GROUP BY outcome`,
    );
    const count = (kind: string): number => kinds.find(({ outcome }) => outcome === kind)?.requests ?? 0;
    for (const kind of ['ok', 'timeout', 'reset', 'status', 'bad-body', 'interrupted', 'dropped']) {
      assert.ok(count(kind) > 0, `${kind}: ${JSON.stringify(kinds)}`);
    }
    assert.equal(count('ok'), document.load.completed);
    assert.equal(count('dropped'), document.load.dropped);
    assert.equal(count('interrupted'), document.load.interrupted);
    const failures = kinds.filter(({ outcome }) => !['ok', 'interrupted', 'dropped'].includes(outcome));
    assert.equal(
      failures.reduce((sum, { requests }) => sum + requests, 0),
      document.load.failed,
    );
    for (const { kind, count: told } of document.errors) assert.equal(told, count(kind), kind);
    const first = document.steps!.find(({ step }) => step.startsWith('/first'))!;
    assert.equal(first.load.planned, 600, 'every iteration was due');
    for (const { outcome, requests, unsent, ended } of kinds) {
      if (outcome === 'dropped') assert.equal(unsent, requests);
      else if (outcome !== 'interrupted') assert.equal(ended, requests, outcome);
    }
  } finally {
    server.stop();
  }
});

test('60,000 requests at 5,000 a second take less than 300 MB, and every one is in the file', async (t) => {
  const server = await startNullServer();
  const memory = new PeakMemory(['runner.cjs', 'generator.cjs']);
  try {
    const run = await runPlan(planOf(server.url, steadyRate(5000, 12_000)), cwd);
    const peaks = memory.stop();
    const { load } = run.document;
    assert.ok(Math.abs(load.planned! - 60_000) < 4 * Math.sqrt(60_000), `${load.planned}`);
    assert.ok(load.completed > 0.99 * load.planned!, JSON.stringify(load));
    const [file] = await duckdb<Record<string, number>>(
      `SELECT count(*) AS requests, count(DISTINCT id) AS ids, count(DISTINCT iteration) AS iterations,
        count(*) FILTER (outcome = 'ok') AS completed, count(*) FILTER (outcome = 'ok' AND "end" >= sent AND sent >= acquired
        AND acquired >= dispatched AND dispatched >= intended) AS ordered FROM ${tableOf(run)}`,
    );
    const { planned, completed } = load;
    const [requests, ids, iterations] = [planned, planned, planned];
    assert.deepEqual(file, { requests, ids, iterations, completed, ordered: completed });
    // A machine that was not measured yet has had a generator before that of the load.
    const programs = new Set(peaks.each.map(({ program }) => program));
    assert.deepEqual([...programs].sort(), ['generator.cjs', 'runner.cjs']);
    const told = peaks.each.map(({ program, bytes }) => `${program} ${Math.round(bytes / 1e6)} MB`).join(', ');
    t.diagnostic(`peaks: ${told}, together ${Math.round(peaks.together / 1e6)} MB`);
    assert.ok(Math.max(...peaks.each.map(({ bytes }) => bytes)) < 300e6, told);
    assert.ok(peaks.together < 300e6, `${told}, together ${Math.round(peaks.together / 1e6)} MB`);
  } finally {
    memory.stop();
    await server.stop();
  }
});
