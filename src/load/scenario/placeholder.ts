import { closestMatch } from 'leven';
import { PlanError } from '../plan/plan-error.ts';
import { randomFloat, randomInt, randomPick, randomText, randomUuid } from './random-value.ts';
import type { IterationValues } from './values.ts';

/** The `${…}` of a template. */
export interface Placeholder {
  /** What stands between the braces. */
  readonly name: string;
  /** Throws a `StepError` where there is no such value. */
  read(values: IterationValues): unknown;
}

type Read = Placeholder['read'];

const LONGEST_TEXT = 1_000_000;

const PLAIN: Readonly<Record<string, Read>> = {
  counter: (values) => values.counter,
  iteration: (values) => values.index,
  user: (values) => values.user,
  now: () => Date.now(),
};

/** What means something of its own in `${…}`: alone, and before a dot. */
export const OWN_NAMES: readonly string[] = Object.keys(PLAIN);
export const OWN_SPACES: readonly string[] = ['env', 'secrets', 'random'];

/** A form of `random.…`: how it is written, and how its arguments are read; null where they are not its own. */
interface RandomForm {
  readonly example: string;
  compile(args: readonly string[]): Read | null;
}

const RANDOM: Readonly<Record<string, RandomForm>> = {
  'random.int': { example: 'random.int(1,100)', compile: compileInt },
  'random.float': { example: 'random.float(0,1)', compile: compileFloat },
  'random.uuid': { example: 'random.uuid', compile: (args) => (args.length === 0 ? randomUuid : null) },
  'random.text': { example: 'random.text(12)', compile: compileText },
  'random.pick': { example: 'random.pick(a,b,c)', compile: compilePick },
};

/** Reads what stands between `${` and `}`. Throws a {@link PlanError} for what has no meaning in any plan. */
export function parsePlaceholder(inside: string): Placeholder {
  const name = inside.trim();
  if (name === '')
    throw new PlanError(`"\${}" names nothing. Write a name between the braces, or $\${ for a literal \${.`);
  const call = /^([\w.-]+)\s*(?:\((.*)\))?$/s.exec(name);
  const head = call?.[1] ?? name;
  if (head === 'random' || head.startsWith('random.')) return { name, read: randomRead(name, head, call?.[2]) };
  if (name.includes('(')) throw unknownForm(name, head);
  return { name, read: namedRead(name) };
}

function namedRead(name: string): Read {
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name]!;
  const dot = name.indexOf('.');
  const [space, member] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  if (space === 'env' || space === 'secrets') {
    if (member === '') throw new PlanError(`"\${${name}}" names no variable. Write one such as \${${space}.NAME}.`);
    return space === 'env' ? (values) => values.env(member) : (values) => values.secret(member);
  }
  if (dot < 0) return (values) => values.value(name);
  if (space === '' || member === '') {
    throw new PlanError(`"\${${name}}" is not a name. Write one such as \${users.item}, \${counter} or \${env.NAME}.`);
  }
  return (values) => values.column(space, member);
}

function randomRead(name: string, head: string, inside: string | undefined): Read {
  const form = Object.hasOwn(RANDOM, head) ? RANDOM[head]! : null;
  if (form === null) throw unknownForm(name, head);
  const args = inside === undefined || inside.trim() === '' ? [] : inside.split(',').map((arg) => arg.trim());
  const read = form.compile(args);
  if (read === null) throw new PlanError(`"\${${name}}" cannot be drawn. Write it as \${${form.example}}.`);
  return read;
}

function unknownForm(name: string, head: string): PlanError {
  const near = closestMatch(head, [...Object.keys(RANDOM), ...Object.keys(PLAIN)], { maxDistance: 4 });
  const form = near === undefined ? undefined : (RANDOM[near]?.example ?? near);
  const all = Object.values(RANDOM).map(({ example }) => example);
  const advice = form === undefined ? `There are ${all.join(', ')}.` : `Did you mean ${form}?`;
  return new PlanError(`"\${${name}}" is not known. ${advice}`);
}

function compileInt(args: readonly string[]): Read | null {
  const range = rangeOf(args);
  if (range === null || !range.every(Number.isSafeInteger)) return null;
  const [least, most] = range;
  return Number.isSafeInteger(most - least + 1) ? (values) => randomInt(values, least, most) : null;
}

function compileFloat(args: readonly string[]): Read | null {
  const range = rangeOf(args);
  if (range === null) return null;
  const [least, most] = range;
  return (values) => randomFloat(values, least, most);
}

function compileText(args: readonly string[]): Read | null {
  const length = Number(args[0] || NaN);
  if (args.length !== 1 || !Number.isInteger(length) || length < 1 || length > LONGEST_TEXT) return null;
  return (values) => randomText(values, length);
}

/** Options that are all numbers stay numbers, so that they are ones in a JSON body. */
function compilePick(args: readonly string[]): Read | null {
  if (args.length === 0 || args.includes('')) return null;
  const numbers = args.map(Number);
  const options = args.every((arg, at) => String(numbers[at]) === arg && Number.isFinite(numbers[at])) ? numbers : args;
  return (values) => randomPick<unknown>(values, options);
}

function rangeOf(args: readonly string[]): [number, number] | null {
  const [least, most] = args.map((arg) => (arg === '' ? NaN : Number(arg)));
  if (args.length !== 2 || !Number.isFinite(least) || !Number.isFinite(most)) return null;
  return least! <= most! ? [least!, most!] : null;
}
