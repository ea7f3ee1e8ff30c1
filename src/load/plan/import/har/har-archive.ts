import { visit } from 'jsonc-parser';
import * as z from 'zod';
import { PlanError } from '../../plan-error.ts';
import { jsonValue } from '../json-text.ts';

/** A larger one is not read: it would not fit in memory several times over. */
export const MAX_HAR_BYTES = 200 * 1024 * 1024;

const named = z.array(z.object({ name: z.string(), value: z.string().catch('') }));
const entrySchema = z.object({
  startedDateTime: z.string().nullish().catch(null),
  time: z.number().nullish().catch(null),
  request: z.object({
    method: z.string(),
    url: z.string(),
    httpVersion: z.string().catch(''),
    headers: named.catch([]),
    queryString: named.catch([]),
    cookies: named.catch([]),
    postData: z
      .object({
        mimeType: z.string().catch(''),
        text: z.string().nullish().catch(null),
        params: z
          .array(
            z.object({
              name: z.string(),
              value: z.string().nullish(),
              fileName: z.string().nullish(),
              contentType: z.string().nullish(),
            }),
          )
          .catch([]),
        /** Not of the format, but written by some that record. */
        encoding: z.string().nullish().catch(null),
      })
      .nullish(),
  }),
});

export type HarRequest = z.output<typeof entrySchema>['request'];

/** An entry of an archive that can be read. */
export interface HarEntry {
  /** From 1, in the file's order. */
  readonly number: number;
  /** When it was sent and answered, ms since 1970; null: not known. */
  readonly began: number | null;
  readonly ended: number | null;
  readonly request: HarRequest;
}

/** What a recording holds, and sentences on the entries that cannot be read. */
export interface HarArchive {
  readonly entries: readonly HarEntry[];
  readonly faults: readonly string[];
}

/** Whether a value looks like an HTTP Archive. */
export function isHar(value: unknown): boolean {
  return z.object({ log: z.object({ entries: z.unknown() }) }).safeParse(value).success;
}

/** Reads HTTP Archive 1.2. Throws a {@link PlanError} that says what is wrong and where. @param file what it is called */
export function harArchive(text: string, file: string): HarArchive {
  if (text.length > MAX_HAR_BYTES) throw new PlanError(tooLarge(file, text.length));
  const value = jsonValue(text, file);
  const all = z.object({ log: z.object({ entries: z.array(z.unknown()) }) }).safeParse(value);
  if (!all.success) {
    const where = all.error.issues[0]!.path.join('.') || 'the file';
    const what = where === 'log.entries' ? 'a list' : 'a map';
    throw new PlanError(`${file} is not an HTTP Archive: ${where} must be ${what}.`);
  }
  const entries: HarEntry[] = [];
  const faults: string[] = [];
  let lines: readonly number[] | null = null;
  all.data.log.entries.forEach((content, at) => {
    const entry = entrySchema.safeParse(content);
    if (entry.success) {
      entries.push({ number: at + 1, ...timesOf(entry.data), request: entry.data.request });
      return;
    }
    lines ??= harRequestLines(text);
    const place = entry.error.issues[0]!.path.join('.');
    const line = lines[at] ?? 0;
    faults.push(
      `Entry ${at + 1}${line === 0 ? '' : ` (line ${line})`} was left out: ${place === '' ? 'it is no map' : `its ${place} is missing or of another kind`}.`,
    );
  });
  return { entries, faults };
}

export function tooLarge(file: string, bytes: number): string {
  const megabytes = (size: number): number => Math.round(size / 1024 / 1024);
  return `${file} has ${megabytes(bytes)} MB, and more than ${megabytes(MAX_HAR_BYTES)} MB are not read. Record less, or leave the answers out.`;
}

function timesOf({
  startedDateTime,
  time,
}: Pick<z.output<typeof entrySchema>, 'startedDateTime' | 'time'>): Pick<HarEntry, 'began' | 'ended'> {
  const began = Date.parse(startedDateTime ?? '');
  if (!Number.isFinite(began)) return { began: null, ended: null };
  return { began, ended: time != null && time >= 0 ? began + time : null };
}

/** The line of each entry's `"request"`, from 1; 0 for an entry that has none, or a text that is no JSON from there on. */
export function harRequestLines(text: string): number[] {
  const lines: number[] = [];
  visit(text, {
    onObjectBegin: (_offset, _length, _line, _column, path) => {
      const within = path();
      if (within.length === 3 && within[0] === 'log' && within[1] === 'entries') lines[Number(within[2])] = 0;
      // What is deeper is not looked at; an end has to be listened to for that to end.
      return within.length < 4;
    },
    onObjectEnd: () => {},
    onObjectProperty: (name, _offset, _length, line, _column, path) => {
      if (name !== 'request') return;
      const within = path();
      if (within.length === 3 && within[0] === 'log' && within[1] === 'entries') lines[Number(within[2])] = line + 1;
    },
  });
  return Array.from(lines, (line) => line ?? 0);
}
