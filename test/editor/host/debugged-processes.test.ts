import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { DebuggedProcesses } from '../../../src/editor/debugged-processes.ts';

const PROGRAM = `require('node:fs').writeFileSync(process.argv[2], String(process.pid)); setInterval(() => {}, 1000);`;

test('the process of a Node debug session is known while the session lasts', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-debugged-'));
  const debugged = new DebuggedProcesses();
  try {
    const program = path.join(folder, 'program.js');
    const file = path.join(folder, 'pid');
    writeFileSync(program, PROGRAM);
    const configuration = {
      type: 'node',
      request: 'launch',
      name: 'pid',
      program,
      args: [file],
      console: 'internalConsole',
    };
    assert.ok(await vscode.debug.startDebugging(undefined, configuration));
    const own = await until('the program to run', () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0));
    await until('its process', async () => ((await debugged.pids()).includes(own) ? 1 : 0));
    await vscode.debug.stopDebugging();
    await until('the end of the session', async () => ((await debugged.pids()).includes(own) ? 0 : 1));
  } finally {
    debugged.dispose();
    await vscode.debug.stopDebugging();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function until(what: string, ask: () => number | Promise<number>): Promise<number> {
  for (let i = 0; i < 200; i++) {
    const answer = await ask();
    if (answer > 0) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited for ${what}.`);
}
