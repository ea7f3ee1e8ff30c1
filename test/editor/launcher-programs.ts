import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** What an editor without a desktop is made of: code-server's two ways in, the Node that runs them, a browser. */
export interface EditorPrograms {
  readonly root: string;
  readonly entry: string;
  readonly node: string;
  readonly chromium: string;
}

type Log = (line: string) => void;

interface CodeServerModule {
  codeServer(options: { log: Log }): Promise<Omit<EditorPrograms, 'chromium'>>;
}

interface ChromiumModule {
  chromium(options: { log: Log }): Promise<string>;
}

export const repository = findRepository();

export async function editorPrograms(log: Log): Promise<EditorPrograms> {
  const servers: CodeServerModule = await import(script('code-server.mjs'));
  const server = await servers.codeServer({ log });
  return { ...server, chromium: await browserPath(log) };
}

/** The path of a Chromium, for what needs no editor. */
export async function browserPath(log: Log): Promise<string> {
  const browsers: ChromiumModule = await import(script('chromium.mjs'));
  return browsers.chromium({ log });
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: 30_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The environment without what an editor's terminal adds, which would send us to that editor. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|CODE_SERVER|ELECTRON_|NODE_TEST)/.test(name));
  return { ...Object.fromEntries(ours), ...extra };
}

/** The port a server says it listens on. */
export function listeningPort(child: ChildProcess, pattern: RegExp, limit: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`The editor's server ${why}.\n${said.slice(-2000)}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${limit / 1000} s`), limit);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const port = pattern.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended early (${code ?? signal})`));
  });
}

/** Ends a server, with 5 s to do it properly. Resolves when it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(5000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await gone;
}

/** Does the clearing up once, whether asked to, on a signal, or because the process ends. */
export function onceAtEnd(clearUp: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const finish = () => {
    done ??= clearUp().finally(() => {
      for (const signal of signals) process.removeListener(signal, stop);
    });
    return done;
  };
  const stop = () => {
    void finish().finally(() => process.exit(143));
  };
  for (const signal of signals) process.on(signal, stop);
  return finish;
}

function script(name: string): string {
  return pathToFileURL(path.join(repository, 'scripts', name)).href;
}

function findRepository(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest) && /"name": "tailflame"/.test(readFileSync(manifest, 'utf8'))) return folder;
    if (folder === path.dirname(folder)) throw new Error('Not inside a checkout of Tailflame.');
  }
}
