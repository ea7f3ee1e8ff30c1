import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { QUERY } from './nvidia-smi.ts';

/** The driver averages over at least 1/6 s: asking more often adds nothing. */
const EVERY_MS = 200;

/** One long-running nvidia-smi that writes a CSV beside the run, until it is stopped. */
export class NvidiaSmi {
  readonly #child: ChildProcess;
  readonly #file: WriteStream;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, file: WriteStream, ended: Promise<void>) {
    this.#child = child;
    this.#file = file;
    this.#ended = ended;
  }

  /** Null where there is no nvidia-smi, which is no trouble: there is no GPU to speak of. */
  static async start(csv: string): Promise<NvidiaSmi | null> {
    const args = [`--query-gpu=${QUERY.join(',')}`, '--format=csv', '-lms', String(EVERY_MS)];
    const child = spawn('nvidia-smi', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const started = await new Promise<boolean>((resolve) => {
      child.once('spawn', () => resolve(true));
      child.once('error', () => resolve(false));
    });
    if (!started) return null;
    const file = createWriteStream(csv);
    child.stdout.pipe(file);
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return new NvidiaSmi(child, file, ended);
  }

  /** Resolves when everything it said is written. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    this.#file.end();
    await finished(this.#file).catch(() => {});
  }

  abandon(): void {
    this.#child.kill('SIGKILL');
  }
}
