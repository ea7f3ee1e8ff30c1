import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited for ${what}.`);
}

test('a profile opens in the flame graph panel', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-profile-'));
  try {
    const file = path.join(folder, 'stacks.txt');
    writeFileSync(file, 'main (app.py:3);work (app.py:9) 42\nmain (app.py:3) 8\n');
    await vscode.commands.executeCommand('tailflame.openProfile', vscode.Uri.file(file));
    await until('the panel', () => tabs().some(({ label }) => label === 'stacks.txt'));
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file that is no profile opens no panel', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-profile-'));
  try {
    const file = path.join(folder, 'broken.cpuprofile');
    writeFileSync(file, '{"nodes": [');
    const before = tabs().length;
    await vscode.commands.executeCommand('tailflame.openProfile', vscode.Uri.file(file));
    // The tab of a panel is told a moment after the panel is made.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(tabs().length, before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
