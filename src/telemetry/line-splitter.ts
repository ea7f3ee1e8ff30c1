/** Makes lines of a text that comes in pieces. Of a line that is too long the beginning is kept. */
export class LineSplitter {
  readonly #most: number;
  #rest = '';

  /** @param most letters of a line that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  push(text: string, each: (line: string) => void): void {
    let from = 0;
    for (;;) {
      const end = text.indexOf('\n', from);
      if (end < 0) break;
      const line =
        this.#rest === '' ? text.slice(from, Math.min(end, from + this.#most)) : this.#joined(text, from, end);
      this.#rest = '';
      each(line.endsWith('\r') ? line.slice(0, -1) : line);
      from = end + 1;
    }
    if (from < text.length && this.#rest.length < this.#most) this.#rest = this.#joined(text, from, text.length);
  }

  /** What stands after the last line break, as the last line; empty where there is nothing. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  #joined(text: string, from: number, to: number): string {
    return this.#rest + text.slice(from, Math.min(to, from + this.#most - this.#rest.length));
  }
}
