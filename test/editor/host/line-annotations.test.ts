import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { LineAnnotations } from '../../../src/editor/line-annotations.ts';

const LINES = { marks: new Map(), source: 'Run one', view: null, slow: 'requests', loadedAt: Number.POSITIVE_INFINITY };

test('lines are marked in a file that was opened by a link, and a line that is deleted takes its mark with it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-lines-'));
  const visible = Object.getOwnPropertyDescriptor(vscode.window, 'visibleTextEditors')!;
  const annotations = new LineAnnotations();
  try {
    mkdirSync(path.join(folder, 'real'));
    const file = path.join(folder, 'real/app.py');
    writeFileSync(file, 'one = 1\ntwo = 2\nthree = 3\n');
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    const document = await vscode.workspace.openTextDocument(path.join(folder, 'link/app.py'));
    await vscode.window.showTextDocument(document);
    const decorations = new Map<unknown, readonly vscode.DecorationOptions[]>();
    const setDecorations = (type: unknown, options: readonly vscode.DecorationOptions[]): void => {
      decorations.set(type, options);
    };
    Object.defineProperty(vscode.window, 'visibleTextEditors', {
      value: [{ document, setDecorations }],
      configurable: true,
    });
    /** 1-based lines, and the first word after each. */
    const shown = (): [number, string | undefined][] =>
      [...decorations.values()].flat().flatMap(({ range, renderOptions }): [number, string | undefined][] => {
        const text = renderOptions?.after?.contentText;
        return text === undefined ? [] : [[range.start.line + 1, text.split(' ')[0]]];
      });
    const notes = ['one', 'two', 'three'].map((text, at) => ({ line: at + 1, text }));
    annotations.show({ ...LINES, notes: new Map([[file, notes]]), takenAt: Date.now() });
    assert.deepEqual(shown(), [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    const edit = new vscode.WorkspaceEdit();
    edit.delete(document.uri, new vscode.Range(0, 0, 1, 0));
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(shown(), [
      [1, 'two'],
      [2, 'three'],
    ]);
    // Other marks in their place have moved with the same edits.
    annotations.replace({ ...LINES, notes: new Map([[file, notes.slice(2)]]), takenAt: Date.now() + 60_000 });
    assert.deepEqual(shown(), [[2, 'three']]);
    annotations.replace({ ...LINES, notes: new Map([[file, notes.slice(1)]]), takenAt: Date.now() + 60_000 });
    const editor = vscode.window.activeTextEditor!;
    await editor.edit((change) => change.setEndOfLine(vscode.EndOfLine.CRLF));
    assert.deepEqual(shown(), [
      [1, 'two'],
      [2, 'three'],
    ]);
  } finally {
    Object.defineProperty(vscode.window, 'visibleTextEditors', visible);
    annotations.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file is called stale that was saved after the server was started, or has changed since while no editor held it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-lines-'));
  const file = path.join(folder, 'app.py');
  writeFileSync(file, 'one = 1\n');
  const document = await vscode.workspace.openTextDocument(file);
  const visible = Object.getOwnPropertyDescriptor(vscode.window, 'visibleTextEditors')!;
  const annotations = new LineAnnotations();
  const texts: string[] = [];
  const setDecorations = (_: unknown, options: readonly vscode.DecorationOptions[]): void => {
    texts.push(...options.flatMap(({ renderOptions }) => renderOptions?.after?.contentText ?? []));
  };
  const editor = { document, setDecorations };
  Object.defineProperty(vscode.window, 'visibleTextEditors', { value: [editor], configurable: true });
  const shown = (): string[] => {
    texts.length = 0;
    annotations.setVisible(true);
    return [...texts];
  };
  try {
    const began = Date.now() + 1000;
    const lines = { ...LINES, notes: new Map([[file, [{ line: 1, text: 'one' }]]]), takenAt: began };
    annotations.show({ ...lines, loadedAt: began - 60_000 });
    assert.deepEqual(shown(), ['one   stale: saved after the server was started']);
    annotations.show(lines);
    assert.deepEqual(shown(), ['one']);
    utimesSync(file, new Date(began + 1), new Date(began + 1));
    assert.deepEqual(shown(), ['one   stale: the file has changed since']);
  } finally {
    Object.defineProperty(vscode.window, 'visibleTextEditors', visible);
    annotations.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
