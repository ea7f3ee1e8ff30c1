import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { OTHERS_MAY_TAKE, runLimited } from '../support/limited-run.ts';
import { LIMITED_SERVERS } from '../support/limited-servers.ts';

let cwd: string;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-saturation-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

for (const name of ['threads', 'engine']) {
  const server = LIMITED_SERVERS.find((one) => one.name === name)!;
  test(`${name}: what is short is named first, and the measurement agrees with Little's law`, async () => {
    let run = await runLimited(cwd, server, 'high', 4, '');
    // Where others took the machine, that is what is short, and is said.
    if (run.short[0]?.resource === 'cpu' && run.others > OTHERS_MAY_TAKE)
      run = await runLimited(cwd, server, 'high', 4, '');
    const { short, document } = run;
    assert.equal(short[0]?.resource, server.resource, JSON.stringify(document.resources, null, 2));
    assert.equal(document.littlesLaw?.agrees, true, JSON.stringify(document.littlesLaw));
  });
}
