import path from 'node:path';
import { runTests } from '@vscode/test-electron';

// The suite inside the extension host, in a desktop VS Code that is downloaded, or in the program that TAILFLAME_VSCODE names.

const root = path.resolve('.');
const program = process.env['TAILFLAME_VSCODE'];
try {
  process.exitCode = await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'out/test/editor/host/index.js'),
    launchArgs: [root, '--disable-extensions'],
    ...(program === undefined ? {} : { vscodeExecutablePath: program }),
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
