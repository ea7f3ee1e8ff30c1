import { closeSync, openSync, readSync } from 'node:fs';

const FIRST_BYTES = 64 * 1024;
let buffer = Buffer.allocUnsafe(FIRST_BYTES);

/**
 * A file that the kernel writes when it is read, such as those under `/proc`; null where it cannot be read. Such a read never waits, and
 * going to another thread for it would cost more than it does.
 * @param most bytes, where its beginning is enough: the kernel then writes no more of it
 */
export function readProcFile(file: string, most = Number.POSITIVE_INFINITY): string | null {
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    let length = 0;
    while (length < most) {
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      const read = readSync(handle, buffer, length, Math.min(buffer.length, most) - length, null);
      if (read === 0) break;
      length += read;
    }
    return buffer.toString('latin1', 0, length);
  } catch {
    return null;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

/**
 * A file under `/proc` that is read again and again, and tells of one thing: to open it takes several times as long as to read it. It stays
 * with the process or thread that it was opened for, whoever is given its number later.
 */
export class ProcFile {
  readonly #path: string;
  #handle: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** What it says now; null where it cannot be read, and then it is closed. */
  read(): string | null {
    try {
      this.#handle ??= openSync(this.#path, 'r');
      return buffer.toString('latin1', 0, readSync(this.#handle, buffer, 0, buffer.length, 0));
    } catch {
      this.close();
      return null;
    }
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }
}
