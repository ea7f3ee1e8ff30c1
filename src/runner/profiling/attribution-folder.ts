import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from '../target/process-tree.ts';
import type { TargetProcess } from '../target/target-process.ts';

/** The environment variable that names the folder, by which a service knows that it is to tell of its requests. */
export const ATTRIBUTION_VARIABLE = 'TAILFLAME_ATTRIBUTION';
/** Longer than the service lets its records wait before it writes them. */
const QUIET_MS = 400;
const LONGEST_MS = 4000;
/** Together; a service ends each of its files earlier. */
export const MOST_BYTES = 512 * 1024 * 1024;

/** Where a service tells of its requests: a file for each of its processes. */
export class AttributionFolder {
  readonly path: string;
  readonly #isOurs: boolean;

  private constructor(folder: string, isOurs: boolean) {
    this.path = folder;
    this.#isOurs = isOurs;
  }

  /** A new one, for a target that is yet to be started. */
  static async create(): Promise<AttributionFolder> {
    return new AttributionFolder(await mkdtemp(path.join(os.tmpdir(), 'tailflame-attribution-')), true);
  }

  /** The one that a running target, or a process it started, was given; null where it was given none. Rejects where that cannot be told. */
  static async of(target: TargetProcess): Promise<AttributionFolder | null> {
    const unread: Error[] = [];
    for (const pid of await processTree(target.pid)) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch((error: NodeJS.ErrnoException) => {
        // On Linux a process that has no such file has ended.
        if (process.platform !== 'linux' || (error.code !== 'ENOENT' && error.code !== 'ESRCH')) unread.push(error);
        return '';
      });
      const entry = environment.split('\0').find((one) => one.startsWith(`${ATTRIBUTION_VARIABLE}=`));
      const folder = entry?.slice(ATTRIBUTION_VARIABLE.length + 1) ?? '';
      if (path.isAbsolute(folder)) return new AttributionFolder(folder, false);
    }
    if (unread[0] !== undefined) throw unread[0];
    return null;
  }

  /** What the processes wrote, a text each, once they have written what they had; null where it is too much to be read. */
  async read(): Promise<string[] | null> {
    const deadline = performance.now() + LONGEST_MS;
    let size = -1;
    for (let last = -2; size !== last && performance.now() < deadline; ) {
      last = size;
      await sleep(QUIET_MS);
      size = await this.#size();
    }
    if (size > MOST_BYTES) return null;
    const files = await this.#files();
    return Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  }

  /** Removes what was made for the run. */
  async release(): Promise<void> {
    if (this.#isOurs) await rm(this.path, { recursive: true, force: true });
  }

  /** The same at once, for the moment the process ends. */
  abandon(): void {
    if (this.#isOurs) rmSync(this.path, { recursive: true, force: true });
  }

  async #size(): Promise<number> {
    const sizes = (await this.#files()).map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async #files(): Promise<string[]> {
    const names = await readdir(this.path).catch(() => []);
    return names.filter((name) => /^\d+\.jsonl$/.test(name)).map((name) => path.join(this.path, name));
  }
}
