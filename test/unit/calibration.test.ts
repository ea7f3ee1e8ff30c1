import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { generatorCapacity, isFresh } from '../../src/runner/calibration.ts';
import { PHASES, REQUEST_OFFSET, REQUEST_WIDTH } from '../../src/runs/request-table.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('what a machine manages is measured anew after a month, and after a minute where it was busy', () => {
  assert.ok(isFresh({ capacity: 60_000, measuredAt: 0 }, 29 * DAY));
  assert.ok(!isFresh({ capacity: 60_000, measuredAt: 0 }, 31 * DAY));
  assert.ok(isFresh({ capacity: 1500, measuredAt: 0, busy: true }, 0.9 * MINUTE));
  assert.ok(!isFresh({ capacity: 1500, measuredAt: 0, busy: true }, 1.1 * MINUTE));
});

/** Answers 900 requests of the measured phase in half a second. */
const GENERATOR = `process.on('message', ({ type }) => {
  if (type === 'start') process.send({ type: 'ready' });
  if (type !== 'go') return;
  setTimeout(() => {
    const rows = new Float64Array(900 * ${REQUEST_WIDTH});
    for (let at = 0; at < rows.length; at += ${REQUEST_WIDTH}) rows[at + ${REQUEST_OFFSET.phase}] = ${PHASES.indexOf('measured')};
    process.send({ type: 'rows', rows, details: null, inFlight: 0 });
    process.send({ type: 'done', sendingEnd: 0, end: 0, planned: null }, () => process.disconnect());
  }, 500);
});
process.on('disconnect', () => process.exit());
`;
const PLAN = resolvePlan(
  plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null }),
  steadyRate(1, 1000),
);

test('what a machine manages is kept where it was measured to the end, and not where that was cut short', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-calibration-'));
  const cache = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = path.join(folder, 'cache');
  const kept = (): Promise<string[]> => readdir(path.join(folder, 'cache', 'tailflame')).catch(() => []);
  const measured = async (server: string, signal = new AbortController().signal): Promise<number | null> => {
    await writeFile(path.join(folder, 'null-server.cjs'), `process.on('disconnect', () => process.exit());\n${server}`);
    return generatorCapacity(folder, PLAN, signal, () => {});
  };
  try {
    await writeFile(path.join(folder, 'generator.cjs'), GENERATOR);
    assert.equal(await measured('process.send(1); setTimeout(() => process.exit(), 200);'), null, 'the server ended');
    assert.equal(await measured('process.exit();'), null, 'the server never began');
    assert.equal(await measured('', AbortSignal.timeout(200)), null, 'stopped before the server said anything');
    assert.equal(await measured('process.send(1);', AbortSignal.timeout(300)), null, 'stopped under way');
    assert.deepEqual(await kept(), []);
    assert.equal(await measured('process.send(1);'), 1000);
    assert.deepEqual(await kept(), ['calibration.json']);
  } finally {
    if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cache;
    await rm(folder, { recursive: true, force: true });
  }
});
