import { GPU_SERIES, TelemetryError } from './gpu-series.ts';
import type { LabelledSeries } from './labelled-series.ts';
import { SeriesBuilder } from './series-builder.ts';
import { indexOf, toldColumns, valuesOf } from './smi-quantities.ts';
import { type SmiKind, type SmiRow, SmiTable } from './smi-table.ts';

/** What a recording of nvidia-smi tells of a run. */
export interface SmiRecording {
  readonly kind: SmiKind;
  /** Named as in {@link GPU_SERIES}; what was never told is not there. */
  readonly series: LabelledSeries[];
  /** The GPUs' numbers by UUID, where it tells both. */
  readonly indexes: ReadonlyMap<string, string>;
  /** What could not be read, as a sentence; null where all could. */
  readonly trouble: string | null;
}

/** Time zones differ by multiples of this. */
const ZONE_STEP_MS = 15 * 60_000;
const FARTHEST_ZONE_MS = 26 * 60 * 60_000;
/** A recording that was being written ends this close to when its file was last written. */
const WRITTEN_WITHIN_MS = 5000;
/** Kept from before and after the run: what a value stands for reaches back from its time. */
const MARGIN_MS = 2000;

/**
 * Reads what nvidia-smi wrote onto a run's clock: a CSV of `--query-gpu` or `--query-compute-apps`, or the columns of `dmon` or `pmon`
 * with their times. A file from a machine in another time zone is moved by the quarter hours that bring it to the run. A last line
 * without its end is left out.
 * @param originUnixMs the run's origin @param durationMs how long the run took
 * @param writtenUnixMs when the file was last written, where its writer was this machine; it tells the zone of a long recording
 * @throws TelemetryError
 */
export function readNvidiaSmi(
  text: string,
  originUnixMs: number,
  durationMs: number,
  writtenUnixMs: number | null = null,
): SmiRecording {
  if (text.trim() === '') throw new TelemetryError('The nvidia-smi file is empty.');
  const table = new SmiTable(originUnixMs);
  const rows = table.rows(text.slice(0, text.lastIndexOf('\n') + 1) || text);
  const { kind } = table;
  if (kind === null) {
    throw new TelemetryError(
      'The nvidia-smi file begins with no header that is known. Record it with --query-gpu=timestamp,index,utilization.gpu ' +
        '--format=csv, or with dmon -o DT.',
    );
  }
  if (!table.has(toldColumns(kind))) {
    throw new TelemetryError(
      `The nvidia-smi file has none of the columns that are known of it: ${toldColumns(kind).join(', ')}.`,
    );
  }
  const shift = zoneShift(rows, originUnixMs, durationMs, writtenUnixMs) - originUnixMs;
  const own = rowsOfRun(rows, shift, durationMs);
  const indexes = new Map(own.map(indexOf).filter((found) => found !== null));
  return { kind, series: seriesOf(table, kind, own, shift).filter(isTold), indexes, trouble: table.trouble };
}

/** Reads the same while it is being written, a part at a time. What another time zone wrote is told by {@link readNvidiaSmi} only. */
export class NvidiaSmiReader {
  readonly #originUnixMs: number;
  readonly #table: SmiTable;
  #begun = false;
  #waiting: SmiRow[] = [];

  /** @param originUnixMs the run's origin */
  constructor(originUnixMs: number) {
    this.#originUnixMs = originUnixMs;
    this.#table = new SmiTable(originUnixMs);
  }

  /**
   * What the next lines tell; empty until one of them is of the run.
   * @param text whole lines @param now run time, ms @throws TelemetryError
   */
  read(text: string, now: number): LabelledSeries[] {
    for (const row of this.#table.rows(text)) this.#waiting.push(row);
    this.#begun ||= overlaps(endsOf(this.#waiting), this.#originUnixMs, now);
    const { kind } = this.#table;
    if (!this.#begun || kind === null) return [];
    const rows = this.#waiting;
    this.#waiting = [];
    return seriesOf(this.#table, kind, rowsOfRun(rows, -this.#originUnixMs, now), -this.#originUnixMs);
  }
}

/** The series with GPUs told by number where one of the recordings told it. */
export function withIndexes(series: readonly LabelledSeries[], indexes: ReadonlyMap<string, string>): LabelledSeries[] {
  return series.map((one) => {
    const index = indexes.get(one.labels['gpu'] ?? '');
    return index === undefined ? one : { ...one, labels: { ...one.labels, gpu: index } };
  });
}

/** @param shift what is added to the rows' times, ms @param end of the run, ms */
function rowsOfRun(rows: readonly SmiRow[], shift: number, end: number): SmiRow[] {
  return rows.filter(({ unixMs }) => unixMs + shift >= -MARGIN_MS && unixMs + shift <= end + MARGIN_MS);
}

function seriesOf(table: SmiTable, kind: SmiKind, rows: readonly SmiRow[], shift: number): LabelledSeries[] {
  const builder = new SeriesBuilder();
  const has = (columns: readonly string[]): boolean => table.has(columns);
  for (const row of rows) {
    for (const { name, labels, unit, value } of valuesOf(kind, row, has)) {
      builder.add(name, labels, unit, row.unixMs + shift, value);
    }
  }
  return builder.build();
}

/** A reason that was never met tells nothing beside the others. */
function isTold({ name, labels, values }: LabelledSeries): boolean {
  const needsOne = name === GPU_SERIES.throttled && labels['reason'] !== undefined;
  return values.some((value) => !Number.isNaN(value) && (!needsOne || value > 0));
}

interface Ends {
  readonly first: number;
  readonly last: number;
}

/** Unix ms; from infinity to its negative where there are none. */
function endsOf(rows: readonly SmiRow[]): Ends {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { unixMs } of rows) {
    first = Math.min(first, unixMs);
    last = Math.max(last, unixMs);
  }
  return { first, last };
}

/** Whether they, moved by `shift` ms, lie in the run in part. */
function overlaps({ first, last }: Ends, origin: number, duration: number, shift = 0): boolean {
  return first + shift <= origin + duration && last + shift >= origin;
}

function zoneShift(rows: readonly SmiRow[], origin: number, duration: number, written: number | null): number {
  if (rows.length === 0) return 0;
  const ends = endsOf(rows);
  const fits = (shift: number): boolean =>
    Math.abs(shift) <= FARTHEST_ZONE_MS && overlaps(ends, origin, duration, shift);
  const nearest = (ms: number): number => Math.round(ms / ZONE_STEP_MS) * ZONE_STEP_MS;
  if (written !== null) {
    const shift = nearest(written - ends.last);
    if (Math.abs(written - ends.last - shift) <= WRITTEN_WITHIN_MS && fits(shift)) return shift;
  }
  if (fits(0)) return 0;
  const shift = nearest(origin + duration / 2 - (ends.first + ends.last) / 2);
  if (fits(shift)) return shift;
  throw new TelemetryError(
    `The nvidia-smi file covers ${new Date(ends.first).toLocaleString()} to ${new Date(ends.last).toLocaleString()}, which is not when the run was.`,
  );
}
