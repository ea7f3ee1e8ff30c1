import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';

const identifier = 'tailflame.tailflame';

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

test('the extension activates', async () => {
  const extension = vscode.extensions.getExtension(identifier);
  assert.ok(extension, `${identifier} is not installed`);
  await extension.activate();
  assert.equal(extension.isActive, true);
});

test('every command in the manifest is registered', async () => {
  const extension = vscode.extensions.getExtension<unknown>(identifier);
  assert.ok(extension);
  await extension.activate();
  const manifest: Manifest = extension.packageJSON;
  const declared = (manifest.contributes?.commands ?? []).map((entry) => entry.command);
  assert.notDeepEqual(declared, []);
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    declared.filter((command) => !registered.has(command)),
    [],
  );
});
