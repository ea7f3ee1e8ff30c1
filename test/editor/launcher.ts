#!/usr/bin/env node
// Takes the flags of VS Code's desktop program and runs an extension's tests in code-server and Chromium instead, so
// that anything which starts VS Code to test an extension (@vscode/test-electron, scripts/test.mjs) can start this.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import {
  cleanEnvironment,
  type EditorPrograms,
  editorPrograms,
  end,
  launchChromium,
  listeningPort,
  onceAtEnd,
} from './launcher-programs.ts';

const startLimit = 60_000;
const suiteLimit = Number(process.env['TAILFLAME_SUITE_LIMIT'] ?? 5 * 60_000);

/** Before every line of the suite's report. */
const suiteMark = 'tailflame| ';

interface Wanted {
  readonly extension: string;
  readonly tests: string;
  readonly workspace: string | undefined;
}

process.exitCode = await main();

async function main(): Promise<number> {
  let close = async () => {};
  try {
    const wanted = readFlags(process.argv.slice(2));
    const programs = await editorPrograms((line) => console.log(line));
    const data = mkdtempSync(path.join(os.tmpdir(), 'tailflame-editor-'));
    const running: { browser?: Browser; server?: ReturnType<typeof startServer> } = {};
    close = onceAtEnd(async () => {
      await running.browser?.close().catch(() => {});
      if (running.server !== undefined) await end(running.server);
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    });
    running.server = startServer(programs, data);
    const port = await listeningPort(running.server, /agent listening on (\d+)/, startLimit);
    running.browser = await launchChromium(programs.chromium);
    return await runSuite(running.browser, port, wanted);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await close();
  }
}

function readFlags(args: string[]): Wanted {
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
  });
  const { extensionDevelopmentPath: extension, extensionTestsPath: tests } = values;
  if (typeof extension !== 'string' || typeof tests !== 'string') {
    throw new Error('Usage: launcher --extensionDevelopmentPath=DIR --extensionTestsPath=FILE [WORKSPACE]');
  }
  return { extension: plainPath(extension), tests: plainPath(tests), workspace: positionals[0] };
}

function plainPath(given: string): string {
  return given.startsWith('file:') ? fileURLToPath(given) : path.resolve(given);
}

function startServer(programs: EditorPrograms, data: string) {
  const machine = path.join(data, 'data', 'Machine');
  mkdirSync(machine, { recursive: true });
  writeFileSync(path.join(machine, 'settings.json'), '{ "git.enabled": false }\n');
  return spawn(
    programs.node,
    [
      path.join(programs.root, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', '0'],
      ...['--server-data-dir', data, '--extensions-dir', path.join(data, 'extensions')],
      ...['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'],
      ...['--disable-workspace-trust', '--enable-smoke-test-driver'],
    ],
    { cwd: programs.root, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

async function runSuite(browser: Browser, port: number, wanted: Wanted): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const ended = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The suite did not end within ${suiteLimit / 1000} s.`)),
      suiteLimit,
    );
    void page.exposeFunction('codeAutomationExit', (code: number) => {
      clearTimeout(timer);
      resolve(code);
    });
    page.on('crash', () => reject(new Error('The browser page crashed.')));
    page.on('close', () => reject(new Error('The browser page was closed.')));
  });
  ended.catch(() => {});
  const others: string[] = [];
  await page.exposeFunction('codeAutomationLog', (_kind: string, args: unknown[]) => {
    const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
    if (text.startsWith(suiteMark)) process.stdout.write(`${text.slice(suiteMark.length)}\n`);
    else if (!/ChatModelSelection|AgentHost|AccountPolicyGate/.test(text)) others.push(text);
  });
  // What VS Code itself had to say matters only where something went wrong.
  void ended.then(
    (code) => code !== 0 && console.error(others.slice(-40).join('\n')),
    () => console.error(others.slice(-40).join('\n')),
  );
  const remote = (file: string) => `vscode-remote://127.0.0.1:${port}${pathToFileURL(file).pathname}`;
  const payload = [
    ['extensionDevelopmentPath', remote(wanted.extension)],
    ['extensionTestsPath', remote(wanted.tests)],
    ['enableProposedApi', ''],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (wanted.workspace === undefined) query.set('ew', 'true');
  else query.set('folder', path.resolve(wanted.workspace));
  await page.goto(`http://127.0.0.1:${port}/?${query}`, { timeout: startLimit, waitUntil: 'domcontentloaded' });
  return ended;
}
