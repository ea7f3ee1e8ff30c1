import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { DebugSessionProfiler } from '../../../src/editor/commands/profile-debug-session.ts';
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

test('a profile that js-debug hands over late is not taken for the next one', async () => {
  const { executeCommand } = vscode.commands;
  const active = Object.getOwnPropertyDescriptor(vscode.debug, 'activeDebugSession')!;
  const session = { id: 'one', name: 'program', type: 'node' };
  const callbacks: string[] = [];
  const start = (name: string, request: { readonly onCompleteCommand: string }): Thenable<unknown> => {
    if (name !== 'extension.js-debug.startProfile') return executeCommand(name, request);
    callbacks.push(request.onCompleteCommand);
    return callbacks.length === 1 ? Promise.reject(new Error('It took too long.')) : Promise.resolve();
  };
  const profiler = new DebugSessionProfiler();
  try {
    Object.defineProperty(vscode.debug, 'activeDebugSession', { value: session, configurable: true });
    vscode.commands.executeCommand = start as unknown as typeof executeCommand;
    assert.equal(await profiler.profile(), undefined);
    const second = profiler.profile();
    while (callbacks.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const stacks = (weight: number) => ({ contents: `main (app.js:3) ${weight}\n`, basename: 'stacks.txt' });
    await executeCommand(callbacks[0]!, stacks(1));
    await executeCommand(callbacks[1]!, stacks(2));
    const [profile] = (await second)?.profiles ?? [];
    assert.equal(profile?.samples.weight[0], 2);
  } finally {
    Object.defineProperty(vscode.debug, 'activeDebugSession', active);
    vscode.commands.executeCommand = executeCommand;
    profiler.dispose();
  }
});
