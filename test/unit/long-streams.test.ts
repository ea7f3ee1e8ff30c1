import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { gentleLoad, resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';
import { concludedRun, type MadeRequest, STREAM, streamPlan } from '../support/stream-run.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-long-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/**
 * 50 a second, every other one of 5 chunks and of 75, each 50 ms after the one before and the first 100 ms after a connection was got: a
 * mean of 40, so 100 + 39 × 50 = 2,050 ms and 102.5 under way at once. All wait `wait` ms for their connection.
 */
function mixed(wait: number, slower = 1): MadeRequest[] {
  return Array.from({ length: 500 }, (_, i): MadeRequest => {
    const intended = 2000 + 20 * i;
    const acquired = intended + wait;
    const length = i % 2 === 0 ? 5 : 75;
    const chunks = Array.from({ length }, (_, k) => acquired + slower * (100 + 50 * k));
    return { intended, acquired, chunks, end: chunks.at(-1)!, details: { outputTokens: length } };
  });
}

async function verdictOf(
  connections: number,
  requests: readonly MadeRequest[],
  preflight: readonly number[] = [],
): Promise<RunDocument['verdict']> {
  const plan = { ...streamPlan(), connections };
  return (await concludedRun(folder, plan, requests, preflight)).document.verdict;
}

test('streams of many lengths need the connections of a mean one, not of the shortest', async () => {
  const few = await verdictOf(100, mixed(300));
  assert.equal(few.status, 'void');
  assert.equal(few.sentence, 'Not valid: Tailflame ran out of connections (100). Use 155.');
  const enough = await verdictOf(104, mixed(300));
  assert.equal(enough.status, 'measured', 'then the server was slow to let them go');
  assert.equal((await verdictOf(100, mixed(0))).status, 'measured', 'nobody waited');
});

test('a server that is slow from the first moment on does not excuse itself by want of connections', async () => {
  // Three times as slow under load as the one stream of the preflight, a short one, of 300 ms.
  assert.equal((await verdictOf(110, mixed(300, 3), [300])).status, 'void', 'of the preflight eight times as long');
  assert.equal((await verdictOf(125, mixed(300, 3), [300])).status, 'measured');
  assert.equal((await verdictOf(125, mixed(300, 3))).status, 'void', 'without one nothing else is known');
});

test('being late is held against the time to first token', async () => {
  // 30 ms late: of 130 ms to the first token that is much, of answers that take seconds nobody would see it.
  const late = mixed(0).map((request): MadeRequest => ({ ...request, dispatched: request.intended + 30 }));
  const shifted = late.map(({ chunks, end, ...rest }) => ({
    ...rest,
    acquired: rest.dispatched!,
    chunks: chunks!.map((at) => at + 30),
    end: end + 30,
  }));
  const verdict = await verdictOf(256, shifted);
  assert.match(verdict.sentence, /^Not valid: Tailflame sent late \(p50 30 ms\)/);
  const whole = shifted.map(({ chunks: _, ...request }): MadeRequest => request);
  const plan = streamPlan();
  const scenarios = plan.scenarios.map(({ steps, ...rest }) => ({
    ...rest,
    steps: steps.map((step) => ({ ...step, stream: null })),
  }));
  assert.equal((await concludedRun(folder, { ...plan, scenarios }, whole)).document.verdict.status, 'measured');
});

test('the connections of a plan of streams follow from how long one took', () => {
  const plan = planOf('http://127.0.0.1:1/', steadyRate(40, 10_000));
  const streaming = { ...plan, scenarios: [scenarioOf(stepTo('http://127.0.0.1:1/', { stream: STREAM }))] };
  const derived = steadyRate(1, 1000);
  assert.equal(resolvePlan(streaming, derived, 9000).connections, 720);
  assert.equal(resolvePlan(streaming, derived, 100).connections, 256);
  assert.equal(resolvePlan(streaming, derived, 600_000).connections, 4096);
  assert.equal(resolvePlan({ ...streaming, connections: 8 }, derived, 9000).connections, 8);
  assert.equal(resolvePlan({ ...streaming, load: steadyUsers(16, 10_000) }, derived, 9000).connections, 16);
  assert.equal(resolvePlan(plan, derived, 9000).connections, 256);
});

test('long streams are asked for gently by one user', () => {
  const plan = streamPlan();
  assert.deepEqual(gentleLoad(4000, plan), steadyUsers(1, plan.duration));
  assert.deepEqual(gentleLoad(250, plan), steadyRate(2, plan.duration));
  const whole = planOf('http://127.0.0.1:1/', steadyRate(1, plan.duration));
  assert.deepEqual(gentleLoad(4000, whole), steadyRate(1, plan.duration));
});

test('where answers take much of the measured time, and more than the warm-up, rates are said to be low', async () => {
  const long = (length: number): MadeRequest[] =>
    Array.from({ length: 20 }, (_, i): MadeRequest => {
      const intended = 2000 + 400 * i;
      return { intended, chunks: [intended + 10, intended + length - 10], end: intended + length };
    });
  const notesOf = async (length: number, warmup: number): Promise<string[]> =>
    (await concludedRun(folder, streamPlan({ warmup }), long(length))).document.notes;
  assert.deepEqual(await notesOf(4000, 2000), [
    'Answers take about 4 s, and 10 s were measured after 2 s of warm-up: rates count what ended in that time, and are too low. A warm-up of 4 s or more puts that right.',
  ]);
  assert.deepEqual(await notesOf(4000, 5000), []);
  assert.deepEqual(await notesOf(900, 0), []);
});
