import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/** Read at a time. */
const BLOCK_BYTES = 256 * 1024;
/** Read in one look: others wait for their turn. */
const MOST_AT_ONCE = 8 * 1024 * 1024;
/** What is further behind is passed over: old lines are of no use beside what happens now. */
const MOST_BEHIND = 32 * 1024 * 1024;

/** What is written to a file from now on, through its rotation and truncation. Blocks while it reads, so on a thread of its own. */
export class TailedFile {
  readonly #file: string;
  readonly #each: (bytes: Buffer) => void;
  readonly #anew: () => void;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #descriptor: number | null = null;
  #inode = 0;
  #position = 0;
  #skipped = 0;
  #trouble: string | null = null;
  #wasThere = false;
  #hasFailed = false;

  /** @param each is given what was written, to be read at once @param anew called where another file begins under its name */
  constructor(file: string, each: (bytes: Buffer) => void, anew: () => void) {
    this.#file = file;
    this.#each = each;
    this.#anew = anew;
    const there = this.#stat();
    // What stands in it already is not of this run.
    if (there !== null) this.#open(there.size);
  }

  get skipped(): number {
    return this.#skipped;
  }

  /** After "The log FILE"; null where all is well. */
  get trouble(): string | null {
    return this.#wasThere && !this.#hasFailed ? null : (this.#trouble ?? 'was never there');
  }

  /** Reads what is new. A file that cannot be read any more is left: from its beginning it would be counted twice. */
  look(): void {
    if (this.#hasFailed) return;
    try {
      this.#look();
    } catch (error) {
      this.#hasFailed = true;
      this.#trouble = `could not be read to its end: ${(error as Error).message}`;
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #look(): void {
    const there = this.#stat();
    if (this.#descriptor === null) {
      if (there !== null) this.#open(0);
    }
    if (this.#descriptor === null) return;
    const isAtEnd = this.#read(this.#descriptor);
    if (there === null || there.ino === this.#inode || !isAtEnd) return;
    this.close();
    this.#anew();
    this.#open(0);
    if (this.#descriptor !== null) this.#read(this.#descriptor);
  }

  #stat(): Stats | null {
    try {
      const there = statSync(this.#file);
      if (there.isFile()) return there;
      this.#trouble = 'is no file';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#trouble = `cannot be read: ${(error as Error).message}`;
    }
    return null;
  }

  #open(position: number): void {
    try {
      this.#descriptor = openSync(this.#file, 'r');
      this.#inode = fstatSync(this.#descriptor).ino;
      this.#position = position;
      this.#wasThere = true;
    } catch (error) {
      this.#descriptor = null;
      this.#trouble = `cannot be read: ${(error as Error).message}`;
    }
  }

  /** Whether its end was reached. */
  #read(descriptor: number): boolean {
    const { size } = fstatSync(descriptor);
    if (size < this.#position) {
      this.#position = 0;
      this.#anew();
    }
    const behind = size - this.#position;
    if (behind > MOST_BEHIND) {
      const skipped = behind - MOST_AT_ONCE;
      this.#skipped += skipped;
      this.#position += skipped;
      this.#anew();
    }
    for (let left = MOST_AT_ONCE; left > 0; ) {
      const count = readSync(descriptor, this.#block, 0, BLOCK_BYTES, this.#position);
      if (count === 0) return true;
      this.#position += count;
      left -= count;
      this.#each(this.#block.subarray(0, count));
    }
    return false;
  }
}
