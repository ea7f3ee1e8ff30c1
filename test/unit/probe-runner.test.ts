import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProbeRunner } from '../../src/find/probe-runner.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { requestOf } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';

/** Hears nothing but that it was let go of. */
const DEAF = `process.on('message', () => {});
process.on('disconnect', () => {
  require('node:fs').writeFileSync(__filename + '.gone', '');
  process.exit();
});
`;

test('a runner that does not end when it is asked to is let go of', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-deaf-'));
  const gone = path.join(folder, 'runner.cjs.gone');
  try {
    await writeFile(path.join(folder, 'runner.cjs'), DEAF);
    const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
    const probes = new ProbeRunner(folder, requestOf(plan, folder), 'sweep', () => {});
    const run = probes.run(plan, 'one', Number.POSITIVE_INFINITY);
    setTimeout(() => probes.stop(), 200);
    await assert.rejects(run, { message: 'The runner did not end when it was asked to.' });
    const deadline = performance.now() + 5000;
    while (!(await isThere(gone))) {
      assert.ok(performance.now() < deadline, 'it was not let go of');
      await sleep(50);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the folder in which a started target tells of its requests goes with the process, and at the end with nothing left to do', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-probes-'));
  const port = await freePort();
  const told = path.join(folder, 'told');
  const code = `require('fs').writeFileSync('${told}', process.env.TAILFLAME_ATTRIBUTION); require('http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`;
  const plain = plainPlan({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {}, body: null });
  const plan = { ...plain, target: { ...plain.target, attribution: true } };
  const start = `"${process.execPath}" -e "${code}"`;
  const probes = new ProbeRunner(folder, requestOf(plan, folder, { start }), 'sweep', () => {});
  const before = process.listeners('exit');
  try {
    await probes.open();
    const attribution = await readFile(told, 'utf8');
    assert.ok(await isThere(attribution));
    for (const listener of process.listeners('exit').filter((one) => !before.includes(one))) listener(0);
    assert.ok(!(await isThere(attribution)));
    await probes.close();
    assert.deepEqual(process.listeners('exit'), before);
  } finally {
    await probes.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
