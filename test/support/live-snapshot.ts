import type { LiveSnapshot } from '../../src/load/measure/recorder.ts';

/** A run being measured in which all goes well. */
export const LIVE_SNAPSHOT: LiveSnapshot = {
  phase: 'measured',
  stage: null,
  elapsed: 3200,
  total: 10_000,
  rate: 60,
  asked: 60,
  rates: [],
  percentile: { name: 'p99', value: 63.2 },
  percentiles: { p50: 4, p90: null, p95: null, p99: 63.2 },
  streams: null,
  completed: 100,
  failed: 0,
  dropped: 0,
  inFlight: 1,
  histogram: null,
  errors: [],
};
