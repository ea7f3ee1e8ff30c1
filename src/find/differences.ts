import { isDeepStrictEqual } from 'node:util';

/** Where two values differ, as texts for people. */
export interface Difference {
  /** `load.stages.steady.from`. */
  readonly path: string;
  readonly first: string;
  readonly second: string;
}

const LONGEST = 60;
/** A list with more entries is told by their number: recorded arrivals are. */
const LONGEST_LIST = 50;

/** Every place in which two JSON values differ, in the order of the first. */
export function differences(first: unknown, second: unknown, path = ''): Difference[] {
  if (isDeepStrictEqual(first, second)) return [];
  const parts = [partsOf(first), partsOf(second)] as const;
  if (parts[0] === null || parts[1] === null) return [{ path, first: textOf(first), second: textOf(second) }];
  const names = new Set([...parts[0].keys(), ...parts[1].keys()]);
  return [...names].flatMap((name) =>
    differences(parts[0]!.get(name), parts[1]!.get(name), path === '' ? name : `${path}.${name}`),
  );
}

/** What a value is made of; null where it is told whole. Entries of a list that have names are told by them. */
function partsOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  if (value.length > LONGEST_LIST) return null;
  const names = value.map(nameOf);
  const named = names.every((name) => name !== null) && new Set(names).size === names.length;
  return new Map(value.map((entry, index) => [named ? names[index]! : String(index + 1), entry as unknown]));
}

function nameOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return null;
  return typeof entry.name === 'string' ? entry.name : null;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value) && value.length > LONGEST_LIST) return `${value.length.toLocaleString('en-US')} entries`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
