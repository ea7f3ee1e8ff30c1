import type { ProbeDocument } from '../../src/find/probe.ts';
import type { Latency } from '../../src/runs/run-document.ts';

/** A probe's document with what a test cares for. Times in ms. */
export function probeOf(got: number, p50: number, more: Partial<ProbeDocument> = {}): ProbeDocument {
  const latency: Latency = {
    count: 1000,
    min: p50 / 2,
    mean: p50,
    p50,
    p90: p50 * 1.5,
    p95: p50 * 2,
    p99: p50 * 3,
    p999: null,
    max: p50 * 4,
  };
  return {
    label: 'x',
    level: null,
    run: '.tailflame/runs/x',
    rate: { asked: null, got },
    users: null,
    latency,
    ttft: null,
    tokensPerSecond: null,
    failed: 0,
    inFlightGrowth: null,
    ok: null,
    reason: null,
    ...more,
  };
}
