import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import type { HotspotsDocument } from '../../../src/report/hotspots-document.ts';

// burns() takes three times as long as rests(), by the program's own clock.
const PROGRAM = `function spin(ms) { const until = performance.now() + ms; while (performance.now() < until); }
function burns() { spin(30); }
function rests() { spin(10); }
function turn() { burns(); rests(); setTimeout(turn, 5); }
turn();
`;

test('a Node debug session is profiled into the flame graph panel, its functions in proportion', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-debug-'));
  try {
    const program = path.join(folder, 'program.js');
    writeFileSync(program, PROGRAM);
    const started = new Promise<void>((resolve) => {
      const subscription = vscode.debug.onDidChangeActiveDebugSession((session) => {
        if (!session?.configuration['__pendingTargetId']) return;
        subscription.dispose();
        resolve();
      });
    });
    const configuration = { type: 'node', request: 'launch', name: 'program', program, console: 'internalConsole' };
    assert.ok(await vscode.debug.startDebugging(undefined, configuration));
    await started;
    const taken = await vscode.commands.executeCommand<HotspotsDocument | undefined>('tailflame.profileDebugSession');
    assert.ok(taken !== undefined);
    const found = (name: string) => taken.functions.find((entry) => entry.function === name);
    const total = (name: string): number => found(name)?.total ?? 0;
    const ratio = total('burns') / total('rests');
    assert.ok(ratio > 2.4 && ratio < 3.6, `burns/rests ${ratio}`);
    assert.equal(found('burns')?.file, program);
    const shown = (): boolean =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some(({ label }) => label.startsWith('Debug ')));
    for (let i = 0; i < 100 && !shown(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(shown());
  } finally {
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  }
});
