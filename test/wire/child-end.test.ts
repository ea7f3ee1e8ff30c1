import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import { Generators } from '../../src/runner/generators.ts';
import { requestOf } from '../support/finished-run.ts';
import { planOf } from '../support/plans.ts';

// What a process says last is heard, though it has ended by then.

const AT_ONCE = 16;
const LARGE = 1e6;

/** Ends at the moment it is told, in place of a run, with a large result. */
const RUNNER = `
process.on('message', ({ request }) => setTimeout(() => {
  const last = { type: 'finished', folder: 'x', document: { text: 'y'.repeat(${LARGE}) } };
  process.send(last, undefined, undefined, () => process.disconnect());
}, Number(request.cwd) - Date.now()));
`;
/** Tells much and ends, as soon as it may go. */
const GENERATOR = `
process.on('message', ({ type }) => {
  if (type === 'start') process.send({ type: 'ready' });
  else if (type === 'go') {
    process.send({ type: 'rows', text: 'y'.repeat(${LARGE}) });
    process.send({ type: 'done' }, undefined, undefined, () => process.disconnect());
  }
});
`;

let dist = '';
before(async () => {
  dist = await mkdtemp(path.join(os.tmpdir(), 'tailflame-ends-'));
  await writeFile(path.join(dist, 'runner.cjs'), RUNNER);
  await writeFile(path.join(dist, 'generator.cjs'), GENERATOR);
});
after(() => rm(dist, { recursive: true, force: true }));

const plan = planOf('http://127.0.0.1:9', steadyRate(1, 1000), { generators: AT_ONCE });

test('of runners that end at once each one’s result is there', async () => {
  for (let round = 0; round < 3; round++) {
    // By then all have been started, on any machine: the later ones answer at once.
    const request = requestOf(plan, String(Date.now() + 2000));
    const clients = Array.from({ length: AT_ONCE }, () => new RunnerClient(dist, request, () => {}));
    const results = await Promise.allSettled(clients.map((client) => client.result));
    assert.deepEqual(
      results.filter(({ status }) => status === 'rejected'),
      [],
    );
  }
});

test('of generators that end at once all is heard before the load is over', async () => {
  for (let round = 0; round < 3; round++) {
    let told = 0;
    const heard = (_: number, { type }: { type: string }): void => {
      if (type === 'rows') told++;
    };
    const data = { plan } as ConstructorParameters<typeof Generators>[1];
    await new Generators(path.join(dist, 'generator.cjs'), data, () => 0, heard).done;
    assert.equal(told, AT_ONCE);
  }
});
