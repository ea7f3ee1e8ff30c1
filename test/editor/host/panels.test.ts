import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { openProfile } from '../../../src/editor/commands/open-profile.ts';
import { AnswerPanel } from '../../../src/editor/panels/answer-panel.ts';
import { findRateView } from '../../../src/report/find-rate-view.ts';
import type { FromAnswer } from '../../../webview/messages.ts';
import { simulatedFindRate } from '../../support/simulated-answers.ts';
import { until } from '../../support/until.ts';

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

test('a profile opens in the flame graph panel', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-profile-'));
  try {
    const file = path.join(folder, 'stacks.txt');
    writeFileSync(file, 'main (app.py:3);work (app.py:9) 42\nmain (app.py:3) 8\n');
    await vscode.commands.executeCommand('tailflame.openProfile', vscode.Uri.file(file));
    await until('the panel', 10_000, () => (tabs().some(({ label }) => label === 'stacks.txt') ? true : null));
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a profile of a file was taken when the file was written', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-profile-'));
  try {
    const file = path.join(folder, 'old.txt');
    writeFileSync(file, 'main (app.py:3);work (app.py:9) 42\n');
    const written = new Date('2026-01-02T03:04:05Z');
    utimesSync(file, written, written);
    assert.equal((await openProfile(vscode.Uri.file(file)))?.takenAt, written.getTime());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a run of an answer that cannot be shown is told of', async () => {
  const { createWebviewPanel, showErrorMessage } = vscode.window;
  let click = (_message: FromAnswer): void => {};
  const page = {
    webview: {
      cspSource: '',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: (listener: typeof click) => {
        click = listener;
      },
    },
    onDidDispose: () => {},
    dispose: () => {},
  };
  vscode.window.createWebviewPanel = (() => page) as unknown as typeof createWebviewPanel;
  const said = new Promise<string>((resolve) => {
    vscode.window.showErrorMessage = (async (text: string) => resolve(text)) as unknown as typeof showErrorMessage;
  });
  const panel = new AnswerPanel('/dist', () => Promise.reject(new Error('Run one is no longer kept.')));
  try {
    panel.show(findRateView(simulatedFindRate(), 'POST /predict'));
    click({ type: 'open', run: 'one' });
    assert.equal(await said, 'Run one is no longer kept.');
  } finally {
    panel.dispose();
    Object.assign(vscode.window, { createWebviewPanel, showErrorMessage });
  }
});

test('a file that is no profile opens no panel, and is said to be none', async () => {
  // This suite and the extension have one and the same API.
  const { showErrorMessage } = vscode.window;
  const said: string[] = [];
  vscode.window.showErrorMessage = async (message: string) => {
    said.push(message);
    return undefined;
  };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-profile-'));
  try {
    const file = path.join(folder, 'broken.cpuprofile');
    writeFileSync(file, '{"nodes": [');
    const before = tabs().length;
    await vscode.commands.executeCommand('tailflame.openProfile', vscode.Uri.file(file));
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^broken\.cpuprofile cannot be opened\. /);
    // The tab of a panel is told a moment after the panel is made.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(tabs().length, before);
  } finally {
    vscode.window.showErrorMessage = showErrorMessage;
    rmSync(folder, { recursive: true, force: true });
  }
});
