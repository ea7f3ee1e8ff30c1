import { durationText } from './duration.ts';
import { PlanError } from './plan-error.ts';

/** What a number of a plan may be, both ends included. */
export interface Limit {
  readonly least: number;
  readonly most: number;
  /** A `time` is in ms. */
  readonly kind: 'number' | 'whole' | 'time';
  readonly unit?: string;
}

const HOUR = 3_600_000;

/** Held by plan files, the command line and the editor alike. */
export const LIMITS = {
  rate: { least: 0.01, most: 1_000_000, kind: 'number', unit: 'requests per second' },
  users: { least: 1, most: 100_000, kind: 'whole' },
  /** Of a stage, which may hold still: between two bursts, or where a ramp begins. */
  stageRate: { least: 0, most: 1_000_000, kind: 'number', unit: 'requests per second' },
  stageUsers: { least: 0, most: 100_000, kind: 'whole' },
  stageTime: { least: 0, most: 24 * HOUR, kind: 'time' },
  burstiness: { least: 0.001, most: 1_000_000, kind: 'number' },
  tokens: { least: 1, most: 1_000_000, kind: 'whole' },
  deviation: { least: 0, most: 1_000_000, kind: 'number' },
  turns: { least: 1, most: 100, kind: 'whole' },
  groups: { least: 1, most: 100_000, kind: 'whole' },
  speed: { least: 0.001, most: 1_000_000, kind: 'number' },
  connections: { least: 1, most: 100_000, kind: 'whole' },
  duration: { least: 100, most: 24 * HOUR, kind: 'time' },
  warmup: { least: 0, most: HOUR, kind: 'time' },
  timeout: { least: 10, most: HOUR, kind: 'time' },
  gracefulStop: { least: 0, most: HOUR, kind: 'time' },
  maxInFlight: { least: 1, most: 1_000_000, kind: 'whole' },
  generators: { least: 1, most: 64, kind: 'whole' },
  seed: { least: 0, most: 2 ** 31 - 1, kind: 'whole' },
  redirects: { least: 0, most: 20, kind: 'whole' },
  streams: { least: 1, most: 10_000, kind: 'whole' },
  /** Rows of one request. */
  batch: { least: 1, most: 100_000, kind: 'whole' },
  weight: { least: 0, most: 1_000_000, kind: 'number' },
  share: { least: 0, most: 1, kind: 'number' },
  cancelAfter: { least: 1, most: 1_000_000, kind: 'whole' },
  think: { least: 0, most: HOUR, kind: 'time' },
  scrape: { least: 200, most: HOUR, kind: 'time' },
  latency: { least: 0.001, most: HOUR, kind: 'time' },
  refresh: { least: 1000, most: 24 * HOUR, kind: 'time' },
  window: { least: 1000, most: 24 * HOUR, kind: 'time' },
  after: { least: 0, most: 24 * HOUR, kind: 'time' },
} as const satisfies Record<string, Limit>;

export function isWithin({ least, most, kind }: Limit, value: number): boolean {
  return value >= least && value <= most && (kind !== 'whole' || Number.isInteger(value));
}

/** After "must be": `a whole number from 1 to 64`. */
export function rangeText({ least, most, kind, unit }: Limit): string {
  if (kind === 'time') return `a time from ${durationText(least)} to ${durationText(most)}`;
  if (kind === 'whole') return `a whole number from ${least} to ${most}`;
  return `${least} to ${most}${unit === undefined ? '' : ` ${unit}`}`;
}

/** A value as {@link rangeText} writes them. */
export function limitedText({ kind }: Limit, value: number): string {
  return kind === 'time' && value >= 0 ? durationText(value) : String(value);
}

/** Throws a {@link PlanError} that names the option. */
export function requireWithin(option: string, limit: Limit, value: number): void {
  if (isWithin(limit, value)) return;
  throw new PlanError(`${option} must be ${rangeText(limit)}, not ${limitedText(limit, value)}.`);
}
