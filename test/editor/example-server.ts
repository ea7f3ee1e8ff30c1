import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until.ts';
import { repository } from './launcher-programs.ts';

/** The example classifier, serving from a copy of its folder, which is the workspace of a test. */
export class ExampleServer {
  readonly folder: string;
  /** Without a path. */
  readonly url: string;
  readonly #server: ChildProcess;

  private constructor(folder: string, url: string, server: ChildProcess) {
    this.folder = folder;
    this.url = url;
    this.#server = server;
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ExampleServer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-workspace-'));
    cpSync(path.join(repository, 'examples/node-classifier'), folder, { recursive: true });
    const server = spawn(process.execPath, ['server.mjs'], {
      cwd: folder,
      env: { ...process.env, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    server.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    try {
      const url = await until('the example server', 10_000, () => /http:\/\/[^\s/]+/.exec(said)?.[0] ?? null);
      return new ExampleServer(folder, url, server);
    } catch (error) {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Its folder goes too. */
  stop(): void {
    this.#server.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
