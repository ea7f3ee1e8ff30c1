import { latencyLabel, linearTicks, logTicks } from '../../report/chart/ticks.ts';

/** Values onto 0–1, with marks to read them by. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Beyond this ratio of the largest to the smallest, even spacing would hide the small ones. */
const WIDE = 20;
const MOST_TICKS = 7;

/** Latencies, ms, on a logarithmic scale. */
export function latencyScale(values: readonly number[]): Scale {
  const known = values.filter((value) => value > 0);
  if (known.length === 0) return { place: () => 0.5, ticks: [] };
  const low = Math.min(...known) / 1.25;
  const high = Math.max(...known) * 1.25;
  const ticks = logTicks(low, high, MOST_TICKS).map((at) => ({ at, text: latencyLabel(at) }));
  return { place: logarithmic(low, high), ticks };
}

/** Rates and such, from 0. */
export function countScale(values: readonly number[], most = MOST_TICKS): Scale {
  const high = Math.max(...values, 0) * 1.08 || 1;
  const ticks = linearTicks(0, high, most).map((at) => ({ at, text: at.toLocaleString('en-US') }));
  return { place: (value) => value / high, ticks };
}

/** Settings: as far apart as they are, or, where they are no numbers, side by side with their labels. */
export function settingScale(
  settings: readonly { readonly at: number; readonly label: string }[],
  numeric: boolean,
): Scale {
  if (settings.length === 0) return { place: () => 0.5, ticks: [] };
  if (!numeric) {
    const step = 1 / settings.length;
    return {
      place: (value) => (value + 0.5) * step,
      ticks: settings.map(({ at, label }) => ({ at, text: label })),
    };
  }
  const all = settings.map(({ at }) => at);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (low > 0 && high / low > WIDE) {
    const place = logarithmic(low / 1.2, high * 1.2);
    return { place, ticks: ticksAt(settings, place) };
  }
  const room = (high - low) * 0.06 || Math.max(1, high * 0.1);
  const place = (value: number): number => (value - low + room) / (high - low + 2 * room);
  return { place, ticks: settings.length <= MOST_TICKS ? ticksAt(settings, place) : between(low, high) };
}

function logarithmic(low: number, high: number): (value: number) => number {
  const [from, to] = [Math.log(low), Math.log(high)];
  return (value) => (Math.log(Math.max(value, low / 1e3)) - from) / (to - from);
}

/** The settings themselves, without those that would stand on another's text. */
function ticksAt(
  settings: readonly { readonly at: number; readonly label: string }[],
  place: (value: number) => number,
): { at: number; text: string }[] {
  let last = Number.NEGATIVE_INFINITY;
  return settings
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at }) => {
      if (place(at) - last < 0.08) return [];
      last = place(at);
      return [{ at, text: Number(at.toPrecision(4)).toLocaleString('en-US') }];
    });
}

function between(low: number, high: number): { at: number; text: string }[] {
  return linearTicks(low, high, MOST_TICKS).map((at) => ({ at, text: at.toLocaleString('en-US') }));
}
