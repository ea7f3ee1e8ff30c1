/** Steps of a time axis, ms: what people count seconds and minutes in. */
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000,
];
const PARTS = [1, 2, 5];

/** Round moments from `from` to `to`, ms, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const span = Math.max(to - from, 1e-9);
  const day = 86_400_000;
  const step = TIME_STEPS.find((candidate) => span / candidate <= most) ?? day * Math.ceil(span / day / most);
  return multiples(step, from, to);
}

/** A moment of a run: `−4 s`, `0.25 s`, `12 s`, `1:30`, `1:02:05`. @param ms since the measured phase began */
export function momentText(ms: number): string {
  if (ms < 0) return `−${momentText(-ms)}`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(3))} s`;
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

/**
 * Round latencies from `low` to `high`, ms, ascending, at most `most`: 1, 2 and 5 of every decade, or fewer of them; where less than a
 * decade holds none of those, evenly spaced ones.
 */
export function logTicks(low: number, high: number, most: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const decades = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const inside = (ms: number): boolean => ms >= low * 0.999999 && ms <= high * 1.000001;
  const fine = decades.flatMap((decade) => PARTS.map((part) => rounded(part * 10 ** decade))).filter(inside);
  if (fine.length < 2) return linearTicks(low, high, most);
  if (fine.length <= most) return fine;
  for (let every = 1; every <= decades.length; every++) {
    const coarse = decades.filter((decade) => decade % every === 0).map((decade) => rounded(10 ** decade));
    const ticks = coarse.filter(inside);
    if (ticks.length >= 2 && ticks.length <= most) return ticks;
  }
  return [fine[0]!, fine.at(-1)!].slice(0, Math.max(1, most));
}

/** Round values from `low` to `high`, ascending, at most `most`. */
export function linearTicks(low: number, high: number, most: number): number[] {
  const span = Math.max(high - low, 1e-9);
  const decade = 10 ** Math.floor(Math.log10(span / Math.max(1, most)));
  const steps = [...PARTS, 10, 20, 50].map((part) => part * decade);
  const choices = steps.map((step) => multiples(step, low, high));
  return choices.find((ticks) => ticks.length <= most) ?? choices.at(-1)!.slice(0, most);
}

/** A latency beside an axis: `0.5 ms`, `20 ms`, `1.5 s`. */
export function latencyLabel(ms: number): string {
  return ms < 1000 ? `${rounded(ms)} ms` : `${rounded(ms / 1000)} s`;
}

function multiples(step: number, low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    ticks.push(rounded(index * step));
  }
  return ticks;
}

/** Without what binary fractions add. */
function rounded(value: number): number {
  return Number(value.toPrecision(10));
}
