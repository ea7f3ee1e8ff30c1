import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { RunDocument } from '../runs/run-document.ts';
import { onceEnded } from './child-end.ts';
import { type FromRunner, RunnerError, type RunRequest, type ToRunner } from './messages.ts';

export interface RunResult {
  readonly folder: string;
  readonly document: RunDocument;
}

/** A run in its own process. It ends by itself when this process goes. */
export class RunnerClient {
  readonly #child: ChildProcess;
  readonly #result: Promise<RunResult>;

  /** @param dist the folder of the bundles @param onEvent called for everything but the end */
  constructor(dist: string, request: RunRequest, onEvent: (event: FromRunner) => void) {
    this.#child = fork(path.join(dist, 'runner.cjs'), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // In the editor process.execPath is Electron, which is Node only when told so.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      execArgv: [],
      serialization: 'advanced',
    });
    let complaints = '';
    this.#child.stderr?.on('data', (data: Buffer) => {
      complaints = (complaints + data.toString()).slice(-4000);
    });
    this.#result = new Promise((resolve, reject) => {
      this.#child.on('message', (event: FromRunner) => {
        if (event.type === 'finished') resolve({ folder: event.folder, document: event.document });
        else if (event.type === 'failed') reject(new RunnerError(event.code, event.message, event.host));
        else onEvent(event);
      });
      this.#child.on('error', (error) =>
        reject(new RunnerError(1, `The runner could not be started: ${error.message}`)),
      );
      onceEnded(this.#child, (how) =>
        reject(new RunnerError(1, `The runner ${how} before it had a result. ${complaints.trim()}`.trim())),
      );
    });
    this.#result.catch(() => {});
    this.#post({ type: 'run', request });
  }

  /** Rejects with a {@link RunnerError}. */
  get result(): Promise<RunResult> {
    return this.#result;
  }

  /** Sends no more; what was measured becomes the result. */
  stop(): void {
    this.#post({ type: 'stop' });
  }

  /** Waits for it no longer, and lets this process end without it. It ends by itself where it still can. */
  abandon(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.stderr?.destroy();
    this.#child.unref();
  }

  #post(message: ToRunner): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
