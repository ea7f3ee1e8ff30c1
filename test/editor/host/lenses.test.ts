import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as vscode from 'vscode';

const SOURCE = `from flask import Flask
app = Flask(__name__)


@app.post("/predict")
def predict():
    return {}


@app.get("/items/<int:item>")
def item(item):
    return {}
`;
let folder: string;
let document: vscode.TextDocument;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-lenses-'));
  writeFileSync(path.join(folder, 'server.py'), SOURCE);
  document = await vscode.workspace.openTextDocument(path.join(folder, 'server.py'));
  await vscode.window.showTextDocument(document);
});

after(async () => {
  await setting(undefined);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  rmSync(folder, { recursive: true, force: true });
});

/** 1-based lines and titles. */
async function lenses(): Promise<[number, string][]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
  return found
    .map(({ range, command }): [number, string] => [range.start.line + 1, command?.title ?? ''])
    .filter(([, title]) => /^(▶|Find|Compare)/.test(title));
}

async function setting(value: boolean | undefined): Promise<void> {
  await vscode.workspace.getConfiguration('tailflame').update('codeLens', value, vscode.ConfigurationTarget.Global);
}

test('above each route stands what can be done with it', async () => {
  assert.deepEqual(await lenses(), [
    [5, '▶ Load test'],
    [5, '▶ Find slow lines'],
    [5, 'Find highest rate'],
    [5, 'Compare settings'],
    [10, '▶ Load test'],
    [10, '▶ Find slow lines'],
    [10, 'Find highest rate'],
    [10, 'Compare settings'],
  ]);
});

test('they follow what is typed, unsaved', async () => {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(3, 0), '@app.get("/healthz")\ndef healthz():\n    return {}\n\n');
  await vscode.workspace.applyEdit(edit);
  assert.deepEqual([...new Set((await lenses()).map(([line]) => line))], [4, 9, 14]);
});

test('a setting turns them off and on', async () => {
  await setting(false);
  assert.deepEqual(await lenses(), []);
  await setting(true);
  assert.equal((await lenses()).length, 12);
});
