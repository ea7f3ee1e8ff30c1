import { LARGEST_EVENT_BYTES, tooLarge } from './stream-fault.ts';

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Cuts bytes into lines, which end with CRLF, LF or CR, wherever reads cut them: within a line end, or a character. A byte order mark at
 * the very beginning is left out.
 */
export class LineDecoder {
  readonly #line: (line: string) => void;
  /** What has come of a line whose end has not. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** The last byte was a CR: a LF now belongs to it. */
  #afterCr = false;
  #first = true;

  /** @param line called with each line, without its end */
  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  /** Keeps nothing of `bytes` but copies. Throws a `StreamFault` for a line that is too large. */
  push(bytes: Buffer): void {
    let from = 0;
    if (this.#afterCr && bytes.length > 0) {
      if (bytes[0] === LF) from = 1;
      this.#afterCr = false;
    }
    let lf = bytes.indexOf(LF, from);
    let cr = bytes.indexOf(CR, from);
    while (lf >= 0 || cr >= 0) {
      const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
      this.#end(bytes, from, end);
      from = end + 1;
      if (end === cr) {
        if (from === bytes.length) this.#afterCr = true;
        else if (bytes[from] === LF) from++;
        cr = bytes.indexOf(CR, from);
      }
      if (lf >= 0 && lf < from) lf = bytes.indexOf(LF, from);
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
  }

  /** The last line, where its end never came; null where there is none. */
  rest(): string | null {
    if (this.#begunBytes === 0) return null;
    const line = Buffer.concat(this.#begun).toString();
    this.#begun = [];
    this.#begunBytes = 0;
    return this.#first && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
  }

  #end(bytes: Buffer, from: number, end: number): void {
    let line: string;
    if (this.#begunBytes === 0) line = bytes.toString('utf8', from, end);
    else {
      this.#begun.push(bytes.subarray(from, end));
      line = Buffer.concat(this.#begun).toString();
      this.#begun = [];
      this.#begunBytes = 0;
    }
    if (this.#first) {
      this.#first = false;
      if (line.startsWith(BYTE_ORDER_MARK)) line = line.slice(1);
    }
    this.#line(line);
  }

  #keep(bytes: Buffer): void {
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > LARGEST_EVENT_BYTES) throw tooLarge('A line');
    this.#begun.push(Buffer.from(bytes));
  }
}
