import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { commandLine, descendantsOf, isAlive, processes } from '../support/process-tree.ts';
import { until } from '../support/until.ts';

const CHILD = `const { spawn } = require('node:child_process');
console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid);`;
const skip = process.platform !== 'linux' && 'only Linux tells of processes in /proc';

test('processes below one are found; one that ended is not alive, though in the table', { skip }, async (context) => {
  const child = spawn(process.execPath, ['-e', CHILD], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const grandchild = Number(said.toString());
  context.after(() => isAlive(grandchild) && process.kill(grandchild, 'SIGKILL'));
  const below = descendantsOf(process.pid);
  assert.ok(below.includes(child.pid!) && below.includes(grandchild), String(below));
  assert.match(commandLine(grandchild), /setInterval/);
  // While its parent is stopped nobody takes it from the table.
  child.kill('SIGSTOP');
  process.kill(grandchild, 'SIGKILL');
  await until('its end', 5000, () => (isAlive(grandchild) ? null : true), 5);
  assert.ok(processes().includes(grandchild));
});
