import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { RouteIndex } from '../../../src/routes/route-index.ts';

test("routes are found in a thread of VS Code's own Node", async () => {
  const extension = vscode.extensions.getExtension('tailflame.tailflame');
  assert.ok(extension);
  const index = new RouteIndex(path.join(extension.extensionPath, 'dist/routes.cjs'));
  try {
    index.update('/a/main.py', 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/a")\ndef a(): ...\n');
    index.update('/a/main.ts', "import express from 'express';\nexpress().post('/b', handler);\n");
    assert.deepEqual(
      (await index.all()).map(({ method, path: route, line }) => `${method} ${route} ${line}`),
      ['GET /a 3', 'POST /b 2'],
    );
  } finally {
    index.dispose();
  }
});
