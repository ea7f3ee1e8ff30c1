import { type Load, modelOf } from '../load/model/load-model.ts';
import { loadText } from '../load/plan/load-text.ts';
import type { Plan, ResolvedPlan } from '../load/plan/plan.ts';
import { firstAddress } from '../load/plan/plan-steps.ts';
import { storedPlan } from '../runner/opened/stored-plan.ts';
import type {
  Environment,
  Latency,
  LoadCounts,
  RunDocument,
  SearchFacts,
  StreamingFigures,
  Verdict,
} from '../runs/run-document.ts';

/** What a list shows of a run. Times in ms, unknown is null. */
export interface RunSummary {
  /** The plan's name where it has several steps and a name, else the target. */
  readonly title: string;
  /** `POST /predict`: a server comes up on another port, and is still the same target. */
  readonly target: string;
  readonly address: string;
  /** Since 1970. */
  readonly startedAt: number;
  readonly state: RunDocument['state'];
  readonly verdict: Pick<Verdict, 'status' | 'sentence'>;
  readonly latency: Latency;
  /** Null where nothing streams. */
  readonly streaming: StreamingFigures | null;
  readonly load: LoadCounts;
  /** `60/s for 10s`. */
  readonly loadText: string;
  readonly environment: Environment | null;
  /** Whether it has samples. */
  readonly profiled: boolean;
  /** What it was made for; null: for itself. */
  readonly search: SearchFacts | null;
}

const STATUSES: readonly string[] = ['passed', 'failed', 'void', 'inconclusive', 'measured'];
const STATES: readonly string[] = ['running', 'finished', 'interrupted'];
const COUNTS = ['dispatched', 'completed', 'failed', 'dropped', 'interrupted'] as const;
const TIMES = ['ttft', 'firstVisible', 'gap', 'tpot'] as const;
const FIGURES = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;

/** Throws an error that names what is missing where the document is not whole: it may be of anybody's making. */
export function runSummary(document: RunDocument): RunSummary {
  const { startedAt, state, verdict, latency, streaming, load, profile, environment, search } = document;
  const missing = [
    ...(Number.isNaN(Date.parse(startedAt)) ? ['startedAt'] : []),
    ...(STATES.includes(state) ? [] : ['state']),
    ...(STATUSES.includes(verdict?.status) && typeof verdict.sentence === 'string' ? [] : ['verdict']),
    ...(isTimes(latency) ? [] : ['latency']),
    ...(streaming && !TIMES.every((name) => isTimes(streaming[name])) ? ['streaming'] : []),
    ...(load && COUNTS.every((name) => typeof load[name] === 'number') && isRate(load.rate) ? [] : ['load']),
  ];
  if (missing.length > 0) throw new Error(`${missing.map((name) => `"${name}"`).join(', ')} cannot be read`);
  const plan = planOf(document);
  const target = targetKey(plan);
  const steps = plan.scenarios.reduce((sum, scenario) => sum + scenario.steps.length, 0);
  return {
    title: steps > 1 && plan.name ? plan.name : target,
    target,
    address: firstAddress(plan),
    startedAt: Date.parse(startedAt),
    state,
    verdict: { status: verdict.status, sentence: verdict.sentence },
    latency,
    streaming: streaming ?? null,
    load,
    loadText: loadWords(plan.load, plan.duration),
    environment: environment ?? null,
    profiled: Boolean(profile),
    search: search && typeof search.id === 'string' ? search : null,
  };
}

/** What runs of one target have in common: method and path of the first step. */
export function targetKey(plan: Plan): string {
  const address = firstAddress(plan);
  const method = plan.scenarios[0]?.steps[0]?.method ?? 'GET';
  return `${method} ${URL.canParse(address) ? new URL(address).pathname : address}`;
}

/** A load in a few words, whatever its shape. @param duration of all of it, ms */
export function loadWords(load: Load, duration: number): string {
  return loadText(load, true) ?? modelOf(load).words(duration);
}

function planOf(document: RunDocument): ResolvedPlan {
  try {
    const plan = storedPlan(document.plan);
    // What is asked of it below throws here rather than while it is shown.
    targetKey(plan);
    loadWords(plan.load, plan.duration);
    return plan;
  } catch {
    throw new Error('"plan" cannot be read');
  }
}

function isTimes(times: Latency | undefined): boolean {
  return Boolean(times) && FIGURES.every((name) => isFigure(times![name]));
}

function isFigure(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'number';
}

function isRate(rate: LoadCounts['rate'] | undefined): boolean {
  return typeof rate?.got === 'number' && isFigure(rate.asked);
}
