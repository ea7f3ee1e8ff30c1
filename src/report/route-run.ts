import { figure } from '../load/measure/figure.ts';
import type { Plan } from '../load/plan/plan.ts';
import { allSteps } from '../load/plan/plan-steps.ts';
import { storedPlan } from '../runner/opened/stored-plan.ts';
import type { Latency, LoadCounts, RunDocument, Verdict } from '../runs/run-document.ts';
import { duration } from './figures.ts';

/** What one run has to say of one route it asked. */
export interface RouteRun {
  /** Absolute. */
  readonly folder: string;
  readonly method: string;
  /** Of the request, such as `/items/7`; what a plan fills in for each request is one part of it. */
  readonly pathname: string;
  /** Ms since 1970. */
  readonly startedAt: number;
  /** In words where a run's figures are not to be trusted as those of others are; null where they are. */
  readonly caveat: string | null;
  readonly latency: Latency;
  /** Time to first token; null where it does not stream. */
  readonly ttft: Latency | null;
  readonly load: LoadCounts;
}

/** By the routes the run asked; empty while it runs. */
export function routeRuns(document: RunDocument, folder: string): RouteRun[] {
  if (document.state === 'running') return [];
  const plan = storedPlan(document.plan);
  const steps = allSteps(plan);
  const common = {
    folder,
    startedAt: Date.parse(document.startedAt),
    caveat: caveatOf(document.state, document.verdict.status),
  };
  return steps.flatMap(({ scenario, step }) => {
    const own = document.steps?.find((one) => one.scenario === scenario.name && one.step === step.name);
    const figures = own ?? (steps.length === 1 ? document : undefined);
    const pathname = pathnameOf(step.url, plan);
    if (figures === undefined || pathname === null) return [];
    const { latency, load } = figures;
    const ttft = own === undefined ? (document.streaming?.ttft ?? null) : (own.ttft ?? null);
    return [{ ...common, method: step.method, pathname, latency, ttft, load }];
  });
}

function pathnameOf(url: string, { target }: Plan): string | null {
  const plain = url.replace(/\$\{[^}]*\}/g, 'value');
  return URL.canParse(plain, target.url) ? new URL(plain, target.url).pathname : null;
}

function caveatOf(state: RunDocument['state'], status: Verdict['status']): string | null {
  if (status === 'void') return 'not a valid run';
  return state === 'interrupted' ? 'stopped early' : null;
}

/**
 * `p50 4.0 ms · p99 63 ms · 60/s · 3 failed · p99 12 ms higher than the run before`; of streams the time to first token.
 *
 * @param before the run of the same route before it; null: there was none
 */
export function routeRunText(run: RouteRun, before: RouteRun | null): string {
  const { load, caveat } = run;
  const { name, times } = timesOf(run);
  const parts = caveat === null ? [] : [caveat];
  if (times.count === 0) parts.push('nothing was answered');
  else parts.push(`${name}p50 ${duration(times.p50)}`, `p99 ${duration(times.p99)}`, `${figure(load.rate.got)}/s`);
  if (load.failed > 0) parts.push(`${figure(load.failed)} failed`);
  if (load.dropped > 0) parts.push(`${figure(load.dropped)} not sent`);
  if (before !== null) parts.push(changeText(run, before));
  return parts.join(' · ');
}

const COMPARED = ['p99', 'p95', 'p90', 'p50'] as const;
/** Rates further apart than this are another load, and that is said. */
const SAME_RATE = 0.1;

/** What its user waits for. */
function timesOf({ latency, ttft }: RouteRun): { readonly name: string; readonly times: Latency } {
  return ttft === null ? { name: '', times: latency } : { name: 'TTFT ', times: ttft };
}

/** Says which way a percentile went, not why, nor that it would again. */
function changeText(run: RouteRun, before: RouteRun): string {
  const [present, past] = [timesOf(run), timesOf(before)];
  const comparable = run.caveat === null && before.caveat === null && present.name === past.name;
  if (!comparable) return 'not comparable with the run before';
  const percentile = COMPARED.find((one) => present.times[one] !== null && past.times[one] !== null);
  if (percentile === undefined) return 'change unknown';
  const name = `${present.name}${percentile}`;
  const [now, then] = [present.times[percentile]!, past.times[percentile]!];
  const change = Math.abs(now - then);
  const other = otherLoad(run, before);
  if (duration(now) === duration(then)) return `${name} as in the run before${other}`;
  return `${name} ${duration(change)} ${now > then ? 'higher' : 'lower'} than in the run before${other}`;
}

function otherLoad({ load }: RouteRun, { load: before }: RouteRun): string {
  const [now, then] = [load.rate.asked ?? load.rate.got, before.rate.asked ?? before.rate.got];
  return Math.abs(now - then) > SAME_RATE * Math.max(now, then) ? `, which was at ${figure(then)}/s` : '';
}
