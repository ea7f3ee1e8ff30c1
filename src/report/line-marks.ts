import type { ShareTables } from '../correlate/share-tables.ts';
import type { Hotspots } from '../profile/hotspots.ts';
import type { Frame } from '../profile/profile.ts';
import { percent } from './figures.ts';

/** What is shown beside one line of a file. Shares 0–1 of the time the target was busy. */
export interface LineMark {
  /** 1-based. */
  readonly line: number;
  /** The function declared or executing there. */
  readonly function: string;
  /** Whether the line declares the function, whose shares these are, or was itself executing. */
  readonly declares: boolean;
  readonly self: number;
  readonly total: number;
  /** During slow requests, and during others; null without requests, or where there were no samples to tell. */
  readonly tail: number | null;
  readonly rest: number | null;
  /** The one by the other; null where unknown, as of a few samples. */
  readonly lift: number | null;
}

type Requests = Pick<LineMark, 'tail' | 'rest' | 'lift'>;
const UNKNOWN: Requests = { tail: null, rest: null, lift: null };

/** Lines below this in every share are not marked. */
const LEAST = 0.01;
const MAX_MARKS = 1000;
/** A mark speaks of slow requests where they differ from the others at least this much. */
const WORTH_SAYING = 0.05;

/** Marks by file. `correlation` null: the profile stands alone. */
export function lineMarks(spots: Hotspots, correlation: ShareTables | null): Map<string, LineMark[]> {
  const lines = new Map<string, Requests>();
  for (const { file, line, tail, rest, lift } of correlation?.lines ?? [])
    lines.set(`${line}:${file}`, { tail, rest, lift });
  const functions = new Map<string, Requests>();
  for (const { frame, tail, rest, lift } of correlation?.functions ?? [])
    functions.set(functionKey(frame), { tail, rest, lift });
  const files = new Map<string, LineMark[]>();
  const add = (file: string, mark: LineMark): void => {
    if (Math.max(mark.self, mark.total, mark.tail ?? 0) < LEAST) return;
    const marks = files.get(file) ?? [];
    files.set(file, marks);
    if (marks.length < MAX_MARKS && !marks.some(({ line }) => line === mark.line)) marks.push(mark);
  };
  for (const spot of spots.lines) {
    const { file, line, selfShare: self, totalShare: total } = spot;
    const requests = lines.get(`${line}:${file}`) ?? UNKNOWN;
    add(file, { line, function: spot.function, declares: false, self, total, ...requests });
  }
  // V8 knows executing lines of the innermost call only; what a function's callees took stands at its declaration.
  for (const { frame, selfShare: self, totalShare: total } of spots.functions) {
    if (frame.file === null || frame.line === null) continue;
    const requests = functions.get(functionKey(frame)) ?? UNKNOWN;
    add(frame.file, { line: frame.line, function: frame.function, declares: true, self, total, ...requests });
  }
  for (const marks of files.values()) marks.sort((a, b) => a.line - b.line);
  return files;
}

/**
 * `58 % of the busy time during slow requests · 2 % otherwise (27×)`, else `12 % self · 30 % total`.
 * @param slow what is slow: `requests`, `first tokens`
 */
export function markText({ self, total, tail, rest, lift }: LineMark, slow: string): string {
  if (tail !== null && rest !== null && Math.abs(tail - rest) >= WORTH_SAYING) {
    return `${percent(tail)} of the busy time during slow ${slow} · ${percent(rest)} otherwise${times(lift)}`;
  }
  return percent(self) === percent(total) ? `${percent(self)} self` : `${percent(self)} self · ${percent(total)} total`;
}

/** How hot a line is, 0–1: what it takes during slow requests where that is known, else of all the time. */
export function heatOf({ total, tail }: LineMark): number {
  return Math.min(1, Math.max(0, tail ?? total));
}

function times(lift: number | null): string {
  if (lift === null || lift < 1.5) return '';
  return ` (${lift < 9.95 ? lift.toFixed(1) : Math.round(lift)}×)`;
}

/** With the column: one line may declare several functions without a name. */
function functionKey({ function: name, file, line, column }: Frame): string {
  return JSON.stringify([name, file, line, column]);
}
