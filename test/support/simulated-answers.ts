import type { FindRateDocument } from '../../src/find/find-rate-document.ts';
import type { ProbeDocument } from '../../src/find/probe.ts';
import type { SweepDocument } from '../../src/find/sweep-document.ts';

/** A server that serves 200 a second at 4 ms each, and rows in batches at 2 ms and 0.5 ms a row. */
const CAPACITY = 200;

/** @param load requests a second that were asked for */
function probeAt(load: number, closedUsers: number | null = null): ProbeDocument {
  const use = Math.min(load / CAPACITY, 0.999);
  const mean = 4 + (4 * use) / (2 * (1 - use));
  const ok = closedUsers === null ? use < 0.9 : null;
  return {
    label: closedUsers === null ? `${load}/s` : `${closedUsers} users`,
    level: closedUsers === null ? load : null,
    run: `.tailflame/runs/2026-01-01T00-00-${String(load).padStart(3, '0')}`,
    rate: { asked: closedUsers === null ? load : null, got: Math.min(load, CAPACITY) },
    users: closedUsers,
    latency: {
      count: load * 8,
      min: 4,
      mean,
      p50: mean * 0.8,
      p90: mean * 2,
      p95: mean * 2.6,
      p99: mean * 4,
      p999: null,
      max: mean * 7,
    },
    ttft: null,
    tokensPerSecond: null,
    failed: load > CAPACITY ? load - CAPACITY : 0,
    inFlightGrowth: load > CAPACITY ? load - CAPACITY : 0,
    ok,
    reason: ok === false ? `p(99)<80 does not hold: it was ${(mean * 4).toFixed(0)} ms.` : null,
  };
}

/** A search that found its answer between 170 and 190 requests a second. */
export function simulatedFindRate(change: Partial<FindRateDocument> = {}): FindRateDocument {
  return {
    schema: 'tailflame.find-rate/1',
    answer: 'found',
    passesAt: 170,
    failsAt: 190,
    inferred: null,
    edge: 'slope',
    sentence: 'Holds 170 requests a second with p(99)<80, fails at 190.',
    saturated: 'The server’s CPU was busy first: 0.97 of one core.',
    objectives: ['p(99)<80'],
    probes: [probeAt(190, 1), probeAt(196, 4), ...[25, 50, 100, 200, 150, 175, 190, 170].map((load) => probeAt(load))],
    startedAt: '2026-01-01T00:00:00.000Z',
    took: 61_000,
    budget: 90_000,
    unit: 'rate',
    requestsPerIteration: 1,
    estimate: 181,
    interrupted: false,
    ...change,
  };
}

/** A comparison of batch sizes, of which 32 is the best that holds. */
export function simulatedSweep(change: Partial<SweepDocument> = {}): SweepDocument {
  const points = [1, 2, 4, 8, 16, 32, 64].map((batch) => {
    const time = 2 + 0.5 * batch + (batch > 32 ? 4 * (batch - 32) : 0);
    const requestsPerSecond = 1000 / time;
    const probe = probeAt(100);
    const ok = time < 40;
    return {
      value: String(batch),
      probes: [{ ...probe, label: `batch ${batch}`, ok, reason: ok ? null : 'p(99)<80 does not hold: it was 215 ms.' }],
      refused: null,
      requestsPerSecond,
      rowsPerSecond: requestsPerSecond * batch,
      tokensPerSecond: null,
      latency: { p50: time, p95: time * 1.3, p99: time * 1.5 },
      ttft: null,
      batching: null,
      failed: 0,
      ok,
      costPer1000: 2.5 / 3.6 / requestsPerSecond,
      costPerMillionTokens: null,
    };
  });
  return {
    schema: 'tailflame.sweep/1',
    varied: 'batch',
    requestsPerIteration: 1,
    objectives: ['p(99)<80'],
    points,
    knee: 4,
    best: 5,
    sentence: 'The best batch is 32: 1,778 rows a second with p(99)<80.',
    saturated: null,
    batching: null,
    pricePerHour: 2.5,
    startedAt: '2026-01-01T00:00:00.000Z',
    took: 84_000,
    interrupted: false,
    ...change,
  };
}
