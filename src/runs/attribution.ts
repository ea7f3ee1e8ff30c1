import type { ClockOrigin } from './clock.ts';
import type { SeenFrame } from './look.ts';

/** Stretches of time by column, ms on the run's clock, in order of their start. */
export interface OwnedSpans {
  /** The request's id. */
  readonly request: Float64Array;
  /** Index into {@link Attribution.threads}. */
  readonly thread: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/** What a service told of whom its threads worked for. */
export interface Attribution {
  readonly threads: readonly { readonly pid: number; readonly id: string }[];
  /** When a thread worked for a request. */
  readonly worked: OwnedSpans;
  /** When a part of a request was suspended, and where: index into `places`, −1 unknown. Its thread is that of its event loop. */
  readonly suspended: OwnedSpans & { readonly place: Int32Array };
  /** Frames, innermost first. */
  readonly places: readonly (readonly SeenFrame[])[];
  /** Records that the service could not keep since the first of the run. */
  readonly lost: number;
}

/** What the shipped lines look for at the beginning of a trace id; the run's own digits and the request's id follow. */
const MARK = '7a11f1a3';
const RUN_DIGITS = 8;
const REQUEST_DIGITS = 16;

/** The beginning of all trace ids of a run. @param run a number of 32 bits */
export function tracePrefix(run: number): string {
  return MARK + run.toString(16).padStart(RUN_DIGITS, '0');
}

/** The header by which a service knows a request. A parent id of zeros would not be valid. */
export function traceparent(prefix: string, request: number): string {
  const id = request.toString(16).padStart(REQUEST_DIGITS, '0');
  return `00-${prefix}${id}-${(request + 1).toString(16).padStart(REQUEST_DIGITS, '0')}-01`;
}

interface Rows {
  readonly rows: { request: number; thread: number; start: number; end: number; place: number }[];
}

/**
 * Reads what the processes of a service wrote, a text each, of the requests whose trace ids begin with `prefix`. The format stands in the
 * files of `attribution/`. A line that is torn or not understood is left out.
 */
export function readAttribution(texts: readonly string[], prefix: string, origin: ClockOrigin): Attribution {
  const threads: { pid: number; id: string }[] = [];
  const threadIndex = new Map<string, number>();
  const places: SeenFrame[][] = [];
  const worked: Rows = { rows: [] };
  const suspended: Rows = { rows: [] };
  let lost = 0;
  const threadOf = (pid: number, id: string): number => {
    const known = threadIndex.get(`${pid}:${id}`);
    if (known !== undefined) return known;
    threadIndex.set(`${pid}:${id}`, threads.length);
    return threads.push({ pid, id }) - 1;
  };
  for (const text of texts) {
    let pid = 0;
    let named = new Map<number, number>();
    // What is lost before the first record of the run was of earlier ones.
    let hasBegun = false;
    for (const line of text.split('\n')) {
      hasBegun ||= line.includes(prefix);
      // Most of a file may be of other runs.
      if (!line.includes(prefix) && /^\["(worked|suspended)"/.test(line)) continue;
      const record = parsed(line);
      if (record === null) continue;
      const [kind, ...values] = record;
      if (kind === 'begin') {
        pid = Number(values[1]);
        named = new Map();
      } else if (kind === 'place') named.set(Number(values[0]), places.push(framesIn(values[1])) - 1);
      else if (kind === 'lost') lost += hasBegun ? Number(values[0]) || 0 : 0;
      else if (kind === 'worked' || kind === 'suspended') {
        const request = requestIn(values[0], prefix);
        const start = Number(values[2]) / 1000 - origin.monotonicMs;
        const end = Number(values[3]) / 1000 - origin.monotonicMs;
        if (request === null || !(end >= start)) continue;
        const place = kind === 'suspended' ? (named.get(Number(values[4])) ?? -1) : -1;
        const row = { request, thread: threadOf(pid, String(values[1])), start, end, place };
        (kind === 'worked' ? worked : suspended).rows.push(row);
      }
    }
  }
  return {
    threads,
    worked: columnsOf(worked),
    suspended: { ...columnsOf(suspended), place: Int32Array.from(suspended.rows, ({ place }) => place) },
    places,
    lost,
  };
}

/** As text that {@link parseAttribution} reads; times to the µs. */
export function attributionText({ threads, worked, suspended, places, lost }: Attribution): string {
  const written = ({ request, thread, start, end }: OwnedSpans): Record<string, number[]> => ({
    request: [...request],
    thread: [...thread],
    start: Array.from(start, toMicroseconds),
    end: Array.from(end, toMicroseconds),
  });
  const all = {
    threads,
    places,
    lost,
    worked: written(worked),
    suspended: { ...written(suspended), place: [...suspended.place] },
  };
  return `${JSON.stringify(all)}\n`;
}

/** Reads {@link attributionText}. Throws where it is something else. */
export function parseAttribution(text: string): Attribution {
  type Written = Record<'request' | 'thread' | 'start' | 'end', number[]>;
  const { threads, places, lost, worked, suspended } = JSON.parse(text) as Pick<
    Attribution,
    'threads' | 'places' | 'lost'
  > & { worked: Written; suspended: Written & { place: number[] } };
  const spans = ({ request, thread, start, end }: Written): OwnedSpans => ({
    request: Float64Array.from(request),
    thread: Int32Array.from(thread),
    start: Float64Array.from(start),
    end: Float64Array.from(end),
  });
  return {
    threads,
    places,
    lost,
    worked: spans(worked),
    suspended: { ...spans(suspended), place: Int32Array.from(suspended.place) },
  };
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function parsed(line: string): unknown[] | null {
  try {
    const record: unknown = JSON.parse(line);
    return Array.isArray(record) ? record : null;
  } catch {
    return null;
  }
}

function requestIn(trace: unknown, prefix: string): number | null {
  if (typeof trace !== 'string' || !trace.startsWith(prefix)) return null;
  const request = Number.parseInt(trace.slice(prefix.length), 16);
  return Number.isSafeInteger(request) ? request : null;
}

function framesIn(value: unknown): SeenFrame[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((frame: unknown) => {
    if (!Array.isArray(frame)) return [];
    const [file, name, line] = frame as unknown[];
    return [{ function: String(name), file: String(file), line: Number(line) || null }];
  });
}

function columnsOf({ rows }: Rows): OwnedSpans {
  rows.sort((a, b) => a.start - b.start);
  return {
    request: Float64Array.from(rows, ({ request }) => request),
    thread: Int32Array.from(rows, ({ thread }) => thread),
    start: Float64Array.from(rows, ({ start }) => start),
    end: Float64Array.from(rows, ({ end }) => end),
  };
}
