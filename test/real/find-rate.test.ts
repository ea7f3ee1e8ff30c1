import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { FindRateDocument } from '../../src/find/find-rate-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { startFixedQueue } from '../support/fixed-queue-server.ts';
import { startNullServer } from '../support/null-server.ts';
import { edgeInTheory } from '../support/simulated-server-queue.ts';
import { resultOf, spawnTailflame, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

// Searches for the highest rate on real servers whose answer is known. How exact they are is measured in test/bench/find-rate.ts.

/** Long enough that a machine which does other things besides does not change the answer. */
const SERVICE_MS = 4;

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-find-rate-'));
});
after(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function find(url: string, ...args: string[]): Promise<FindRateDocument & { code: number | null }> {
  const { code, stdout, stderr } = await tailflame(cwd, 'find-rate', url, ...args, '--json');
  assert.notEqual(stdout, '', stderr);
  return { code, ...(JSON.parse(stdout) as FindRateDocument) };
}

test('the band holds what theory says of a queue, and the search keeps its budget', async () => {
  let held = 0;
  const told: string[] = [];
  const searches = [
    [1, 6],
    [2, 9],
  ] as const;
  for (const [seed, factor] of searches) {
    // One may not be told in so short a time.
    if (held > 0) break;
    const server = await startFixedQueue('queue', SERVICE_MS);
    try {
      const limit = SERVICE_MS * factor;
      const theory = edgeInTheory(SERVICE_MS, limit, 0.05);
      const found = await find(server.url, '--objective', `p(95)<${limit}`, '--budget', '22s', '--seed', `${seed}`);
      assert.ok(found.took < 23_000, `took ${found.took}`);
      const low = found.passesAt ?? 0;
      const high = found.failsAt ?? Number.POSITIVE_INFINITY;
      told.push(`${found.sentence}; ${theory.toFixed(0)}/s in theory`);
      const known = found.passesAt !== null || found.failsAt !== null;
      if (known && low <= theory && high >= theory) held++;
      assert.ok(low < 1.12 * theory && high > 0.75 * theory, told.join('\n'));
    } finally {
      await server.stop();
    }
  }
  assert.ok(held >= 1, told.join('\n'));
});

test('a server that fails at the lowest load gives none, and every probe is a run of the same search', async () => {
  const server = await startFixedQueue('slow', 80);
  try {
    const found = await find(server.url, '--objective', 'p(50)<50', '--budget', '30s');
    assert.equal(found.answer, 'none', found.sentence);
    assert.equal(found.code, 99);
    assert.equal(found.passesAt, null);
    assert.match(found.sentence, /^does not hold under 50 ms even at /);
    const runs = await Promise.all(
      found.probes.map(
        async ({ run }) => JSON.parse(await readFile(path.join(cwd, run, 'run.json'), 'utf8')) as RunDocument,
      ),
    );
    assert.deepEqual(new Set(runs.map(({ search }) => search?.kind)), new Set(['find-rate']));
    assert.equal(new Set(runs.map(({ search }) => search?.id)).size, 1);
    assert.deepEqual(
      runs.map(({ search }) => search?.label),
      found.probes.map(({ label }) => label),
    );
  } finally {
    await server.stop();
  }
});

test('a server that takes everything and answers later is not overestimated', async () => {
  const server = await startFixedQueue('queue', 5);
  try {
    // No request of a probe waits as long as the limit, and yet more than 200 a second only pile up.
    const found = await find(server.url, '--objective', 'p(95)<4s', '--budget', '18s');
    assert.ok(found.passesAt === null || found.passesAt <= 206, found.sentence);
    assert.ok(found.failsAt !== null && found.failsAt >= 180, found.sentence);
    const failing = found.probes.find(({ ok }) => ok === false);
    assert.match(failing?.reason ?? '', /piled up|far more was under way/);
  } finally {
    await server.stop();
  }
});

test('a server whose speed changes from second to second has a wide band, or none that can be told', async () => {
  const server = await startFixedQueue('noisy', 4);
  try {
    const found = await find(server.url, '--objective', 'p(95)<40', '--budget', '15s');
    // From half its speed on it piles up now and then; at its best it would hold 220/s.
    assert.ok(found.passesAt === null || found.passesAt < 215, found.sentence);
    assert.ok(found.failsAt === null || found.failsAt > 90, found.sentence);
  } finally {
    await server.stop();
  }
});

test('where Tailflame is the limit the answer is unresolved and says so', async () => {
  const server = await startNullServer();
  try {
    const found = await find(server.url, '--objective', 'p(95)<1s', '--budget', '10s');
    assert.equal(found.answer, 'unresolved', found.sentence);
    assert.equal(found.code, 97);
    assert.equal(found.failsAt, null);
    assert.match(found.sentence, /where it fails is not known/);
  } finally {
    await server.stop();
  }
});

test('an interrupt gives what is known so far, and leaves nothing running', async (context) => {
  const server = await startFixedQueue('queue', 4);
  try {
    const args = ['find-rate', server.url, '--objective', 'p(95)<40', '--budget', '60s', '--json'];
    const child = spawnTailflame(cwd, args);
    context.after(() => child.kill('SIGKILL'));
    const result = resultOf(child);
    const runs = path.join(cwd, '.tailflame', 'runs');
    const count = async (): Promise<number> => (await readdir(runs).catch(() => [])).length;
    const before = await count();
    await until('three probes and a fourth', 60_000, async () => ((await count()) >= before + 4 ? true : null));
    const asked = performance.now();
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    assert.ok(performance.now() - asked < 6000);
    assert.equal(code, 130, stderr);
    const found = JSON.parse(stdout) as FindRateDocument;
    assert.equal(found.interrupted, true);
    assert.ok(found.probes.length >= 2);
  } finally {
    await server.stop();
  }
});

test('without an objective, or with a budget too small for it, nothing is made up', async () => {
  const server = await startFixedQueue('queue', 4);
  try {
    const none = await tailflame(cwd, 'find-rate', server.url);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /nothing to hold a rate against.*--objective 'p\(99\)<250'/);
    const slow = await startFixedQueue('queue', 400);
    try {
      const found = await find(slow.url, '--objective', 'p(99)<2s', '--budget', '12s');
      assert.equal(found.answer, 'unresolved', found.sentence);
      assert.match(
        found.sentence,
        /p\(99\)<2s needs 368 answers, which take .*: give a budget of about \d+m, or a lower percentile$/,
      );
    } finally {
      await slow.stop();
    }
  } finally {
    await server.stop();
  }
});
