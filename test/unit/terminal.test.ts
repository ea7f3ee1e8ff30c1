import assert from 'node:assert/strict';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { Terminal } from '../../src/cli/terminal.ts';
import type { LiveView } from '../../src/report/live-view.ts';
import { liveView } from '../../src/report/live-view.ts';
import { progressText } from '../../src/report/progress-text.ts';

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`);
const TOKENS = new RegExp(`${ESCAPE}\\[\\??[\\d;]*[A-Za-z]|.`, 'gsu');

/** A terminal with just what a frame needs. It fails at every other escape code, such as one that hides the cursor. */
class Screen {
  readonly isTTY = true;
  columns: number;
  rows: number;
  written = '';
  writes = 0;
  #lines: string[] = [''];
  /** Rows whose line goes on in the next. Only clearing the whole row makes it end there. */
  #wrapped = new Set<number>();
  #row = 0;
  #column = 0;
  #listener: (() => void) | null = null;

  constructor(columns: number, rows = 40) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.written += text;
    this.writes++;
    for (const [token] of text.matchAll(TOKENS)) this.#take(token);
  }

  hasColors(): boolean {
    return true;
  }

  on(event: 'resize', listener: () => void): void {
    assert.equal(event, 'resize');
    this.#listener = listener;
  }

  off(event: 'resize', listener: () => void): void {
    assert.equal(event, 'resize');
    assert.equal(listener, this.#listener);
    this.#listener = null;
  }

  get listened(): boolean {
    return this.#listener !== null;
  }

  /** Puts rows that were one line together and wraps what no longer fits, as terminals do, and tells. */
  resize(columns: number): void {
    const lines: string[] = [];
    const wrapped = new Set<number>();
    let line = '';
    this.#lines.forEach((text, row) => {
      line += text.padEnd(this.#wrapped.has(row) ? this.columns : 0);
      if (row === this.#row) this.#row = lines.length;
      if (this.#wrapped.has(row)) return;
      for (let at = 0; at === 0 || at < line.length; at += columns) {
        if (at > 0) wrapped.add(lines.length - 1);
        lines.push(line.slice(at, at + columns));
      }
      line = '';
    });
    this.#lines = lines;
    this.#wrapped = wrapped;
    this.columns = columns;
    this.#listener?.();
  }

  /** What can be seen and what has scrolled away above it. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  #take(token: string): void {
    if (token === `${ESCAPE}[?2026h` || token === `${ESCAPE}[?2026l` || COLOUR.test(token)) return;
    const [, count, command] = /^.\[(\d*)([A-Z])$/.exec(token) ?? [];
    if (command === 'A') this.#row = Math.max(0, this.#lines.length - this.rows, this.#row - Number(count || 1));
    else if (command === 'K') {
      assert.equal(count, '2', 'part of a row is cleared');
      this.#lines[this.#row] = '';
      this.#wrapped.delete(this.#row);
    } else if (command === 'J') {
      assert.ok(this.#row > 0 && this.#column === 0, 'the whole screen is cleared, into the history');
      this.#lines = [...this.#lines.slice(0, this.#row), ''];
      this.#wrapped = new Set([...this.#wrapped].filter((row) => row < this.#row));
    } else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#newLine();
    else {
      assert.ok(!token.startsWith(ESCAPE), `escape code ${JSON.stringify(token)}`);
      this.#put(token);
    }
  }

  #put(character: string): void {
    assert.ok(this.#column < this.columns, 'the last column was left to wrap');
    const line = this.#lines[this.#row]!.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }

  #newLine(): void {
    this.#column = 0;
    this.#row++;
    if (this.#row === this.#lines.length) this.#lines.push('');
  }
}

/** A pipe or a file. */
class Log {
  readonly isTTY: boolean;
  written = '';

  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.written += text;
  }

  hasColors(): boolean {
    return this.isTTY;
  }

  on(): void {
    assert.fail('a log has no size');
  }
}

const LIVE: LiveView = {
  phase: 'measured',
  stage: null,
  elapsed: 1000,
  total: 30_000,
  rate: 99.2,
  asked: 100,
  rates: [100, 98, 99],
  percentiles: { p50: 4.1, p90: 9, p95: 12, p99: null },
  streams: null,
  completed: 300,
  failed: 0,
  dropped: 0,
  inFlight: 3,
  histogram: { edges: [1, 10, 100], counts: [250, 50] },
  errors: [],
  sentence: null,
};
const AT_LENGTH: LiveView = {
  ...LIVE,
  failed: 7,
  errors: [{ kind: 'timeout', count: 7 }],
  sentence: 'The server has not answered for 3 s.',
};

const shown = (live: LiveView, columns: number): string =>
  liveView(live, columns - 1, false)
    .join('\n')
    .trimEnd();

test('a frame takes the place of the one before it, and leaves what was there alone', () => {
  const screen = new Screen(80);
  screen.write('$ tailflame run plan.yaml\n');
  const terminal = new Terminal(screen, {});
  terminal.status('Asking the target first…');
  assert.equal(screen.text, '$ tailflame run plan.yaml\nAsking the target first…');
  for (const live of [LIVE, AT_LENGTH, LIVE, AT_LENGTH]) {
    terminal.show(live);
    assert.equal(screen.text, `$ tailflame run plan.yaml\n${shown(live, 80)}`);
  }
  terminal.status('Writing the run…');
  assert.equal(screen.text, '$ tailflame run plan.yaml\nWriting the run…');
});

test('at the end the frame is gone, and what comes next stands where it began', () => {
  const screen = new Screen(80);
  screen.write('before\n');
  const terminal = new Terminal(screen, {});
  terminal.show(AT_LENGTH);
  terminal.close();
  screen.write('after\n');
  assert.equal(screen.text, 'before\nafter');
  const writes = screen.writes;
  terminal.show(LIVE);
  terminal.status('late');
  terminal.close();
  assert.equal(screen.writes, writes);
  assert.equal(screen.listened, false);
});

test('a terminal that changes its size keeps one frame', () => {
  const screen = new Screen(120);
  screen.write('before\n');
  const terminal = new Terminal(screen, {});
  terminal.show(AT_LENGTH);
  for (const columns of [70, 61, 100, 75, 160]) {
    screen.resize(columns);
    assert.equal(screen.text, `before\n${shown(AT_LENGTH, columns)}`);
  }
  terminal.close();
  assert.equal(screen.text, 'before');
});

test('a frame is no taller than the terminal, or its top would stay behind', () => {
  const screen = new Screen(80, 6);
  screen.write('before\n');
  const terminal = new Terminal(screen, {});
  for (const live of [LIVE, AT_LENGTH, LIVE]) terminal.show(live);
  assert.equal(screen.text, `before\n${shown(LIVE, 80).split('\n').slice(0, 5).join('\n')}`);
  terminal.close();
  assert.equal(screen.text, 'before');
});

test('a frame at the top of the screen is gone as well', () => {
  const screen = new Screen(80, 6);
  const terminal = new Terminal(screen, {});
  terminal.show(AT_LENGTH);
  terminal.close();
  assert.equal(screen.text, '');
  screen.write('after\n');
  assert.equal(screen.text, 'after');
});

test('nothing is written where there was nothing to show', () => {
  const screen = new Screen(80);
  new Terminal(screen, {}).close();
  assert.equal(screen.written, '');
});

test('colours are left out where they are not wanted, and only they', () => {
  const drawn = (env: Record<string, string>): { screen: Screen; colour: boolean } => {
    const screen = new Screen(80);
    const terminal = new Terminal(screen, env);
    terminal.show(AT_LENGTH);
    return { screen, colour: terminal.colour };
  };
  const coloured = drawn({});
  const plain = drawn({ NO_COLOR: '1' });
  assert.equal(coloured.colour, true);
  assert.match(coloured.screen.written, COLOUR);
  assert.equal(plain.colour, false);
  assert.doesNotMatch(plain.screen.written, COLOUR);
  assert.equal(plain.screen.text, coloured.screen.text);
  assert.equal(drawn({ NO_COLOR: '' }).colour, true);
});

test('where the output is no terminal there is a plain line every 5 s', () => {
  for (const [log, env] of [
    [new Log(), {}],
    [new Log(true), { CI: 'true' }],
    [new Log(true), { TERM: 'dumb' }],
  ] as const) {
    let now = 777;
    const terminal = new Terminal(log, env, () => now);
    assert.equal(terminal.colour, false);
    terminal.status('Asking the target first…');
    terminal.status('Asking the target first…');
    for (let second = 0; second <= 12; second += 0.25) {
      now = 777 + second * 1000;
      terminal.show({ ...(second < 8 ? LIVE : AT_LENGTH), elapsed: second * 1000 });
    }
    terminal.status('Writing the run…');
    terminal.close();
    assert.equal(
      log.written,
      [
        'Asking the target first…',
        progressText({ ...LIVE, elapsed: 5000 }),
        'The server has not answered for 3 s.',
        progressText({ ...AT_LENGTH, elapsed: 10_000 }),
        'Writing the run…',
        '',
      ].join('\n'),
    );
    assert.equal(stripVTControlCharacters(log.written), log.written);
    assert.ok(!log.written.includes('\r'));
  }
});

test('lines of a log keep their 5 s where figures come late', () => {
  const log = new Log();
  let now = 0;
  const terminal = new Terminal(log, {}, () => now);
  const lines: number[] = [];
  for (now = 0; now <= 31_000; now += 1900) {
    const before = log.written.length;
    terminal.show(LIVE);
    if (log.written.length > before) lines.push(Math.floor(now / 5000));
  }
  assert.deepEqual(lines, [1, 2, 3, 4, 5, 6]);
});

test('CI=false is no CI', () => {
  for (const CI of ['false', '0', '']) {
    const screen = new Screen(80);
    new Terminal(screen, { CI }).show(LIVE);
    assert.equal(screen.text, shown(LIVE, 80));
  }
});
