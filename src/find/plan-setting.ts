import { isMap, isSeq, parse, parseDocument, YAMLParseError } from 'yaml';
import { steadyUsers } from '../load/model/closed-load.ts';
import type { Load } from '../load/model/load-model.ts';
import { steadyRate } from '../load/model/open-load.ts';
import { parseDuration } from '../load/plan/duration.ts';
import { literal } from '../load/plan/plain-plan.ts';
import type { Body, Plan, Step } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import type { SweepSetting } from './sweep.ts';

/** How a plan file is read. */
export interface PlanReading {
  readonly environment: NodeJS.ProcessEnv;
  /** What is read of its text; null: the text. */
  readonly change: ((text: string) => string) | null;
}

/** Reads the file of a plan again. Rejects with a {@link PlanError}. */
export type ReadAgain = (reading: PlanReading) => Promise<Plan>;

const JSON_FIELD = /^json\.(.+)$/;
const EXAMPLES =
  'connections, generators, timeout, batch, a name of its environment, json.FIELD, or a path such as steps.0.json.max_tokens';
/** What a setting is tried with where nobody says: users who wait show what it can do. */
const USUAL_USERS = 4;

/**
 * The plan at each value of what is varied, with a load. A setting's name is looked for where it means most: in the plan's environment, in
 * what every plan has, then in its text. Rejects with a {@link PlanError} for what is no value, or nowhere.
 * @param varied `users`, `rate` or the name of a setting @param read the plan's file; null: it has none
 */
export async function settingsOf(
  plan: Plan,
  varied: string,
  values: readonly string[],
  read: ReadAgain | null,
): Promise<SweepSetting[]> {
  const settings: SweepSetting[] = [];
  for (const value of values) {
    if (varied === 'users' || varied === 'rate') {
      settings.push({ value, plan: { ...plan, load: loadAt(varied, value, plan.duration) } });
      continue;
    }
    const set = await planWith(plan, varied, value, read);
    settings.push({ value, plan: { ...set, load: set.load ?? steadyUsers(USUAL_USERS, set.duration) } });
  }
  return settings;
}

function loadAt(unit: 'users' | 'rate', value: string, duration: number): Load {
  const level = Number(value);
  if (!(level > 0)) throw new PlanError(`${unit} ${value}: it must be a number above 0.`);
  return unit === 'users' ? steadyUsers(level, duration) : steadyRate(level, duration);
}

async function planWith(plan: Plan, name: string, value: string, read: ReadAgain | null): Promise<Plan> {
  // A variable may stand in the target's address, which is made when the file is read.
  if (read !== null && Object.hasOwn(plan.environment, name)) {
    return read({ environment: { ...process.env, [name]: value }, change: null });
  }
  const known = withSetting(plan, name, value);
  if (known !== null) return known;
  if (read === null) {
    throw new PlanError(
      `"${name}" cannot be set: of a URL, connections, generators, timeout, batch and json.FIELD of its body can be; write a plan for more.`,
    );
  }
  return read({ environment: process.env, change: (text) => withPath(text, name, value) });
}

/**
 * The plan with a value set by a name that means the same in every plan: `connections`, `generators`, `timeout`, `batch` where steps know
 * one, and `json.FIELD` of JSON bodies. Null for another name. Throws a {@link PlanError} for what is no value of it.
 */
export function withSetting(plan: Plan, name: string, value: string): Plan | null {
  if (name === 'connections' || name === 'generators') return { ...plan, [name]: numberOf(name, value) };
  if (name === 'timeout') {
    const timeout = parseDuration(value);
    if (timeout === null) throw new PlanError(`timeout=${value}: write a time such as 500ms or 10s.`);
    return { ...plan, timeout };
  }
  if (name === 'batch') {
    if (steps(plan).every(({ body }) => body === null)) {
      throw new PlanError('batch: no step sends a body. Give one with -d, or in the plan.');
    }
    return withSteps(plan, (step) => (step.body === null ? step : { ...step, batch: value }));
  }
  const [, field] = JSON_FIELD.exec(name) ?? [];
  if (field === undefined) return null;
  const keys = field.split('.');
  if (!steps(plan).some(({ body }) => jsonOf(body) !== null)) {
    throw new PlanError(`${name}: no step sends a JSON body. Give one with -d, or in the plan.`);
  }
  if (!steps(plan).some(({ body }) => hasPlace(jsonOf(body), keys))) {
    throw new PlanError(`${name}: no JSON body has that place. Entries of a list have the numbers from 0 on.`);
  }
  const json = yamlValue(name, value);
  return withSteps(plan, (step) => ({ ...step, body: withField(step.body, keys, json) }));
}

/**
 * The text of a plan file with the value at a path changed, such as `steps.0.json.max_tokens`: keys and, of lists, numbers from 0. Throws a
 * {@link PlanError} where there is nothing there to hold it.
 */
export function withPath(text: string, path: string, value: string): string {
  const document = parseDocument(text);
  const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const last = keys.at(-1)!;
  const holds = isMap(parent) || (isSeq(parent) && typeof last === 'number' && last < parent.items.length);
  if (!holds) throw new PlanError(`"${path}" is nowhere in the plan. What can be set: ${EXAMPLES}.`);
  if (keys.length === 1 && !document.has(last)) {
    throw new PlanError(`The plan has no "${path}". What can be set: ${EXAMPLES}.`);
  }
  document.setIn(keys, yamlValue(path, value));
  return document.toString();
}

/** A value as YAML has it: `32`, `true`, `[1, 2]`, a text. */
function yamlValue(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const [reason] = error.message.split(/ at line \d|\n/);
    throw new PlanError(`${name}=${text}: it is no value of YAML: ${reason}. Put a text in quotes.`);
  }
}

function numberOf(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new PlanError(`${name}=${value}: it must be a whole number from 1.`);
  return number;
}

function steps(plan: Plan): Step[] {
  return plan.scenarios.flatMap((scenario) => scenario.steps);
}

function withSteps(plan: Plan, change: (step: Step) => Step): Plan {
  return { ...plan, scenarios: plan.scenarios.map((one) => ({ ...one, steps: one.steps.map(change) })) };
}

/** A JSON object or list that a body is, as its values are written in the plan; null where it is none. */
function jsonOf(body: Body | null): object | null {
  if (body?.kind === 'json') return typeof body.value === 'object' ? body.value : null;
  if (body?.kind !== 'text') return null;
  try {
    const value: unknown = JSON.parse(body.text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Whether a value can be set there: objects take new members, lists have the entries they have. */
function hasPlace(holder: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (Array.isArray(holder)) {
    return holder.some((item: unknown, index) => String(index) === key && hasPlace(item, rest));
  }
  return typeof holder === 'object' && holder !== null && hasPlace(memberOf(holder, key) ?? {}, rest);
}

function memberOf(holder: object, key: string): unknown {
  return Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined;
}

function withField(body: Body | null, keys: readonly string[], value: unknown): Body | null {
  const json = jsonOf(body);
  if (json === null || !hasPlace(json, keys)) return body;
  const changed = changedAt(json, keys, value);
  return body?.kind === 'text' ? { kind: 'text', text: JSON.stringify(changed) } : { kind: 'json', value: changed };
}

function changedAt(holder: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return typeof value === 'string' ? literal(value) : value;
  if (Array.isArray(holder)) {
    return holder.map((item: unknown, index) => (String(index) === key ? changedAt(item, rest, value) : item));
  }
  const known = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>) : {};
  return { ...known, [key]: changedAt(known[key], rest, value) };
}
