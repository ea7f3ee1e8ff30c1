import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { WorkspaceRoutes } from '../../../src/editor/lenses/workspace-routes.ts';
import type { RouteIndex } from '../../../src/routes/route-index.ts';

test('each version of a file is told once, and all files again after the index has lost them', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-routes-'));
  const [open, closed] = [path.join(folder, 'open.py'), path.join(folder, 'closed.py')];
  for (const file of [open, closed]) writeFileSync(file, 'x = 1\n');
  const told: string[] = [];
  const index = {
    onLost: () => {},
    update: (file: string) => told.push(path.basename(file)),
    remove: () => {},
    routesOf: async () => [],
    all: async () => [],
    dispose: () => {},
  };
  const { findFiles } = vscode.workspace;
  vscode.workspace.findFiles = (async () => [vscode.Uri.file(closed)]) as unknown as typeof findFiles;
  const routes = new WorkspaceRoutes(index as unknown as RouteIndex);
  try {
    const document = await vscode.workspace.openTextDocument(open);
    const ask = async (): Promise<string[]> => {
      told.length = 0;
      await routes.routesOf(document);
      await routes.all();
      return told.toSorted();
    };
    assert.deepEqual(await ask(), ['closed.py', 'open.py']);
    assert.deepEqual(await ask(), []);
    index.onLost();
    assert.deepEqual(await ask(), ['closed.py', 'open.py']);
  } finally {
    vscode.workspace.findFiles = findFiles;
    routes.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
