import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlanReading } from '../find/plan-setting.ts';
import type { Arrivals } from '../load/arrivals/gaps.ts';
import { parseRecordedTimes } from '../load/arrivals/recorded-times.ts';
import { steadyUsers } from '../load/model/closed-load.ts';
import type { Load } from '../load/model/load-model.ts';
import { steadyRate } from '../load/model/open-load.ts';
import { foundLlm } from '../load/plan/import/llm/found-llm.ts';
import { llmEndpoint } from '../load/plan/import/llm/llm-place.ts';
import { requestedMetrics } from '../load/plan/metrics-plan.ts';
import { plainPlan } from '../load/plan/plain-plan.ts';
import { METHODS, type Method, type Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { readPlan, withReplay } from '../load/plan/read/plan-file.ts';
import { hasScheme } from '../load/plan/target-url.ts';

/** What the command line says of a load; undefined where it says nothing. Times in ms. */
export interface PlanOptions {
  readonly request?: string;
  readonly data?: string;
  readonly header: readonly string[];
  readonly rate?: number;
  readonly users?: number;
  readonly arrivals?: Arrivals;
  readonly burstiness?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly connections?: number;
  readonly generators?: number;
  readonly timeout?: number;
  readonly seed?: number;
  readonly objective: readonly string[];
  readonly split?: string;
  readonly metrics?: readonly string[];
  readonly log?: readonly string[];
  readonly attribution?: boolean;
}

const AS_WRITTEN: PlanReading = { environment: process.env, change: null };

/** The plan of a file or of one request to a URL, with what the command line adds to it. Throws a {@link PlanError}. */
export async function requestedPlan(source: string, options: PlanOptions, reading = AS_WRITTEN): Promise<Plan> {
  const plan = isPlanFile(source) ? await planFromFile(source, options, reading) : await planFromUrl(source, options);
  const load = requestedLoad(plan, options);
  const objectives = options.objective.map((objective) => ({ objective, window: null, abort: false, after: 0 }));
  return {
    ...plan,
    load: load ?? plan.load,
    duration: options.duration ?? plan.duration,
    warmup: options.warmup ?? plan.warmup,
    connections: options.connections ?? plan.connections,
    generators: options.generators ?? plan.generators,
    timeout: options.timeout ?? plan.timeout,
    seed: options.seed ?? plan.seed,
    objectives: [...plan.objectives, ...objectives],
    target: {
      ...plan.target,
      metrics: options.metrics === undefined ? plan.target.metrics : requestedMetrics(options.metrics),
      logs: [...plan.target.logs, ...(options.log ?? []).map((file) => path.resolve(file))],
      attribution: options.attribution ?? plan.target.attribution,
    },
    split: options.split?.toLowerCase() ?? plan.split,
  };
}

/** Values of a plan's secrets, from the environment. Throws a {@link PlanError} that names the variables to set. */
export function secretValues(plan: Plan, environment: NodeJS.ProcessEnv): Record<string, string> {
  const missing = Object.values(plan.secrets).filter((variable) => !environment[variable]);
  if (missing.length > 0) {
    const names = [...new Set(missing)].join(', ');
    throw new PlanError(`The plan's secrets come from the environment, and ${names} is not set there.`);
  }
  return Object.fromEntries(Object.entries(plan.secrets).map(([name, variable]) => [name, environment[variable]!]));
}

export function isPlanFile(source: string): boolean {
  return /\.(ya?ml|json)$/i.test(source) && !hasScheme(source);
}

async function planFromFile(
  source: string,
  { request, data, header }: PlanOptions,
  { environment, change }: PlanReading,
): Promise<Plan> {
  const given = [request && '-X', data && '-d', header.length > 0 && '-H'].filter(Boolean);
  if (given.length > 0) throw new PlanError(`${given.join(', ')} goes with a URL; the requests of a plan stand in it.`);
  const text = await read(source, source);
  const { plan, replay } = readPlan(change === null ? text : change(text), path.resolve(source), environment);
  if (replay === null) return plan;
  const times = parseRecordedTimes(await read(replay.file, replay.file), replay.file, replay.speed);
  return withReplay(plan, replay, times);
}

async function planFromUrl(source: string, options: PlanOptions): Promise<Plan> {
  const body = options.data === undefined ? null : await readBody(options.data);
  const url = checkedUrl(hasScheme(source) ? source : `http://${source}`);
  const headers = Object.fromEntries(options.header.map(headerOf));
  if (body === null && (options.request ?? 'POST').toUpperCase() === 'POST') {
    const served = await foundLlm(llmEndpoint(url), headers);
    if (served !== null) return served.plan;
  }
  return plainPlan({ url, method: methodOf(options.request ?? (body === null ? 'GET' : 'POST')), headers, body });
}

function checkedUrl(text: string): string {
  if (/^grpcs?:/i.test(text)) {
    throw new PlanError(
      `What ${text} is called with stands in a plan: write one with steps such as - grpc: package.Service/Method.`,
    );
  }
  if (!URL.canParse(text)) {
    throw new PlanError(`"${text}" is not a URL. Give one such as http://127.0.0.1:8000/predict.`);
  }
  return text;
}

function requestedLoad(plan: Plan, options: PlanOptions): Load | null {
  const { rate, users, arrivals, burstiness, duration } = options;
  const lasts = duration ?? plan.duration;
  const spacing = spacingOf(options);
  const { load } = plan;
  if (spacing !== null && (users !== undefined || (rate === undefined && load !== null && load.model !== 'open'))) {
    const given = arrivals === undefined ? '--burstiness' : '--arrivals';
    throw new PlanError(
      `${given} is of a load at a rate: users send when they are answered, and recorded arrivals stand.`,
    );
  }
  if (users !== undefined) return steadyUsers(users, lasts);
  if (rate !== undefined) return steadyRate(rate, lasts, spacing ?? 'poisson', burstiness ?? 1);
  if (load === null && spacing !== null) throw new PlanError('--arrivals and --burstiness go with --rate.');
  if (load === null) return null;
  if (load.model !== 'open' || spacing === null) return withDuration(load, duration);
  return withDuration({ ...load, arrivals: spacing, burstiness: burstiness ?? load.burstiness }, duration);
}

/** The spacing that is asked for: who says how it comes in bursts means gamma arrivals. Null: none is. Throws a {@link PlanError}. */
function spacingOf({ arrivals, burstiness }: PlanOptions): Arrivals | null {
  if (burstiness === undefined) return arrivals ?? null;
  if (arrivals === undefined || arrivals === 'gamma') return 'gamma';
  throw new PlanError(`--burstiness is of gamma arrivals, and --arrivals ${arrivals} has none.`);
}

/** An even load lasts as long as is asked; one in stages or recorded says itself how long it is. */
function withDuration(load: Load, duration: number | undefined): Load {
  if (duration === undefined) return load;
  if (!('stages' in load) || load.stages.length > 1) {
    throw new PlanError(
      '--duration does not go with a load in stages or from a file: it says itself how long it lasts.',
    );
  }
  return { ...load, stages: load.stages.map((stage) => ({ ...stage, duration })) };
}

async function readBody(text: string): Promise<string> {
  return text.startsWith('@') ? read(text.slice(1), `-d ${text}`) : text;
}

async function read(file: string, named: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PlanError(`${named}: ${missing ? 'there is no such file' : (error as Error).message}.`);
  }
}

function methodOf(name: string): Method {
  const method = METHODS.find((known) => known === name.toUpperCase());
  if (method === undefined) throw new PlanError(`Method ${name} is not one of ${METHODS.join(', ')}.`);
  return method;
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new PlanError(`-H '${text}' is not a header. Write it as 'Name: value'.`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}
