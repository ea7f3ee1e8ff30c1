import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgsStringToArgv } from 'string-argv';
import { endText } from '../child-end.ts';
import { RunnerError } from '../messages.ts';

const READY_MS = 60_000;
const TRY_EVERY_MS = 100;
/** From asking to end to ending. */
const KILL_AFTER_MS = 3000;
/** Of what the target prints, this much of the end is kept to be shown when it fails. */
const MAX_OUTPUT = 8000;

/**
 * Should a Node target be asked to open its inspector, then at a port of its own: the usual one may be another target's, or a debugger's.
 * One that says itself where its inspector is keeps it there.
 */
function inspectorPort(command: string): Readonly<Record<string, string>> {
  const options = process.env['NODE_OPTIONS'] ?? '';
  return `${command} ${options}`.includes('--inspect') ? {} : { NODE_OPTIONS: `${options} --inspect-port=0`.trim() };
}

/** A target started without a shell, in a process group of its own. It ends with this process, if not before. */
export class StartedTarget {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #kill = (): void => this.#signal('SIGKILL');
  #listener: ((output: 'stdout' | 'stderr', data: Buffer) => void) | null = null;
  #end: string | null = null;
  #output = '';

  /** Throws a {@link RunnerError} where the command is empty. @param environment beside our own */
  constructor(command: string, cwd: string, environment: Readonly<Record<string, string>> = {}) {
    const [program, ...args] = parseArgsStringToArgv(command);
    if (program === undefined) throw new RunnerError(2, 'The command to start the target is empty.');
    const env = { ...process.env, ...inspectorPort(command), ...environment };
    this.#child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', this.#kill);
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.on('data', (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-MAX_OUTPUT);
        this.#listener?.(name, data);
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        this.#end = error.code === 'ENOENT' ? `there is no program \`${program}\`` : error.message;
        resolve();
      });
      this.#child.on('exit', (code, signal) => {
        this.#end = `it ${endText(code, signal)}`;
        resolve();
      });
    });
  }

  /**
   * Asks until there is nothing against it. Rejects with a {@link RunnerError} where the target ends or takes over a minute.
   * @param url that is asked @param ask resolves to what is against it, in words; null: it is ready
   */
  async ready(url: string, ask: () => Promise<string | null>, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + READY_MS;
    let last = '';
    while (performance.now() < deadline) {
      if (this.#end !== null) throw new RunnerError(3, this.#failure(`did not start: ${this.#end}`));
      signal.throwIfAborted();
      const fault = await ask();
      if (fault === null) return;
      last = fault;
      await sleep(TRY_EVERY_MS);
    }
    throw new RunnerError(3, this.#failure(`was not ready at ${url} within ${READY_MS / 1000} s: ${last}`));
  }

  /** From now on all it prints is handed to `listener`. */
  listen(listener: (output: 'stdout' | 'stderr', data: Buffer) => void): void {
    this.#listener = listener;
  }

  /** Ends the target and everything it started. */
  async stop(): Promise<void> {
    if (this.#end === null) {
      this.#signal('SIGTERM');
      await Promise.race([this.#ended, sleep(KILL_AFTER_MS, undefined, { ref: false })]);
    }
    // Children of a target that has ended may still be there; the group lives as long as one of them.
    this.#kill();
    process.off('exit', this.#kill);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // The group is gone.
    }
  }

  #failure(what: string): string {
    const output = this.#output.trim().split('\n').slice(-12);
    const said = output.length > 0 && output[0] !== '' ? ` It said:\n  ${output.join('\n  ')}` : '';
    return `The target ${what}.${said}`;
  }
}
