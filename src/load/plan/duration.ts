const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** A number of seconds, or numbers with their units. */
export const DURATION = /^\s*(?:\d+(?:\.\d+)?\s*|(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)\s*)+)$/;

/** `500ms`, `10s`, `2m`, `1h` or `1m30s`, in ms; a bare number is seconds. Null for what is no time. */
export function parseDuration(text: string): number | null {
  if (!DURATION.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)?/g)];
  return parts.reduce((sum, [, number, unit = 's']) => sum + inMs(Number(number), unit as keyof typeof UNITS), 0);
}

/** A time as {@link parseDuration} reads it, in the largest unit it is a whole number of. @param ms 0 or more */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  const unit = (['h', 'm', 's'] as const).find((name) => ms % UNITS[name] === 0) ?? 'ms';
  return `${ms / UNITS[unit]}${unit}`;
}

/** 0.07 × 1000 is not 70 in binary. */
function inMs(number: number, unit: keyof typeof UNITS): number {
  return unit === 'ms' ? number : Number((number * UNITS[unit]).toPrecision(12));
}
