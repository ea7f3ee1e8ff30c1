import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcess } from '../../src/runner/target/target-process.ts';
import { targetStart } from '../../src/runner/target/target-start.ts';

/** The kernel counts in hundredths of a second; a machine may halt between two looks at its clocks. */
const EXACT_MS = 100;
const APART_MS = 400;

/** At each line that it is sent it starts another process: one of its own program, then one of another. */
const WATCHER = `
const { spawn } = require('node:child_process');
const starts = [[process.execPath, ['-e', 'setInterval(() => {}, 1000)']], ['sleep', ['60']]];
process.stdin.on('data', () => {
  const [program, args] = starts.shift();
  spawn(program, args, { stdio: 'ignore' }).once('spawn', () => console.log('started'));
});
console.log('there');
`;

test('what a target runs was loaded when the youngest process of its program began', async () => {
  const before = Date.now();
  const child = spawn(process.execPath, ['-e', WATCHER], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  try {
    await once(child.stdout, 'data');
    const target = (await readProcess(child.pid!))!;
    const there = Date.now();
    const first = (await targetStart(target))!;
    assert.ok(first > before - EXACT_MS && first < there, `${first - before} of ${there - before} ms`);
    const startAnother = async (): Promise<number> => {
      await sleep(APART_MS);
      const asked = Date.now();
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      return asked;
    };
    const asked = await startAnother();
    const second = (await targetStart(target))!;
    assert.ok(
      second > asked - EXACT_MS && second < Date.now() + EXACT_MS,
      `${second - asked} ms after it was asked for`,
    );
    await startAnother();
    assert.ok(Math.abs((await targetStart(target))! - second) < EXACT_MS, 'another program is none of it');
  } finally {
    process.kill(-child.pid!, 'SIGKILL');
  }
});
