import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { DebuggedProcesses } from '../../../src/editor/debugged-processes.ts';
import { until } from '../../support/until.ts';

const LIMIT_MS = 10_000;
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
    // Empty while it is written.
    const written = (): number => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
    const own = await until('the program to run', LIMIT_MS, () => (written() > 0 ? written() : null));
    const isKnown = async (): Promise<boolean> => (await debugged.pids()).includes(own);
    await until('its process', LIMIT_MS, async () => ((await isKnown()) ? true : null));
    await vscode.debug.stopDebugging();
    await until('the end of the session', LIMIT_MS, async () => ((await isKnown()) ? null : true));
  } finally {
    debugged.dispose();
    await vscode.debug.stopDebugging();
    rmSync(folder, { recursive: true, force: true });
  }
});
