import type { LogFacts, LogMessage } from '../../runs/run-document.ts';
import { exceptionLine, type LogLevel, logRecord } from './log-level.ts';
import { maskedMessage } from './masked-message.ts';

/** Of different messages, so many are counted apart. */
const MOST_MESSAGES = 500;
const FREQUENT_TOLD = 8;
const FIRST_TOLD = 2;

/** Errors and warnings since the last time they were taken. */
export interface LogCounts {
  readonly errors: number;
  readonly warnings: number;
}

interface Open {
  readonly level: Exclude<LogLevel, 'other'>;
  readonly time: number;
  message: string;
  isExplained: boolean;
}

/** Counts what the lines of one log say, in bounded memory. */
export class LogTally {
  readonly #redact: (text: string) => string;
  readonly #messages = new Map<string, LogMessage>();
  #open: Open | null = null;
  #lines = 0;
  #errors = 0;
  #warnings = 0;
  #taken: LogCounts = { errors: 0, warnings: 0 };

  /** @param redact takes known secrets out of a text: nothing else of a line is kept */
  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** @param time run time, ms */
  add(line: string, time: number): void {
    this.#lines++;
    if (this.#open !== null && goesOn(this.#open, line)) return;
    const record = logRecord(line);
    if (record === null) return;
    this.#close();
    if (record.level === 'other') return;
    if (record.level === 'error') this.#errors++;
    else this.#warnings++;
    this.#open = { level: record.level, time, message: record.message, isExplained: false };
  }

  /** What was counted since the last call. */
  take(): LogCounts {
    const since = {
      errors: this.#errors - this.#taken.errors,
      warnings: this.#warnings - this.#taken.warnings,
    };
    this.#taken = { errors: this.#errors, warnings: this.#warnings };
    return since;
  }

  /** All so far. @param isOver whether what was read last is whole: more lines may explain it */
  facts(isOver: boolean): Omit<LogFacts, 'log' | 'skipped' | 'trouble'> {
    if (isOver) this.#close();
    const all = [...this.#messages.values()];
    const frequent = all.toSorted((a, b) => b.count - a.count || a.first - b.first).slice(0, FREQUENT_TOLD);
    const early = all.toSorted((a, b) => a.first - b.first).slice(0, FIRST_TOLD);
    const messages = [...new Set([...frequent, ...early])].map((message) => ({ ...message }));
    const told = messages.reduce((sum, { count }) => sum + count, 0);
    return {
      lines: this.#lines,
      errors: this.#errors,
      warnings: this.#warnings,
      messages,
      others: this.#errors + this.#warnings - told,
    };
  }

  #close(): void {
    if (this.#open === null) return;
    const { level, time, message } = this.#open;
    this.#open = null;
    const masked = maskedMessage(this.#redact(message));
    const key = `${level} ${masked}`;
    const known = this.#messages.get(key);
    if (known !== undefined) known.count++;
    else if (this.#messages.size < MOST_MESSAGES) {
      this.#messages.set(key, { level, message: masked, count: 1, first: time });
    }
  }
}

/** Whether a line belongs to the record before: of an error's, the one that names the exception says most. */
function goesOn(open: Open, line: string): boolean {
  if (open.level === 'error' && line.startsWith('Traceback (most recent call last)')) {
    open.isExplained = false;
    return true;
  }
  const exception = open.level === 'error' && !open.isExplained ? exceptionLine(line) : null;
  if (exception === null) return /^\s/.test(line);
  open.message = open.message === '' ? exception : `${open.message}: ${exception}`;
  open.isExplained = true;
  return true;
}
