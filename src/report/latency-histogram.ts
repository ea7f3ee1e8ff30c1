/** Latencies by bucket: `counts[i]` lie between `edges[i]` and `edges[i + 1]`, ms, ascending and above 0. */
export interface LatencyBuckets {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Latencies by column of a chart whose scale is logarithmic. */
export interface LatencyColumns {
  readonly counts: readonly number[];
  /** The ends of the scale, ms. */
  readonly low: number;
  readonly high: number;
}

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const STEPS = [1, 2, 5];

/**
 * Buckets shared out over columns, as if each one's were spread evenly over it. The scale ends at round times, so that it stays where
 * it is while latencies vary a little. Null where there are no latencies.
 */
export function latencyColumns({ edges, counts }: LatencyBuckets, columns: number): LatencyColumns | null {
  const filled = [...counts.keys()].filter((bucket) => counts[bucket]! > 0);
  const from = edges[filled[0] ?? -1];
  const to = edges[(filled.at(-1) ?? -2) + 1];
  if (from === undefined || to === undefined || !(from > 0) || columns < 1) return null;
  const low = roundBelow(from);
  const high = roundAbove(Math.max(to, low * 1.01));
  const at = columnOf(low, high, columns);
  const spread = new Array<number>(columns).fill(0);
  for (const bucket of filled) {
    const start = at(edges[bucket]!);
    const end = Math.max(at(edges[bucket + 1]!), start + 1e-9);
    for (let column = Math.floor(start); column < end && column < columns; column++) {
      const part = Math.min(end, column + 1) - Math.max(start, column);
      spread[column]! += (counts[bucket]! * part) / (end - start);
    }
  }
  return { counts: spread, low, high };
}

/** Where a time lies on a scale of `columns` columns, as a number of columns from its start. */
export function columnOf(low: number, high: number, columns: number): (ms: number) => number {
  const scale = columns / Math.log(high / low);
  return (ms) => Math.min(columns, Math.max(0, Math.log(ms / low) * scale));
}

/** Bars in `rows` lines of block characters, the top one first; whatever is not nothing can be seen. */
export function barRows(values: readonly number[], rows: number, most: number = Math.max(...values)): string[] {
  const steps = rows * (BLOCKS.length - 1);
  const heights = values.map((value) =>
    value > 0 ? Math.min(steps, Math.max(1, Math.round((value / most) * steps))) : 0,
  );
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * (BLOCKS.length - 1);
    return heights.map((height) => BLOCKS[Math.min(BLOCKS.length - 1, Math.max(0, height - below))]).join('');
  });
}

/** The line below a chart: `╵1 ms      ╵10 ms`, each mark where its time is. */
export function axisText({ low, high }: Pick<LatencyColumns, 'low' | 'high'>, columns: number): string {
  const at = columnOf(low, high, columns);
  const times = roundTimes(low, high);
  // Decades first: where it is too tight for all, those are the ones to keep.
  const byWorth = [...times.filter(isDecade), ...times.filter((ms) => !isDecade(ms))];
  const cells = new Array<string>(columns).fill(' ');
  for (const ms of byWorth) {
    const column = Math.round(at(ms));
    const label = `╵${timeText(ms)}`;
    const around = cells.slice(Math.max(0, column - 1), column + label.length + 1);
    if (column + label.length > columns || around.some((cell) => cell !== ' ')) continue;
    cells.splice(column, label.length, ...label);
  }
  return cells.join('').trimEnd();
}

function isDecade(ms: number): boolean {
  return Number.isInteger(Number(Math.log10(ms).toFixed(6)));
}

/** 1, 2 and 5 of every decade from `low` to `high`. */
function roundTimes(low: number, high: number): number[] {
  const times: number[] = [];
  for (let ms = roundBelow(low); ms <= high * 1.001; ms = roundAbove(ms * 1.001)) times.push(ms);
  return times;
}

function roundBelow(ms: number): number {
  const decade = Math.floor(Math.log10(ms * 1.000001));
  const step = STEPS.findLast((candidate) => candidate * 10 ** decade <= ms * 1.000001)!;
  return Number((step * 10 ** decade).toPrecision(1));
}

function roundAbove(ms: number): number {
  const decade = Math.floor(Math.log10(ms * 0.999999));
  const step = [...STEPS, 10].find((candidate) => candidate * 10 ** decade >= ms * 0.999999)!;
  return Number((step * 10 ** decade).toPrecision(1));
}

function timeText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
