import { DCGM_UNITS } from './dcgm.ts';

/** In which unit a metric is shown, and what its values are multiplied with for that. */
export interface MetricUnit {
  readonly unit: string;
  readonly scale: number;
}

const MIB = 1 / (1024 * 1024);

/** By the ends of their names, as Prometheus' naming has them. */
const UNITS: readonly (readonly [RegExp, MetricUnit])[] = [
  // A moment, not a time that passes.
  [/(?:start_time|timestamp)_seconds$/, { unit: '', scale: 1 }],
  [/_seconds$/, { unit: 'ms', scale: 1000 }],
  [/_(?:milliseconds|millis|ms)$/, { unit: 'ms', scale: 1 }],
  [/_(?:microseconds|us)$/, { unit: 'ms', scale: 1e-3 }],
  [/_(?:nanoseconds|ns)$/, { unit: 'ms', scale: 1e-6 }],
  [/_bytes$/, { unit: 'MiB', scale: MIB }],
  [/_ratio$/, { unit: '%', scale: 100 }],
  [/_percent$/, { unit: '%', scale: 1 }],
  [/_celsius$/, { unit: '°C', scale: 1 }],
  [/_watts$/, { unit: 'W', scale: 1 }],
];

/** Of a value as it stands. */
export function metricUnit(name: string): MetricUnit {
  const dcgm = DCGM_UNITS[name];
  if (dcgm !== undefined) return { unit: dcgm, scale: 1 };
  return UNITS.find(([end]) => end.test(name))?.[1] ?? { unit: '', scale: 1 };
}

/** Of what a counter grew by a second. */
export function rateUnit(name: string): MetricUnit {
  const base = name.replace(/_total$/, '');
  if (/cpu_seconds$/.test(base)) return { unit: 'cores', scale: 1 };
  if (/_seconds(?:_sum)?$/.test(base)) return { unit: 's/s', scale: 1 };
  return /_bytes$/.test(base) ? { unit: 'MiB/s', scale: MIB } : { unit: '/s', scale: 1 };
}
