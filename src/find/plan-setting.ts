import { isMap, isSeq, parse, parseDocument } from 'yaml';
import { parseDuration } from '../load/plan/duration.ts';
import { type Body, literal, type Plan, PlanError, type Step } from '../load/plan/plan.ts';

const JSON_FIELD = /^json\.(.+)$/;
const EXAMPLES =
  'connections, timeout, batch, a name of its environment, json.FIELD, or a path such as steps.0.json.max_tokens';

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
  if (name === 'batch' && steps(plan).some(({ body }) => body !== null)) {
    return withSteps(plan, (step) => (step.body === null ? step : { ...step, batch: value }));
  }
  const [, field] = JSON_FIELD.exec(name) ?? [];
  if (field === undefined) return null;
  const keys = field.split('.');
  if (!steps(plan).some(({ body }) => jsonOf(body) !== null)) {
    throw new PlanError(`${name}: no step sends a JSON body. Give one with -d, or in the plan.`);
  }
  return withSteps(plan, (step) => ({ ...step, body: withField(step.body, keys, parse(value)) }));
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
  document.setIn(keys, parse(value));
  return document.toString();
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

function withField(body: Body | null, keys: readonly string[], value: unknown): Body | null {
  const json = jsonOf(body);
  if (json === null) return body;
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
