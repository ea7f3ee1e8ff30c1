import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../report/display-width.ts';
import { type LiveView, liveView } from '../report/live-view.ts';
import { progressText } from '../report/progress-text.ts';
import { harmless, lineText } from '../report/styled-line.ts';

/** What a terminal needs of `process.stdout` or `process.stderr`. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  hasColors?(): boolean;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

const LOG_INTERVAL_MS = 5000;
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

// Standard control sequences (ECMA-48), and the private mode that has a terminal show a frame only when it is whole. One that does not
// know the mode ignores it.
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\u001b[2K';
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');

/**
 * Shows how a run goes. On a terminal: a frame drawn in place, gone at the end. Anywhere else, such as in the log of a CI: a plain line
 * every 5 s. The cursor is never hidden, so a program that is killed leaves nothing to repair but the last frame.
 */
export class Terminal {
  /** Whether what is written for people may have colours. */
  readonly colour: boolean;
  readonly #stream: TerminalStream;
  readonly #inPlace: boolean;
  readonly #now: () => number;
  /** Width of each line of the frame on the screen. */
  #drawn: number[] = [];
  #shown: LiveView | string | null = null;
  #nextLine: number | null = null;
  #told: string | null = null;
  #closed = false;
  readonly #redraw = (): void => this.#draw();

  /** @param now ms, of any clock that only goes forward */
  constructor(
    stream: TerminalStream,
    env: Readonly<Record<string, string | undefined>> = process.env,
    now: () => number = () => performance.now(),
  ) {
    this.#stream = stream;
    this.#now = now;
    // A CI's log may come from a terminal of sorts, and keeps every frame ever drawn.
    this.#inPlace = stream.isTTY === true && env['TERM'] !== 'dumb' && !isSet(env['CI']);
    this.colour = this.#inPlace && (env['NO_COLOR'] ?? '') === '' && (stream.hasColors?.() ?? false);
    if (this.#inPlace) stream.on?.('resize', this.#redraw);
  }

  /** What goes on before, between and after the load, as a sentence. */
  status(text: string): void {
    if (this.#closed || text === this.#shown) return;
    this.#shown = text;
    if (this.#inPlace) this.#draw();
    else this.#line(text);
  }

  show(live: LiveView): void {
    if (this.#closed) return;
    this.#shown = live;
    if (this.#inPlace) this.#draw();
    else this.#log(live);
  }

  /** Leaves a line for good, above what is shown. */
  note(text: string): void {
    if (this.#closed) return;
    if (this.#drawn.length > 0) this.#stream.write(`${this.#toTop()}${CLEAR_LINE}${CLEAR_BELOW}`);
    this.#drawn = [];
    this.#line(text);
    if (this.#inPlace) this.#draw();
  }

  /** Takes the frame away. What is shown after it is ignored. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#inPlace) return;
    this.#stream.off?.('resize', this.#redraw);
    // Clearing all of a screen from its first row on would move the frame to the history instead (tmux).
    if (this.#drawn.length > 0) this.#stream.write(`${this.#toTop()}${CLEAR_LINE}\n${CLEAR_BELOW}${up(1)}`);
    this.#drawn = [];
  }

  #draw(): void {
    if (this.#shown === null) return;
    const lines = this.#frame(this.#shown);
    // A row that was part of a wrapped line goes on being one until it is cleared as a whole.
    const text = lines.map((line) => `${CLEAR_LINE}${line}\n`).join('');
    this.#stream.write(`${BEGIN_FRAME}${this.#toTop()}${text}${CLEAR_BELOW}${END_FRAME}`);
    this.#drawn = lines.map((line) => displayWidth(stripVTControlCharacters(line)));
  }

  #frame(shown: LiveView | string): string[] {
    // A line that fills the last column leaves some terminals in doubt which line the cursor is in.
    const width = Math.max(1, (this.#stream.columns || USUAL_COLUMNS) - 1);
    const lines =
      typeof shown === 'string' ? [lineText([shown], this.colour, width)] : liveView(shown, width, this.colour);
    // What has scrolled off the top cannot be drawn over; the cursor's own row comes after the frame.
    return lines.slice(0, Math.max(1, (this.#stream.rows || USUAL_ROWS) - 1));
  }

  /** To where the frame on the screen begins. Lines that no longer fit have been wrapped by the terminal. */
  #toTop(): string {
    const columns = this.#stream.columns || USUAL_COLUMNS;
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `\r${up(rows)}`;
  }

  #log(live: LiveView): void {
    const now = this.#now();
    this.#nextLine ??= now + LOG_INTERVAL_MS;
    if (live.sentence !== null && live.sentence !== this.#told) this.#line(live.sentence);
    this.#told = live.sentence;
    if (now < this.#nextLine) return;
    this.#line(progressText(live));
    while (this.#nextLine <= now) this.#nextLine += LOG_INTERVAL_MS;
  }

  #line(text: string): void {
    this.#stream.write(`${harmless(text)}\n`);
  }
}

/** `CI=false` is how some switch it off. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}
