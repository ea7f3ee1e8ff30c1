import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { LANGUAGES } from '../../../src/editor/lenses/workspace-routes.ts';
import { NODE_DEBUG } from '../../../src/editor/node-debug.ts';
import { PROFILE_ENDINGS } from '../../../src/profile/read/formats.ts';

const identifier = 'tailflame.tailflame';

interface MenuItem {
  readonly command: string;
  readonly when: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly yamlValidation: readonly { readonly fileMatch: readonly string[] }[];
    readonly menus: { readonly 'explorer/context': readonly MenuItem[]; readonly 'debug/toolBar': readonly MenuItem[] };
  };
}

function manifest(): Manifest {
  const extension = vscode.extensions.getExtension<unknown>(identifier);
  assert.ok(extension);
  return extension.packageJSON as Manifest;
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
  const declared = manifest().contributes.commands.map((entry) => entry.command);
  assert.notDeepEqual(declared, []);
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    declared.filter((command) => !registered.has(command)),
    [],
  );
});

test('the manifest knows every language, ending and debug session that the extension knows', () => {
  const { activationEvents, contributes } = manifest();
  for (const language of LANGUAGES) assert.ok(activationEvents.includes(`onLanguage:${language}`), language);
  assert.deepEqual(
    contributes.yamlValidation.flatMap(({ fileMatch }) => fileMatch),
    ['*.load.yaml', '*.load.yml'],
  );
  const { when } = contributes.menus['explorer/context'].find(({ command }) => command === 'tailflame.openProfile')!;
  const pattern = new RegExp(/=~ \/(.*)\/$/.exec(when)![1]!);
  for (const ending of PROFILE_ENDINGS) assert.match(`server.${ending}`, pattern);
  assert.doesNotMatch('package.json', pattern);
  assert.deepEqual(
    contributes.menus['debug/toolBar'].map(({ when }) => when),
    [`debugType =~ /${NODE_DEBUG.source}/`],
  );
});
