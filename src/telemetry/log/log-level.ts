export type LogLevel = 'error' | 'warning' | 'other';

/** A line of a log that begins a record. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
}

/**
 * What a line says of its level, in the formats that are usual: JSON a line (pino, bunyan, structlog, zap, ECS), logfmt, glog and
 * TensorFlow, nginx, and a level in capitals after a time or at the beginning (Python's logging, uvicorn, gunicorn, loguru, vLLM,
 * env_logger, tracing, logback). Null for a line that says none: it goes on with the record before.
 */
export function logRecord(line: string): LogRecord | null {
  const text = line.replace(COLOURS, '').trim();
  if (text === '') return null;
  if (text.startsWith('{')) {
    const json = jsonRecord(text);
    if (json !== null) return json;
  }
  return glogRecord(text) ?? logfmtRecord(text) ?? wordRecord(text) ?? bareRecord(text);
}

/** What a terminal would show as colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with.
const COLOURS = /\u001b\[[\d;]*m/g;
/** Letters within which a line's level stands. */
const HEAD = 160;

const WORDS: Readonly<Record<string, LogLevel>> = {
  emerg: 'error',
  emergency: 'error',
  alert: 'error',
  panic: 'error',
  fatal: 'error',
  crit: 'error',
  critical: 'error',
  severe: 'error',
  error: 'error',
  err: 'error',
  warning: 'warning',
  warn: 'warning',
  notice: 'other',
  info: 'other',
  information: 'other',
  debug: 'other',
  trace: 'other',
  verbose: 'other',
};
const LEVELS = Object.keys(WORDS).join('|');

function levelOf(word: string): LogLevel | null {
  const name = word.toLowerCase();
  return Object.hasOwn(WORDS, name) ? WORDS[name]! : null;
}

/** `level` as a word, or as pino and bunyan number it: 40 warns, from 50 on it is an error. */
function jsonRecord(text: string): LogRecord | null {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return cutJsonRecord(text);
  }
  const told = LEVEL_KEYS.map((key) => fields[key]).find((value) => value !== undefined);
  const log = fields['log'];
  const level = told ?? (typeof log === 'object' && log !== null ? (log as { level?: unknown }).level : undefined);
  const known = typeof level === 'number' ? numberedLevel(level) : typeof level === 'string' ? levelOf(level) : null;
  if (known === null) return null;
  const texts = [...MESSAGE_KEYS.map((key) => fields[key]), ...ERROR_KEYS.map((key) => messageIn(fields[key]))];
  const said = texts.filter((value): value is string => typeof value === 'string' && value !== '');
  return { level: known, message: [...new Set(said)].slice(0, 2).join(': ') };
}

const LEVEL_KEYS = ['level', 'levelname', 'severity', 'severityText', 'lvl', 'log.level', 'loglevel'];
const MESSAGE_KEYS = ['msg', 'message', 'event', 'body'];
const ERROR_KEYS = ['err', 'error', 'exception', 'exc_info'];

function messageIn(value: unknown): unknown {
  if (typeof value === 'string') return value.trim().split('\n').at(-1);
  return typeof value === 'object' && value !== null ? (value as { message?: unknown }).message : undefined;
}

/** Of a line that was too long to be read to its end. */
function cutJsonRecord(text: string): LogRecord | null {
  const [, word] = /"(?:level|levelname|severity|lvl)"\s*:\s*"?(\w{1,12})/.exec(text) ?? [];
  if (word === undefined) return null;
  const level = /^\d+$/.test(word) ? numberedLevel(Number(word)) : levelOf(word);
  const [, message = ''] = /"(?:msg|message|event)"\s*:\s*"((?:\\.|[^"\\]){0,400})/.exec(text) ?? [];
  return level === null ? null : { level, message };
}

function numberedLevel(level: number): LogLevel {
  return level >= 50 ? 'error' : level >= 40 ? 'warning' : 'other';
}

/** `E1126 06:31:37.123456  1234 file.cc:12] message`, and TensorFlow's `2026-11-26 06:31:37.123: E file.cc:12] message`. */
const GLOG =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d+: )?([IWEF])(?:\d{4,8} \d\d:\d\d:\d\d[.\d]*\s+\d+)? ?(\S{1,120}:\d+\]) ?(.*)$/s;
const GLOG_LEVELS: Readonly<Record<string, LogLevel>> = { I: 'other', W: 'warning', E: 'error', F: 'error' };

function glogRecord(text: string): LogRecord | null {
  const [, letter, , message] = GLOG.exec(text) ?? [];
  return letter === undefined ? null : { level: GLOG_LEVELS[letter]!, message: message! };
}

function logfmtRecord(text: string): LogRecord | null {
  const [, word] = /(?:^|\s)(?:level|lvl|severity)="?([a-z]{3,11})"?(?=\s|$)/i.exec(text.slice(0, HEAD)) ?? [];
  const level = word === undefined ? null : levelOf(word);
  if (level === null) return null;
  const [, quoted, plain] = /(?:^|\s)(?:msg|message)=(?:"((?:\\.|[^"\\])*)"|(\S+))/.exec(text) ?? [];
  return { level, message: quoted ?? plain ?? text };
}

const WORD = new RegExp(`(^|[\\s[(<|:])(${LEVELS})(?=$|[\\s\\])>|:,])`, 'gi');
/** A time, bracketed or not; the month of syslog; what `docker compose` puts before a line. */
const BEGINS_AS_LOG = /^(?:[[(<]?\d|[A-Z][a-z]{2} {1,2}\d|\S{1,40}\s*\|)/;

/** The first level in the head of a line, where it stands as levels do: in capitals, in brackets, or at the beginning with a colon. */
function wordRecord(text: string): LogRecord | null {
  const head = text.slice(0, HEAD);
  for (const found of head.matchAll(WORD)) {
    const [, before, word] = found as unknown as [string, string, string];
    const at = found.index + before.length;
    const after = at + word.length;
    const [opens, closes] = [text[at - 1] ?? '', text[after] ?? ''];
    const isBracketed = (opens === '[' && closes === ']') || (opens === '<' && closes === '>');
    const isCapital = word === word.toUpperCase();
    const prefix = text.slice(0, at).trim();
    const isPlaced =
      prefix === ''
        ? isCapital || closes === ':'
        : isBracketed || (isCapital && (opens === '|' || BEGINS_AS_LOG.test(prefix) || /^\(.*\)$/.test(prefix)));
    if (isPlaced) return { level: levelOf(word)!, message: text.slice(after).replace(/^[\s\])>|:,-]+/, '') };
    // A level that is part of a message comes after the line's own, or there is none.
    if (isCapital && prefix !== '') return null;
  }
  return null;
}

/** What programs print when nobody logs for them. */
const BARE: readonly (readonly [RegExp, LogLevel])[] = [
  [/^Traceback \(most recent call last\):/, 'error'],
  [/^thread '[^']{0,100}' (?:\(\d+\) )?panicked at/, 'error'],
  [/^(?:panic|fatal error|FATAL ERROR): /, 'error'],
  [/^Uncaught /, 'error'],
  [/^[A-Z]\w{0,60}Error(?: \[\w{1,60}\])?: /, 'error'],
  [/^Exception in thread /, 'error'],
  [/^\S{1,300}:\d+: \w{0,60}Warning: /, 'warning'],
  [/^\(node:\d+\) (?:\[\w+\] )?\w{0,40}Warning: /, 'warning'],
];

function bareRecord(text: string): LogRecord | null {
  const found = BARE.find(([begins]) => begins.test(text));
  if (found === undefined) return null;
  const isTrace = text.startsWith('Traceback');
  return { level: found[1], message: isTrace ? '' : text };
}

/** The last line of a Python traceback, or the first of another runtime's: `RuntimeError: pool exhausted`. Null for any other. */
export function exceptionLine(line: string): string | null {
  return /^(?:[\w$]{1,60}\.){0,10}(?:[A-Z]\w{0,60})?(?:Error|Exception|Exit|Interrupt|Timeout|Failure)(?:: |$)/.test(
    line,
  )
    ? line
    : null;
}
