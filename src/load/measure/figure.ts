import type { Unit } from './metric.ts';

/** A number for people: `digits` that matter, whole where it has more before the point. `0.042`, `38`, `1,240`. */
export function figure(value: number | null, digits = 3): string {
  if (value === null) return 'unknown';
  const whole = Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1;
  return Number(value.toPrecision(Math.max(digits, whole))).toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** Numbers with as many digits as it takes to see that they differ. */
export function figuresApart(values: readonly number[]): string[] {
  const different = new Set(values).size;
  for (let digits = 3; ; digits++) {
    const texts = values.map((value) => figure(value, digits));
    if (new Set(texts).size === different || digits === 9) return texts;
  }
}

/** How a figure made of a number in this unit ends. A share is to be multiplied by 100 before. */
export const ENDING: Readonly<Record<Unit, string>> = {
  ms: ' ms',
  bytes: ' bytes',
  share: ' %',
  'per second': '/s',
  count: '',
};

/** A measured value as it is told beside its limit, different from it where it differs: `251 ms`, `1.04 %`. */
export function valueBeside(value: number, limit: number, unit: Unit): string {
  const scale = unit === 'share' ? 100 : 1;
  return `${figuresApart([value * scale, limit * scale])[0]}${ENDING[unit]}`;
}

export function wholePercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Seconds of a run at which something happened: `12 s`, `12.5 s`. */
export function moment(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

/** A stretch still to be waited, rounded up to what one would set: `7 s`, `40 s`, `3 min`. */
export function roundedUp(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds <= 10) return `${seconds} s`;
  if (seconds <= 60) return `${Math.ceil(seconds / 5) * 5} s`;
  if (seconds <= 120) return `${Math.ceil(seconds / 10) * 10} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
