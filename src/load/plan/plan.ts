import { parseObjective } from './objective.ts';

export const ARRIVALS = ['constant', 'poisson'] as const;
export type Arrivals = (typeof ARRIVALS)[number];

/** Requests arrive at a rate whatever the server does, or users each wait for an answer before they send again. */
export type Load =
  | { readonly model: 'open'; readonly rate: number; readonly arrivals: Arrivals }
  | { readonly model: 'closed'; readonly users: number };

export interface RequestTemplate {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A load test written down. Times in ms. */
export interface Plan {
  readonly target: RequestTemplate;
  /** null: a gentle rate is derived from the preflight. */
  readonly load: Load | null;
  readonly duration: number;
  readonly warmup: number;
  /** A request not answered this long after its intended start has failed. */
  readonly timeout: number;
  /** null: 256 for an open load, one a user for a closed one. */
  readonly connections: number | null;
  readonly seed: number;
  readonly objectives: readonly string[];
}

/** A plan whose load is decided. */
export interface ResolvedPlan extends Plan {
  readonly load: Load;
  readonly connections: number;
}

/** A plan that cannot be run, said to the person who wrote it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

export const PLAN_DEFAULTS = {
  duration: 10_000,
  warmup: 2_000,
  timeout: 30_000,
  seed: 1,
  openConnections: 256,
} as const;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Checks what the types cannot; throws a {@link PlanError} that names the value and what is accepted. */
export function checkPlan(plan: Plan): Plan {
  checkUrl(plan.target.url);
  if (!METHODS.includes(plan.target.method)) {
    throw new PlanError(`Method ${plan.target.method} is not one of ${METHODS.join(', ')}.`);
  }
  for (const [name, value] of Object.entries(plan.target.headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new PlanError(`"${name}" is not a valid header name.`);
    if (/[\r\n\0]/.test(value)) throw new PlanError(`The value of header ${name} contains a line break.`);
  }
  if (plan.load?.model === 'open') within('--rate', plan.load.rate, 0.01, 1_000_000, 'requests per second');
  if (plan.load?.model === 'closed') whole('--users', plan.load.users, 1, 100_000);
  if (plan.connections !== null) whole('--connections', plan.connections, 1, 100_000);
  within('--duration', plan.duration, 100, 24 * 3_600_000, 'ms');
  within('--warmup', plan.warmup, 0, 3_600_000, 'ms');
  within('--timeout', plan.timeout, 10, 3_600_000, 'ms');
  whole('--seed', plan.seed, 0, 2 ** 31 - 1);
  for (const objective of plan.objectives) parseObjective(objective);
  return plan;
}

/** The plan with a load: what it asks for, else `derived`. */
export function resolvePlan(plan: Plan, derived: Load): ResolvedPlan {
  const load = plan.load ?? derived;
  const connections = plan.connections ?? (load.model === 'closed' ? load.users : PLAN_DEFAULTS.openConnections);
  return { ...plan, load, connections };
}

/**
 * A load that hardly makes requests wait for each other, for a service that took `serviceMs` once: half of what one at a time
 * could serve, between 1 and 200 per second, rounded to two digits.
 */
export function gentleLoad(serviceMs: number): Load {
  const rate = Math.min(200, Math.max(1, 500 / Math.max(serviceMs, 0.1)));
  return { model: 'open', rate: Number(rate.toPrecision(2)), arrivals: 'poisson' };
}

function checkUrl(text: string): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new PlanError(`"${text}" is not a URL. Give one such as http://127.0.0.1:8000/predict.`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PlanError(`${url.protocol}// cannot be load-tested. Use http:// or https://.`);
  }
}

function within(name: string, value: number, least: number, most: number, unit: string): void {
  if (!(value >= least && value <= most))
    throw new PlanError(`${name} must be ${least} to ${most} ${unit}, not ${value}.`);
}

function whole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new PlanError(`${name} must be a whole number from ${least} to ${most}, not ${value}.`);
  }
}
