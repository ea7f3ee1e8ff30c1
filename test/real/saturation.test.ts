import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runLimited } from '../support/limited-run.ts';
import { LIMITED_SERVERS } from '../support/limited-servers.ts';

let cwd: string;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-saturation-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

for (const name of ['threads', 'engine']) {
  const server = LIMITED_SERVERS.find((one) => one.name === name)!;
  test(`${name}: what is short is named first, and the measurement agrees with Little's law`, async () => {
    const { short, document } = await runLimited(cwd, server, 'high', 4, '');
    assert.equal(short[0]?.resource, server.resource, JSON.stringify(document.resources, null, 2));
    assert.equal(document.littlesLaw?.agrees, true, JSON.stringify(document.littlesLaw));
  });
}
