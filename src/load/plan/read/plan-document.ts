import path from 'node:path';
import { type LoadOfPlan, loadOf } from '../load-syntax.ts';
import { NO_TLS, plainPlan, plainTarget } from '../plain-plan.ts';
import { type ObjectivePlan, PLAN_DEFAULTS, type Plan, type Scenario, type Setup, type Target } from '../plan.ts';
import type { PlanDocument } from '../schema/plan-schema.ts';
import type { StepDocument } from '../schema/step-schema.ts';
import { targetUrl } from '../target-url.ts';
import { dataOf } from './data-document.ts';
import { namesOfSteps, placedScenarios, placedSetup } from './placed-steps.ts';
import { stepOf } from './step-document.ts';

/**
 * The plan that a document says. Throws a `PlanError` for a target's address that is none with the values of the environment.
 *
 * @param environment what `${env.…}` can name
 * @param folder that file names are relative to
 */
export function planOf(
  document: PlanDocument,
  environment: Readonly<Record<string, string>>,
  folder: string,
): { plan: Plan; replay: LoadOfPlan['replay'] } {
  const target = targetOf(document.target, environment, folder);
  const names = namesOfSteps(document, target.url);
  const made = (step: StepDocument) => stepOf(step, names.get(step)!, folder, target.url);
  const scenarios = placedScenarios(document).map(
    ({ name, weight = 1, steps, tags = {} }): Scenario => ({
      name,
      weight,
      steps: steps.map(({ step }) => made(step)),
      tags,
    }),
  );
  const setup: Setup | null = document.setup
    ? { steps: placedSetup(document).map(({ step }) => made(step)), refresh: document.setup.refresh ?? null }
    : null;
  const { load, duration, replay } = loadOf(document.load, document.duration, folder);
  const alone = plainPlan({ url: target.url, method: 'GET', headers: {}, body: null });
  const plan: Plan = {
    name: document.name ?? null,
    target,
    environment,
    secrets: document.secrets ?? {},
    data: Object.fromEntries(Object.entries(document.data ?? {}).map(([name, data]) => [name, dataOf(data, folder)])),
    setup,
    scenarios: scenarios.length > 0 ? scenarios : alone.scenarios,
    load,
    duration,
    warmup: document.warmup ?? (replay === null ? PLAN_DEFAULTS.warmup : 0),
    timeout: document.timeout ?? PLAN_DEFAULTS.timeout,
    gracefulStop: document.gracefulStop ?? null,
    connections: document.connections ?? null,
    maxInFlight: document.maxInFlight ?? PLAN_DEFAULTS.maxInFlight,
    generators: document.generators ?? PLAN_DEFAULTS.generators,
    seed: document.seed ?? PLAN_DEFAULTS.seed,
    objectives: (document.objectives ?? []).map(
      ({ objective, window = null, abort = false, after = 0 }): ObjectivePlan => ({ objective, window, abort, after }),
    ),
    split: document.split?.toLowerCase() ?? null,
    tags: document.tags ?? {},
  };
  return { plan, replay };
}

function targetOf(
  document: PlanDocument['target'],
  environment: Readonly<Record<string, string>>,
  folder: string,
): Target {
  if (typeof document === 'string') return targetAt(document, environment);
  const { url, tls = {}, socket, logs = [], ...given } = document;
  const { ca, cert, key, serverName, verify } = tls;
  const file = (name: string | undefined): string | null => (name === undefined ? null : path.resolve(folder, name));
  const plain = targetAt(url, environment);
  return {
    ...plain,
    ...defined(given),
    tls: {
      ca: file(ca),
      cert: file(cert),
      key: file(key),
      serverName: serverName ?? NO_TLS.serverName,
      verify: verify ?? NO_TLS.verify,
    },
    socket: file(socket),
    logs: logs.map((name) => path.resolve(folder, name)),
  };
}

function targetAt(written: string, environment: Readonly<Record<string, string>>): Target {
  const plain = plainTarget(targetUrl(written, environment));
  return /^grpcs?:/i.test(written) ? { ...plain, http: '2' } : plain;
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
