import * as z from 'zod';
import { OWN_NAMES, OWN_SPACES } from '../../scenario/placeholder.ts';
import { compileHeaders } from '../../scenario/request-headers.ts';
import { placeholdersOf } from '../../scenario/template.ts';
import { DURATION, parseDuration } from '../duration.ts';
import { isWithin, type Limit, rangeText } from '../limits.ts';
import { knownNames } from '../nearest.ts';
import { PlanError } from '../plan-error.ts';

/*
 * What the schema of plan files is made of. The `error` of a schema says what has to be there, to stand after "must be"; an issue of our
 * own (`custom`) is a whole sentence, or says in its params what is `expected`. `schema-faults.ts` makes sentences of all of them.
 */

/** What an issue of our own says beyond its message. */
export interface IssueParams {
  /** Whether the fault is in the key, not in its value. */
  readonly at?: 'key';
  /** Keys one of which is missing; not said where there is a misspelt one of them. */
  readonly needs?: readonly string[];
  /** Instead of a message. */
  readonly expected?: string;
}

export type Context = z.core.$RefinementCtx;

export function addIssue(context: Context, path: readonly string[], message: string, params: IssueParams = {}): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { ...params } });
}

/** The schema with a check that throws a {@link PlanError}, whose message becomes the fault's. */
export function checked<S extends z.ZodType>(schema: S, check: (value: z.output<S>) => unknown): S {
  return schema.superRefine((value, context) => {
    const fault = faultOf(() => check(value));
    if (fault !== null) addIssue(context, [], fault);
  });
}

/** The message of the {@link PlanError} thrown; null where none is. */
export function faultOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
}

/** A map that has these keys and no others. @param hints sentences for wrong keys that people are likely to write */
export function map<T extends z.core.$ZodLooseShape>(
  expected: string,
  shape: T,
  hints: ReadonlyMap<string, string> = new Map(),
) {
  const known = Object.keys(shape);
  const unknown = (key: string): string =>
    hints.get(key) ?? `${JSON.stringify(key)} is not known here; ${knownNames(key, known)}`;
  return z.strictObject(shape, {
    // A line for each key, in their order: JSON leaves no line break in a key.
    error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map(unknown).join('\n') : expected),
  });
}

/**
 * Says where more than one of some keys is, or none though one is `needed`, unless something `like` them is there. Returns the first
 * there is.
 */
export function onlyOne<K extends string>(
  value: Readonly<Partial<Record<K, unknown>>>,
  keys: readonly K[],
  context: Context,
  {
    why,
    needed,
    like = [],
  }: { readonly why: string; readonly needed: string | null; readonly like?: readonly string[] },
): K | null {
  const [first, second] = keys.filter((key) => value[key] !== undefined).sort(byOrderIn(Object.keys(value)));
  if (second !== undefined)
    addIssue(context, [second], `"${first}" and "${second}" cannot both be here: ${why}`, { at: 'key' });
  if (first === undefined && needed !== null) addIssue(context, [], needed, { needs: [...keys, ...like] });
  return first ?? null;
}

/** For the JSON schema of a map that {@link onlyOne} looks at. */
export function oneRequired(keys: readonly string[]): { oneOf: object[] } {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

function byOrderIn(order: readonly string[]): (a: string, b: string) => number {
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}

/** Numbers and such stand for their text, as people expect of a header or a tag. */
export const text = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a text' })
  .transform((value) => String(value));

/** A text that may hold `${…}`. Which names there are is looked at once all has been read. */
export const template = checked(text, placeholdersOf);

/** A JSON value whose texts are templates. */
export const jsonTemplate = z.unknown().superRefine((value, context) => checkTexts(value, [], context));

function checkTexts(value: unknown, path: readonly string[], context: Context): void {
  if (typeof value === 'string') {
    const fault = faultOf(() => placeholdersOf(value));
    if (fault !== null) addIssue(context, path, fault);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) checkTexts(member, [...path, name], context);
  }
}

export function texts<V extends z.ZodType>(expected: string, value: V) {
  return z.record(z.string(), value, { error: expected });
}

const NAME = /^[A-Za-z_][\w-]*$/;

/** What `${…}` can name. */
export const name = z
  .string()
  .superRefine((value, context) => {
    if (!NAME.test(value)) {
      addIssue(
        context,
        [],
        `${JSON.stringify(value)} cannot be a name: use letters, digits, _ and -, such as order_id.`,
      );
    } else if (OWN_NAMES.includes(value) || OWN_SPACES.includes(value)) {
      addIssue(context, [], `"${value}" already has a meaning of its own in \${…}: choose another name.`);
    }
  })
  .meta({ pattern: NAME.source });

export const tags = texts('a map of texts, such as {tier: gold}', text)
  .optional()
  .meta({
    description:
      'Labels for what is measured. An objective can be about one of them: latency{tier:gold}: p(95)<300. A step has those of its scenario and of the plan too.',
    examples: [{ tier: 'gold' }],
  });

export const headers = texts('a map of headers, such as {accept: application/json}', template).superRefine(
  (named, context) => {
    const seen = new Map<string, string>();
    for (const [name, value] of Object.entries(named)) {
      const same = seen.get(name.toLowerCase());
      const twice = same === undefined ? null : `"${name}" is here already, as "${same}".`;
      const wrongName = twice ?? faultOf(() => compileHeaders([{ [name]: '' }]));
      // A value with a wrong template has been found already.
      const readable = faultOf(() => placeholdersOf(value)) === null;
      const wrongValue = readable ? faultOf(() => compileHeaders([{ [name]: value }])) : null;
      if (wrongName !== null) addIssue(context, [name], wrongName, { at: 'key' });
      else if (wrongValue !== null) addIssue(context, [name], wrongValue);
      seen.set(name.toLowerCase(), name);
    }
  },
);

export function number(limit: Limit) {
  const error = rangeText(limit);
  const base = limit.kind === 'whole' ? z.int({ error }) : z.number({ error });
  return base.min(limit.least, { error }).max(limit.most, { error });
}

const FILE = 'the name of a file';
/** Relative to the plan's. */
export const fileName = z.string({ error: FILE }).min(1, { error: FILE });

export function flag(description: string, byDefault: boolean) {
  return z.boolean({ error: 'true or false' }).optional().meta({ description, default: byDefault });
}

const TIME = 'a time such as 500ms, 10s, 2m or 1h';

const writtenTime = z
  .string()
  .regex(DURATION, { error: TIME })
  .meta({ patternErrorMessage: `Write ${TIME}.` });

/** A time within limits, ms. */
export function time(limit: Limit) {
  return z
    .union([z.number().min(0, { error: TIME }), writtenTime], { error: TIME })
    .transform((value, context) => timeOf(String(value), limit, context));
}

/** Ms; what is no such time becomes an issue. */
export function timeOf(written: string, limit: Limit, context: Context): number {
  const ms = parseDuration(written);
  if (ms !== null && isWithin(limit, ms)) return ms;
  addIssue(context, [], '', { expected: ms === null ? TIME : rangeText(limit) });
  return z.NEVER;
}
