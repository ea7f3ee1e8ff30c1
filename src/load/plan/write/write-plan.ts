import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { durationText } from '../duration.ts';
import { type Replay, writtenLoad } from '../load-syntax.ts';
import { METRICS_EVERY_MS, type MetricsPlan } from '../metrics-plan.ts';
import { literal, plainPlan, plainTarget } from '../plain-plan.ts';
import { type ObjectivePlan, PLAN_DEFAULTS, type Plan, type Step, type Target } from '../plan.ts';
import { ONLY_SCENARIO } from '../read/placed-steps.ts';
import { isDefaultName, uniqueNames } from '../step-names.ts';
import { writtenData } from './written-data.ts';
import { type FileName, mapValues, unlessEmpty, writtenStep } from './written-step.ts';
import { yamlText } from './yaml-text.ts';

export interface WriteOptions {
  /** Files are named relative to it; without it, by absolute paths. */
  readonly folder?: string;
  /** The JSON schema's address or path, for editors. */
  readonly schema?: string;
  /** Where the arrivals of a replay come from; its times are not written. */
  readonly replay?: Replay | null;
}

/**
 * A plan as the text of a plan file that a person could have written: what is at its default is left out, and short forms are used.
 * `readPlan` makes the same plan of it, but for parts of one name that do not follow each other in a multipart body: they come together.
 * Throws a `PlanError` for a replay whose file is not given.
 */
export function writePlan(plan: Plan, { folder, schema, replay = null }: WriteOptions = {}): string {
  const fileName: FileName = (file) => (folder === undefined ? file : relativeName(folder, file));
  const written = {
    ...(plan.name === null ? {} : { name: plan.name }),
    target: writtenTarget(plan.target, fileName),
    ...unlessEmpty('environment', plan.environment),
    ...unlessEmpty('secrets', plan.secrets),
    ...unlessEmpty(
      'data',
      mapValues(plan.data, (data) => writtenData(data, fileName)),
    ),
    ...writtenSteps(plan, fileName),
    ...writtenLoad(plan, replay, fileName),
    ...(plan.gracefulStop === null ? {} : { gracefulStop: durationText(plan.gracefulStop) }),
    ...(plan.timeout === PLAN_DEFAULTS.timeout ? {} : { timeout: durationText(plan.timeout) }),
    ...(plan.connections === null ? {} : { connections: plan.connections }),
    ...unlessDefault('maxInFlight', plan),
    ...unlessDefault('generators', plan),
    ...unlessDefault('seed', plan),
    ...(plan.objectives.length > 0 ? { objectives: plan.objectives.map(writtenObjective) } : {}),
    ...(plan.split === null ? {} : { split: plan.split }),
    ...unlessEmpty('tags', plan.tags),
  };
  const first = schema === undefined ? [] : [`yaml-language-server: $schema=${schema}`];
  return yamlText(written, first, hints(plan, replay));
}

function relativeName(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function unlessDefault(key: 'maxInFlight' | 'generators' | 'seed', plan: Plan): object {
  return plan[key] === PLAN_DEFAULTS[key] ? {} : { [key]: plan[key] };
}

/** What a plan does not say, for those who would say it. */
function hints({ load, objectives }: Plan, replay: Replay | null): string[] {
  const lines: string[] = [];
  if (load === null && replay === null) {
    lines.push(
      'Without a load, a gentle rate is derived from one request. It could be:',
      'load: 60/s',
      'duration: 30s',
    );
  }
  if (objectives.length === 0)
    lines.push('What has to hold, for example:', 'objectives:', '  - p(99)<250', '  - failures: rate<1%');
  return lines;
}

function writtenTarget(target: Target, fileName: FileName): unknown {
  // An address may hold placeholders in a file, and no longer in a plan.
  const url = literal(target.url);
  const { tls, socket, headers, metrics, logs, ...rest } = target;
  const plain: Readonly<Record<string, unknown>> = { ...plainTarget(target.url) };
  const changed = Object.fromEntries(Object.entries(rest).filter(([key, value]) => value !== plain[key]));
  const files = { ca: tls.ca, cert: tls.cert, key: tls.key };
  const writtenTls = {
    ...mapValues(Object.fromEntries(Object.entries(files).filter(([, file]) => file !== null)), (file) =>
      fileName(file!),
    ),
    ...(tls.serverName === null ? {} : { serverName: tls.serverName }),
    ...(tls.verify ? {} : { verify: false }),
  };
  const more = {
    ...changed,
    ...unlessEmpty('tls', writtenTls),
    ...(socket === null ? {} : { socket }),
    ...unlessEmpty('headers', headers),
    ...(metrics === plain['metrics'] ? {} : { metrics: writtenMetrics(metrics) }),
    ...(logs.length === 0 ? {} : { logs: logs.map(fileName) }),
  };
  return Object.keys(more).length === 0 ? url : { url, ...more };
}

function writtenMetrics(metrics: MetricsPlan): unknown {
  if (typeof metrics === 'string') return metrics;
  return metrics.map((entry) => {
    if (typeof entry === 'string') return entry;
    const { url, series, every, headers } = entry;
    return {
      url,
      ...(series === null ? {} : { series }),
      ...(every === METRICS_EVERY_MS ? {} : { every: durationText(every) }),
      ...unlessEmpty('headers', headers),
    };
  });
}

/** The set-up and the scenarios, or nothing where the target says all there is. */
function writtenSteps(plan: Plan, fileName: FileName): object {
  const named = namedSteps(plan);
  const write = (steps: readonly Step[]) =>
    steps.map((step) => writtenStep(step, named.has(step), fileName, plan.target.url));
  const { setup, scenarios, target } = plan;
  const refresh = setup === null || setup.refresh === null ? {} : { refresh: setup.refresh };
  const before = setup === null ? {} : { setup: { ...refresh, steps: write(setup.steps) } };
  const alone = plainPlan({ url: target.url, method: 'GET', headers: {}, body: null });
  if (isDeepStrictEqual(scenarios, alone.scenarios)) return before;
  const [only] = scenarios;
  if (
    scenarios.length === 1 &&
    isDeepStrictEqual({ ...only, steps: [] }, { name: ONLY_SCENARIO, weight: 1, steps: [], tags: {} })
  ) {
    return { ...before, steps: write(only!.steps) };
  }
  const all = scenarios.map(({ name, weight, steps, tags }) => ({
    name,
    ...(weight === 1 ? {} : { weight }),
    ...unlessEmpty('tags', tags),
    steps: write(steps),
  }));
  return { ...before, scenarios: all };
}

/** The steps whose names do not follow from their method and path. */
function namedSteps({ setup, scenarios, target: { url } }: Plan): Set<Step> {
  const steps = [...scenarios.flatMap((scenario) => scenario.steps), ...(setup?.steps ?? [])];
  const named = new Set(steps.filter((step) => !isDefaultName(step.name, step, url)));
  // Numbers follow from the order, and from the names that are written: what they do not come to has to be written too.
  for (let before = -1; named.size > before; ) {
    before = named.size;
    const names = uniqueNames(
      steps.map((step) => ({ ...step, name: named.has(step) ? step.name : null })),
      url,
    );
    steps.forEach((step, at) => {
      if (names[at] !== step.name) named.add(step);
    });
  }
  return named;
}

function writtenObjective({ objective, window, abort, after }: ObjectivePlan): unknown {
  const more = {
    ...(window === null ? {} : { window: durationText(window) }),
    ...(abort ? { abort } : {}),
    ...(after === 0 ? {} : { after: durationText(after) }),
  };
  return Object.keys(more).length === 0 ? objective : { objective, ...more };
}
