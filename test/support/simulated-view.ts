import { seededRandom } from '../../src/load/arrivals/random.ts';
import { percentile } from '../../src/load/measure/percentile.ts';
import type { ResultFigures, ResultView, SlowRequest, TimeSeries } from '../../src/report/result-view.ts';
import type { Phase } from '../../src/runs/request-table.ts';
import { normalFrom } from './normal.ts';

/** A run to be made up. Times in ms, rates a second. */
export interface SimulatedRun {
  readonly seed: number;
  readonly rate: number;
  readonly warmup: number;
  readonly measured: number;
  /** 0: none. */
  readonly profiled: number;
  /** The share of requests that fail. */
  readonly failing: number;
  /** The whole server stands still from `at` of run time for `ms`. */
  readonly stall: { readonly at: number; readonly ms: number } | null;
  /** The median of a request's work. */
  readonly work: number;
  /** It is looked at this long after its beginning, still running. */
  readonly until?: number;
  readonly telemetry: boolean;
}

/** One request that a simulated run sent. */
export interface SimulatedRequest extends SlowRequest {
  readonly ok: boolean;
  readonly cached: boolean;
}

export interface SimulatedResult {
  readonly view: ResultView;
  /** All that had ended, of every phase: what the view's figures are computed from. */
  readonly requests: readonly SimulatedRequest[];
}

const STEPS = ['POST /predict', 'GET /result'];
const ROWS_A_DECADE = 12;
const DECADES = 6;
const FASTEST = 0.01;
const MOST_BUCKETS = 600;
const ORDINARY: SimulatedRun = {
  seed: 7,
  rate: 80,
  warmup: 4000,
  measured: 40_000,
  profiled: 16_000,
  failing: 0.01,
  stall: { at: 22_000, ms: 900 },
  work: 6,
  telemetry: true,
};

const RESOURCES: ResultView['resources'] = [
  {
    state: 'short',
    sentence:
      'CPU: one thread ran 97 % of the time (41 % while requests did not wait), which is all that one thread can; the target took 0.98 of 4 cores (0.42 while requests did not wait).',
  },
  { state: 'near', sentence: 'Memory: at most 93 % of what there is was taken, the target had 412 MiB.' },
  { state: 'free', sentence: 'Threads: 12.' },
  { state: 'unknown', sentence: 'How long the GIL was held was not told.' },
];

/** A run's requests by a seed, and the view of them: counts and percentiles are computed from the requests, none is made up. */
export function simulatedView(more: Partial<SimulatedRun> = {}): SimulatedResult {
  const run = { ...ORDINARY, ...more };
  const whole = run.warmup + run.measured + run.profiled;
  const now = Math.min(whole, run.until ?? whole);
  const requests = requestsOf(run, whole).filter(({ intended, end }) => intended + end <= now || now === whole);
  const phases = phasesOf(run, now);
  const measured = requests.filter(({ phase }) => phase === 'measured');
  const live = now < whole;
  const figures = figuresOf(measured, run);
  const latencies = ascending(measured);
  const view: ResultView = {
    run: `2026-11-26T00-00-00-${run.seed}`,
    title: 'POST 127.0.0.1:8000/predict',
    startedAt: '2026-11-26T00:00:00.000Z',
    verdict: live ? null : verdictOf(figures),
    progress: live ? `Measuring: ${Math.round(now / 1000)} of ${Math.round(whole / 1000)} s` : null,
    phases,
    figures,
    overTime: timeSeries(requests, run, now),
    telemetry: run.telemetry ? telemetryOf(run, now) : [],
    distribution: quantilesOf(latencies.length).flatMap((quantile) => {
      const latency = quantile === 0 ? (latencies[0] ?? null) : percentile(latencies, quantile);
      return latency === null ? [] : [{ quantile, latency }];
    }),
    steps: STEPS.map((name) => {
      const own = measured.filter(({ step }) => step === name);
      const sorted = ascending(own);
      const answered = sorted.length;
      const at = (q: number): number | null => percentile(sorted, q);
      return { name, answered, failed: own.length - answered, skipped: 0, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
    }),
    split: splitOf(measured),
    streams: null,
    sizes: null,
    slowest: requests
      .filter(({ ok }) => ok)
      .toSorted((a, b) => b.end - a.end)
      .slice(0, 50)
      .map(({ ok: _, cached: __, ...request }) => request),
    errors: errorsOf(measured),
    objectives: live ? [] : objectivesOf(figures),
    findings:
      run.profiled > 0 && !live
        ? [
            {
              sentence:
                'Line 30 of `energyDistance` (drift.mjs:30) ran for 51 % of the busy time during slow requests, 5 % otherwise (11×).',
              file: 'drift.mjs',
              line: 30,
            },
            {
              sentence: 'The process waited for its disk 12 % of the time during slow requests.',
              file: null,
              line: null,
            },
          ]
        : [],
    resources: live ? [] : RESOURCES,
    sender: ['late p99 1.2 ms · waited for a connection p99 0.00 ms', 'CPU 6 % of a core'],
    profiled: run.profiled > 0 && !live,
  };
  return { view, requests };
}

/** Arrivals at random moments at a server with one place; `GET /result` follows every third of them. */
function requestsOf(run: SimulatedRun, whole: number): SimulatedRequest[] {
  const random = seededRandom(run.seed);
  const normal = normalFrom(random);
  const requests: SimulatedRequest[] = [];
  let free = 0;
  for (let intended = 0, index = 0; ; index++) {
    intended += (-Math.log(1 - random()) * 1000) / run.rate;
    if (intended >= whole) break;
    const cached = random() < 0.3;
    const work = run.work * Math.exp(0.5 * normal()) * (cached ? 0.25 : 1) + 0.2;
    const { stall } = run;
    let begin = Math.max(intended, free);
    if (stall && begin >= stall.at && begin < stall.at + stall.ms) begin = stall.at + stall.ms;
    free = begin + work;
    const ok = random() >= run.failing;
    const dispatched = 0.05 + 0.1 * random();
    const acquired = dispatched + 0.02;
    const sent = acquired + 0.05;
    const firstByte = Math.max(sent + 0.1, begin - intended + 0.9 * work);
    const end = Math.max(firstByte + 0.02, free - intended);
    const phase = phaseOf(run, intended);
    const step = STEPS[index % 3 === 2 ? 1 : 0]!;
    requests.push({
      intended,
      step,
      phase,
      status: ok ? 200 : 503,
      dispatched,
      acquired,
      sent,
      firstByte,
      firstContent: null,
      lastContent: null,
      end,
      ok,
      cached,
    });
  }
  return requests;
}

function phaseOf({ warmup, measured }: SimulatedRun, time: number): Phase {
  if (time < warmup) return 'warmup';
  return time < warmup + measured ? 'measured' : 'profiled';
}

function phasesOf(run: SimulatedRun, now: number): ResultView['phases'] {
  const { warmup, measured, profiled } = run;
  const spans = [
    { phase: 'warmup', start: 0, end: warmup },
    { phase: 'measured', start: warmup, end: warmup + measured },
    { phase: 'profiled', start: warmup + measured, end: warmup + measured + profiled },
  ] as const;
  return spans
    .filter(({ start, end }) => end > start && start < now)
    .map((span) => ({ ...span, end: Math.min(span.end, now) }));
}

function figuresOf(requests: readonly SimulatedRequest[], run: SimulatedRun): ResultFigures {
  const sorted = ascending(requests);
  const at = (q: number): number | null => percentile(sorted, q);
  return {
    answered: sorted.length,
    failed: requests.length - sorted.length,
    dropped: 0,
    rateAsked: run.rate,
    rateGot: (sorted.length / run.measured) * 1000,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1) ?? null,
  };
}

function timeSeries(requests: readonly SimulatedRequest[], run: SimulatedRun, now: number): TimeSeries {
  let width = 250;
  while (now / width > MOST_BUCKETS) width *= 2;
  const buckets = Math.max(1, Math.ceil(now / width));
  const begun: SimulatedRequest[][] = Array.from({ length: buckets }, () => []);
  const got = new Array<number>(buckets).fill(0);
  for (const request of requests) {
    begun[Math.floor(request.intended / width)]?.push(request);
    const ended = Math.floor((request.intended + request.end) / width);
    if (request.ok && ended < buckets) got[ended]! += 1;
  }
  const edges = Array.from({ length: DECADES * ROWS_A_DECADE + 1 }, (_, row) => FASTEST * 10 ** (row / ROWS_A_DECADE));
  const quantile = (q: number): (number | null)[] => begun.map((own) => percentile(ascending(own), q));
  return {
    start: 0,
    width,
    asked: begun.map(() => (run.rate * width) / 1000),
    got,
    failed: begun.map((own) => own.filter(({ ok }) => !ok).length),
    inFlight: begun.map((_, bucket) => {
      const at = (bucket + 1) * width;
      return requests.filter(({ intended, end }) => intended <= at && intended + end > at).length;
    }),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    edges,
    counts: begun.map((own) => {
      const rows = new Array<number>(edges.length - 1).fill(0);
      for (const { ok, end } of own) {
        const row = Math.floor(Math.log10(end / FASTEST) * ROWS_A_DECADE);
        if (ok) rows[Math.min(rows.length - 1, Math.max(0, row))]! += 1;
      }
      return rows;
    }),
  };
}

function telemetryOf(run: SimulatedRun, now: number): ResultView['telemetry'] {
  const at = Array.from({ length: Math.min(600, Math.ceil(now / 500)) }, (_, index) => index * 500);
  const random = seededRandom(run.seed + 1);
  const stalled = (time: number): boolean =>
    run.stall !== null && time >= run.stall.at && time < run.stall.at + run.stall.ms;
  return [
    { name: 'GPU 0 busy', unit: '%', at, values: at.map((time) => (stalled(time) ? 2 : 60 + 25 * random())) },
    { name: 'GPU 1 busy', unit: '%', at, values: at.map((time) => (time < 5000 ? null : 30 + 12 * random())) },
    { name: 'GPU 0 memory', unit: 'MiB', at, values: at.map((time) => 8000 + time / 20) },
  ];
}

function splitOf(requests: readonly SimulatedRequest[]): ResultView['split'] {
  const groups = [false, true].map((cached) => {
    const sorted = ascending(requests.filter((request) => request.cached === cached));
    const at = (q: number): number | null => percentile(sorted, q);
    return { value: cached ? 'hit' : 'miss', answered: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  });
  return groups.every(({ answered }) => answered > 0) ? { header: 'x-cache', groups } : null;
}

function errorsOf(requests: readonly SimulatedRequest[]): ResultView['errors'] {
  const count = requests.filter(({ ok }) => !ok).length;
  return count === 0
    ? []
    : [{ kind: 'status', count, example: 'POST /predict answered 503: the model is being loaded' }];
}

function verdictOf({ answered, p99 }: ResultFigures): ResultView['verdict'] {
  if (answered === 0) return { status: 'failed', sentence: 'Failed: no request was answered.', reasons: [] };
  if (p99 === null) {
    return {
      status: 'inconclusive',
      sentence: "Can't tell yet: too few requests.",
      reasons: ['p99 needs 368 answered requests.'],
    };
  }
  return p99 < 250
    ? { status: 'passed', sentence: 'Passed: p99 is below 250 ms.', reasons: [] }
    : { status: 'failed', sentence: `Failed: p99 is ${Math.round(p99)} ms, the limit 250.`, reasons: [] };
}

function objectivesOf({ p99, answered, failed }: ResultFigures): ResultView['objectives'] {
  const share = answered + failed === 0 ? null : failed / (answered + failed);
  return [
    {
      objective: 'p(99)<250',
      sentence: p99 === null ? 'too few requests' : `${p99.toFixed(0)} ms`,
      ok: p99 === null ? null : p99 < 250,
    },
    {
      objective: 'rate<0.05',
      sentence: share === null ? 'nothing was sent' : `${(share * 100).toFixed(1)} %`,
      ok: share === null ? null : share < 0.05,
    },
  ];
}

function quantilesOf(count: number): number[] {
  const quantiles = [0];
  for (let position = 0.05; position < Math.log10(Math.max(2, count)); position += 0.05)
    quantiles.push(1 - 10 ** -position);
  return [...new Set([...quantiles, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])].toSorted((a, b) => a - b);
}

function ascending(requests: readonly SimulatedRequest[]): Float64Array {
  return Float64Array.from(
    requests.filter(({ ok }) => ok),
    ({ end }) => end,
  ).toSorted();
}
