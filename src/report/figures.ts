/** A time for people: `0.42 ms`, `63 ms`, `1.24 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return 'unknown';
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A count or rate for people: at most three digits that matter, whole above 100. */
export function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 && value > 0 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}
