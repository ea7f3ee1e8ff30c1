import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as vscode from 'vscode';
import { planAtHand } from '../../../src/editor/plan-files/plan-at-hand.ts';
import type { PlanDiagnostics } from '../../../src/editor/plan-files/plan-diagnostics.ts';
import { until } from '../../support/until.ts';

const LIMIT_MS = 10_000;

let folder = '';
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-requests-'));
});
after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  rmSync(folder, { recursive: true, force: true });
});

async function opened(name: string, text: string): Promise<vscode.TextDocument> {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Titles by line, from 1. Other extensions' lenses are not ours. */
async function lensesOf(document: vscode.TextDocument): Promise<[number, string][]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  return lenses
    .filter(({ command }) => command?.command.startsWith('tailflame.'))
    .map(({ range, command }): [number, string] => [range.start.line + 1, command!.title])
    .sort(([a], [b]) => a - b);
}

const lensesWithin = (document: vscode.TextDocument): Promise<[number, string][]> =>
  until('lenses', LIMIT_MS, async () => {
    const lenses = await lensesOf(document);
    return lenses.length > 0 ? lenses : null;
  });

const THREE = ['▶ Load test', '▶ Find slow lines', 'Save as plan'];
const at = (line: number, titles: readonly string[]): [number, string][] => titles.map((title) => [line, title]);

test('each request of a .http file has lenses at its line; what has no value is said there', async () => {
  const document = await opened(
    'a.http',
    '@host = http://127.0.0.1:8000\n\nGET {{host}}/health\n\n### Predict\nPOST {{elsewhere}}/predict\n\n{}\n',
  );
  assert.deepEqual(await lensesWithin(document), [
    ...at(3, THREE),
    ...at(6, ['⚠ elsewhere has no value', '▶ Find slow lines', 'Save as plan']),
  ]);
});

test('operations of an OpenAPI document, entries of a recording and plans have lenses; other files none', async () => {
  const api = await opened(
    'api.yaml',
    'openapi: 3.1.0\npaths:\n  /predict:\n    post:\n      requestBody: { content: { application/json: { example: {} } } }\n  /health:\n    get: {}\n',
  );
  assert.deepEqual(await lensesWithin(api), [...at(4, THREE), ...at(7, THREE)]);
  const entry = { startedDateTime: '2026-01-01T00:00:00Z', request: { method: 'GET', url: 'http://127.0.0.1:8000/' } };
  const har = await opened('a.har', JSON.stringify({ log: { entries: [entry, entry] } }, null, 1));
  assert.deepEqual(await lensesWithin(har), [...at(6, THREE), ...at(13, THREE)]);
  const plan = await opened('a.load.yaml', '# mine\ntarget: http://127.0.0.1:8000\n');
  assert.deepEqual(await lensesWithin(plan), at(1, [...THREE.slice(0, 2), 'Find highest rate', 'Compare settings']));
  assert.deepEqual(await lensesOf(await opened('package.json', '{"name": "x"}')), []);
});

test('lenses follow an edit, and go with the setting', async () => {
  const document = await opened('b.http', 'GET http://127.0.0.1:8000/a\n');
  assert.deepEqual(await lensesWithin(document), at(1, THREE));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '### one\n\n');
  await vscode.workspace.applyEdit(edit);
  assert.deepEqual(await lensesOf(document), at(3, THREE));
  const settings = vscode.workspace.getConfiguration();
  await settings.update('tailflame.codeLens', false, vscode.ConfigurationTarget.Global);
  try {
    assert.deepEqual(await lensesOf(document), []);
  } finally {
    await settings.update('tailflame.codeLens', undefined, vscode.ConfigurationTarget.Global);
  }
});

test('what is wrong with a plan stands at its line and column while it is typed', async () => {
  const document = await opened(
    'bad.load.yaml',
    'target: http://127.0.0.1:8000\nsteps:\n  - get: /a\n    headrs: {}\n',
  );
  const found = await until('a diagnostic', LIMIT_MS, () => {
    const all = vscode.languages.getDiagnostics(document.uri);
    return all.length > 0 ? all : null;
  });
  assert.deepEqual(
    found.map(({ message, range, source }) => [
      source,
      range.start.line,
      range.start.character,
      range.end.character,
      message,
    ]),
    [['Tailflame', 3, 4, 11, '"headrs" is not known here; did you mean "headers"?']],
  );
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, found[0]!.range, 'headers:');
  await vscode.workspace.applyEdit(edit);
  const faults = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(document.uri);
  await until('no diagnostic', LIMIT_MS, () => (faults().length === 0 ? true : null));
});

test('keys and values are completed by their place, in half-typed YAML too', async () => {
  const document = await opened(
    'half.load.yaml',
    'target: http://127.0.0.1:8000\ndata:\n  users:\n    file: u.csv\n    order: \nsteps:\n  - get: /a\n    he\n',
  );
  const labels = async (line: number, character: number): Promise<string[]> => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(line, character),
    );
    const ours = list.items.filter(({ kind }) =>
      [vscode.CompletionItemKind.Property, vscode.CompletionItemKind.Value].includes(kind!),
    );
    return ours
      .sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''))
      .map(({ label }) => (typeof label === 'string' ? label : label.label));
  };
  const values = await until('completions', LIMIT_MS, async () => {
    const found = await labels(4, 11);
    return found.length > 0 ? found : null;
  });
  assert.deepEqual(values, ['sequence', 'shuffle', 'random']);
  const keys = await labels(7, 6);
  assert.ok(keys.includes('headers') && keys.includes('check'), String(keys));
  assert.ok(!keys.includes('get') && !keys.includes('target'), String(keys));
});

test('hover says what a key is for', async () => {
  const document = await opened('hover.load.yaml', 'target: http://127.0.0.1:8000\nwarmup: 3s\n');
  const text = await until('a hover', LIMIT_MS, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(1, 2),
    );
    const contents = hovers.flatMap((hover) => hover.contents as vscode.MarkdownString[]);
    return contents.length > 0 ? contents.map(({ value }) => value).join('\n') : null;
  });
  assert.match(text, /\*\*warmup\*\*/);
  assert.match(text.replaceAll('&nbsp;', ' '), /Sent before what is measured/);
  assert.match(text, /Default: `2s`/);
});

test('where the YAML extension is installed, completion and hover are left to it', async () => {
  const document = await opened('theirs.load.yaml', 'target: http://127.0.0.1:8000\nwarmup: 3s\n');
  const said = async (): Promise<boolean> => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(1, 2),
    );
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(1, 0),
    );
    return hovers.length > 0 || list.items.some(({ label }) => label === 'duration');
  };
  await until('a hover', LIMIT_MS, async () => ((await said()) ? true : null));
  // This suite and the extension have one and the same API.
  const { getExtension } = vscode.extensions;
  const theirs = vscode.extensions.getExtension('tailflame.tailflame');
  vscode.extensions.getExtension = (id: string) => (id === 'redhat.vscode-yaml' ? theirs : getExtension(id));
  try {
    assert.equal(await said(), false);
  } finally {
    vscode.extensions.getExtension = getExtension;
  }
});

test('recorded arrivals that cannot be read are told why: a folder is there, and is no file', async () => {
  const diagnostics = { check: () => [] } as unknown as PlanDiagnostics;
  const replaying = (file: string): Promise<vscode.TextDocument> =>
    opened(`${file}.load.yaml`, `target: http://127.0.0.1:8000\nload: { replay: ${file} }\n`);
  mkdirSync(path.join(folder, 'arrivals'));
  const [folderGiven, nothingThere] = [await replaying('arrivals'), await replaying('none')];
  await assert.rejects(planAtHand(folderGiven.uri, diagnostics), /arrivals cannot be read: (?!there is no such file)/);
  await assert.rejects(planAtHand(nothingThere.uri, diagnostics), /none cannot be read: there is no such file\./);
});

test('a plan with a fault is not run: the fault is shown at its line', async () => {
  const document = await opened('wrong.load.yaml', 'target: http://127.0.0.1:8000\nload: fast\n');
  await vscode.commands.executeCommand('tailflame.runPlan', document.uri);
  const editor = vscode.window.activeTextEditor;
  assert.equal(editor?.document.uri.toString(), document.uri.toString());
  assert.equal(editor.selection.active.line, 1);
  assert.equal(editor.selection.active.character, 6);
});
