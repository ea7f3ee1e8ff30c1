import { fateOf, OK, type RequestTable } from '../../runs/request-table.ts';
import type { SizeFigures } from '../../runs/run-document.ts';
import { Floats } from './floats.ts';
import { supportFor } from './percentile.ts';
import { ttftAt } from './stream-marks.ts';
import { latencyOf } from './tally.ts';

const MOST_GROUPS = 8;
/** So that a group has a p95, where there are requests enough for two. */
const WANTED = supportFor(0.95);

/** The requests of a phase by their size, see {@link SizeFigures}. */
export class SizeGroups {
  readonly #rows = new Floats();
  readonly #tokens = new Floats();
  /** Ms; NaN where it was not answered in full. */
  readonly #latency = new Floats();
  readonly #ttft = new Floats();
  readonly #answered = new Floats();
  readonly #streams: boolean;

  /** @param streams whether any of them streams */
  constructor(streams: boolean) {
    this.#streams = streams;
  }

  /** A request that was sent; what the end of the run cut off is neither answered nor failed. */
  add(table: RequestTable, row: number): void {
    const { details, outcome, end, intended } = table;
    const fate = fateOf(outcome[row]!);
    if (details === null || fate === 'dropped' || fate === 'interrupted') return;
    this.#rows.push(details.size[row]!);
    this.#tokens.push(details.inputTokens[row]!);
    this.#latency.push(outcome[row] === OK ? end[row]! - intended[row]! : Number.NaN);
    this.#ttft.push(fate === 'answered' ? ttftAt(table, row) : Number.NaN);
    this.#answered.push(Number(fate === 'answered'));
  }

  /** Undefined where there are not two sizes: of rows where those differ, else of input tokens. */
  figures(): SizeFigures[] | undefined {
    return this.#by('rows', this.#rows) ?? this.#by('input tokens', this.#tokens);
  }

  #by(unit: SizeFigures['unit'], sizes: Floats): SizeFigures[] | undefined {
    const sorted = sizes.values.filter((size) => !Number.isNaN(size)).sort();
    if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return undefined;
    const lasts = lastSizes(sorted);
    const members = lasts.map((): number[] => []);
    sizes.values.forEach((size, row) => {
      if (!Number.isNaN(size)) members[lasts.findIndex((last) => size <= last)]!.push(row);
    });
    return members.map((rows) => {
      const own = rows.map((row) => sizes.at(row));
      const answered = rows.reduce((sum, row) => sum + this.#answered.at(row), 0);
      return {
        from: own.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY),
        to: own.reduce((most, size) => Math.max(most, size), 0),
        unit,
        answered,
        failed: rows.length - answered,
        latency: latencyOf(known(this.#latency, rows)),
        ttft: this.#streams ? latencyOf(known(this.#ttft, rows)) : null,
      };
    });
  }
}

/**
 * The largest size of each group: every size on its own where they are few, else about as many requests in each. A size is never in two.
 * @param sorted ascending, at least two different
 */
function lastSizes(sorted: Float64Array): number[] {
  const distinct = [...new Set(sorted)];
  if (distinct.length <= MOST_GROUPS) return distinct;
  const groups = Math.min(MOST_GROUPS, Math.max(2, Math.floor(sorted.length / WANTED)));
  const cuts = Array.from({ length: groups }, (_, i) => sorted[Math.ceil(((i + 1) / groups) * sorted.length) - 1]!);
  return [...new Set(cuts)];
}

function known(column: Floats, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column.at(row))
    .filter((value) => !Number.isNaN(value))
    .sort();
}
