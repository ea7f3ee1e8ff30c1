import type * as z from 'zod';
import { nearest } from '../nearest.ts';
import type { IssueParams } from '../schema/schema-parts.ts';
import type { Fault } from './plan-fault.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A fault with what decides whether it has to be said. */
interface Candidate extends Fault {
  /** A key that is not known. */
  readonly unknown: string | null;
  /** The map the fault is in, and keys one of which would mend it. */
  readonly map: Path;
  readonly needs: readonly string[];
}

/** Sentences for what a schema found wrong with a document: of alternatives, about the one that was meant. */
export function schemaFaults(issues: readonly Issue[], document: unknown): Fault[] {
  const all = issues.flatMap((issue) => candidatesOf(issue, [], document));
  const misspelt = all.filter(({ unknown }) => unknown !== null);
  // What is missing because it is misspelt is said once.
  return all.filter(
    ({ map, needs }) =>
      !misspelt.some(
        (other) => samePath(other.map, map) && needs.length > 0 && nearest(other.unknown!, needs) !== null,
      ),
  );
}

function candidatesOf(issue: Issue, prefix: Path, document: unknown): Candidate[] {
  const path = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const sentences = issue.message.split('\n');
      return issue.keys.map((key, at) => ({
        ...plain([...path, key], sentences[at] ?? issue.message),
        at: 'key',
        unknown: key,
        map: path,
      }));
    }
    case 'invalid_key': {
      const [wrong] = issue.issues;
      return [{ ...plain(path, wrong?.message ?? issue.message), at: 'key' }];
    }
    case 'invalid_union': {
      const meant = meantOf(issue.errors, valueAt(document, path));
      return meant === null
        ? [expected(path, document, issue.message, [])]
        : meant.flatMap((inner) => candidatesOf(inner, path, document));
    }
    case 'custom': {
      const { at, needs = [], expected: wanted }: IssueParams = issue.params ?? {};
      return wanted === undefined
        ? [{ ...plain(path, issue.message), at: at ?? 'value', needs, map: path }]
        : [expected(path, document, wanted, [])];
    }
    case 'invalid_value':
      return [expected(path, document, issue.message, issue.values.map(String))];
    default:
      return [expected(path, document, issue.message, [])];
  }
}

/**
 * The alternative that was meant: one that takes a value of this kind, and knows most of its keys. Null where all take other kinds.
 */
function meantOf(alternatives: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | null {
  const isOther = (issue: Issue): boolean => isOfOtherKind(issue, value);
  const possible = alternatives.filter((issues) => issues.length > 0 && !issues.some(isOther));
  return possible.toSorted((a, b) => strangeKeys(a) - strangeKeys(b))[0] ?? null;
}

function isOfOtherKind(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  // A map is none of some texts, and not a misspelt one.
  if (issue.code === 'invalid_value') return typeof value === 'object';
  return issue.code === 'invalid_type' || (issue.code === 'invalid_union' && meantOf(issue.errors, value) === null);
}

function strangeKeys(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + issue.keys.length;
    return sum + (issue.code === 'invalid_key' ? 1 : 0);
  }, 0);
}

function plain(path: Path, message: string): Candidate {
  return { path, at: 'value', part: null, message, unknown: null, map: path.slice(0, -1), needs: [] };
}

function expected(path: Path, document: unknown, wanted: string, names: readonly string[]): Candidate {
  const value = valueAt(document, path);
  const key = path.at(-1);
  if (value === undefined && typeof key === 'string') {
    return { ...plain(path, `"${key}" is missing: ${wanted}.`), needs: [key] };
  }
  if (value === null)
    return plain(
      path,
      `${key === undefined ? 'There is nothing here' : `${labelOf(path)} is empty`}; it must be ${wanted}.`,
    );
  const near = typeof value === 'string' ? nearest(value, names) : null;
  const meant = near === null ? '.' : `; did you mean "${near}"?`;
  // Whoever writes a secret where it does not belong is not shown it again.
  const instead = path[0] === 'secrets' ? '' : `, not ${shown(value)}`;
  return plain(path, `${labelOf(path)} must be ${wanted}${instead}${meant}`);
}

function labelOf(path: Path): string {
  const key = path.at(-1);
  if (key === undefined) return 'A plan';
  if (typeof key === 'string') return `"${key}"`;
  const list = path.findLast((segment) => typeof segment === 'string');
  return `Item ${Number(key) + 1} of "${String(list)}"`;
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }, document);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((segment, at) => String(segment) === String(b[at]));
}
