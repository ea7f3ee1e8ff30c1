/** A change and where it surely lies, as shares; an end that is not known is null. */
export interface DrawnInterval {
  readonly change: number;
  readonly interval: readonly [low: number | null, high: number | null];
}

/** With the figures beside it 80 columns are enough: a terminal's, and half of an editor's. */
const WIDTH = 15;
const MOST = 0.8;
/** Scales that people read at a glance. */
const SCALES = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** To either side of 0, so that this share of the ends of intervals is within. */
export function intervalScale(drawn: readonly DrawnInterval[], share = MOST): number {
  const ends = drawn.flatMap(({ interval }) => interval.flatMap((end) => (end === null ? [] : [Math.abs(end)])));
  const needed = ends.sort((a, b) => a - b)[Math.floor(share * (ends.length - 1))] ?? 0;
  return SCALES.find((scale) => scale >= needed) ?? SCALES.at(-1)!;
}

/** `   │ ├─●──┤    `: from −`scale` to +`scale`, 0 in the middle; what lies beyond ends in an arrow. */
export function intervalBar({ change, interval: [low, high] }: DrawnInterval, scale: number): string {
  const place = (value: number): number => Math.round(((value / scale + 1) / 2) * (WIDTH - 1));
  const within = (at: number): number => Math.min(WIDTH - 1, Math.max(0, at));
  const [from, to] = [low === null ? -1 : place(low), high === null ? WIDTH : place(high)];
  const cells = Array.from({ length: WIDTH }, (_, at): string => (at >= from && at <= to ? '─' : ' '));
  cells[place(0)] = place(0) >= from && place(0) <= to ? '┼' : '│';
  cells[within(from)] = from < 0 ? '◂' : '├';
  if (to >= 0) cells[within(to)] = to > WIDTH - 1 ? '▸' : '┤';
  if (from > WIDTH - 1) cells[WIDTH - 1] = '▸';
  const middle = place(change);
  if (middle >= 0 && middle < WIDTH) cells[middle] = '●';
  return cells.join('');
}

/** What stands above the bars: `−20 %` and `+20 %` at their ends. */
export function intervalAxis(scale: number): string {
  const [low, high] = [`−${scale * 100} %`, `+${scale * 100} %`];
  return low + high.padStart(WIDTH - low.length);
}
