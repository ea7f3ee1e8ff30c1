import type { JSONPathQuery } from 'json-p3';
import { PlanError } from '../load/plan/plan-error.ts';
import { queryOf } from '../load/scenario/json-path.ts';

/** The first place in which two answers differ by more than they may. */
export interface AnswerDifference {
  /** A normalised JSONPath, or `the text` of answers that are not JSON. */
  readonly path: string;
  /** Of the fields on the way there. */
  readonly names: readonly string[];
  /** What stands there, as it was answered: with secrets in it. */
  readonly baseline: string;
  readonly candidate: string;
}

/** A JSONPath, and by how much the numbers there may differ. */
interface Allowance {
  readonly query: JSONPathQuery;
  readonly mayDiffer: (baseline: unknown, candidate: unknown) => boolean;
}

const WRITTEN = /^(\$.*)=(any|\d+(?:\.\d+)?(?:e-?\d+)?%?)$/i;
/** 0.505 is more than 1 % beside 0.5 in binary. */
const ROUNDING = 1e-9;

/** What makes two answers the same: equal, but for the places where they may differ. */
export class AnswerRule {
  readonly #allowances: readonly Allowance[];

  /** Throws a {@link PlanError}. @param written such as `$.score=0.01`, `$.scores[*]=1%` and `$.id=any` */
  constructor(written: readonly string[]) {
    this.#allowances = written.map(allowanceOf);
  }

  /** Null where they are the same. */
  difference(baseline: unknown, candidate: unknown): AnswerDifference | null {
    const allowed = new Map<string, Allowance['mayDiffer'][]>();
    for (const { query, mayDiffer } of this.#allowances) {
      for (const json of [baseline, candidate]) {
        if (typeof json !== 'object' || json === null) continue;
        for (const node of query.query(json as Parameters<JSONPathQuery['query']>[0])) {
          const path = pathOf(node.location);
          allowed.set(path, [...(allowed.get(path) ?? []), mayDiffer]);
        }
      }
    }
    return differenceAt(baseline, candidate, [], allowed);
  }
}

function allowanceOf(written: string): Allowance {
  const [, path, tolerance] = WRITTEN.exec(written) ?? [];
  if (path === undefined) {
    throw new PlanError(
      `"${written}" does not say where answers may differ. Write $.score=0.01, $.scores[*]=1% or $.id=any.`,
    );
  }
  const query = queryOf(path);
  if (tolerance!.toLowerCase() === 'any') return { query, mayDiffer: () => true };
  const amount = Number.parseFloat(tolerance!);
  const isShare = tolerance!.endsWith('%');
  return {
    query,
    mayDiffer: (baseline, candidate) => {
      if (typeof baseline !== 'number' || typeof candidate !== 'number') return false;
      const most = isShare ? (amount / 100) * Math.abs(baseline) : amount;
      return Math.abs(candidate - baseline) <= most * (1 + ROUNDING);
    },
  };
}

function differenceAt(
  baseline: unknown,
  candidate: unknown,
  location: readonly (string | number)[],
  allowed: ReadonlyMap<string, readonly Allowance['mayDiffer'][]>,
): AnswerDifference | null {
  // 0 and -0 are the same number in JSON.
  if (baseline === candidate) return null;
  const path = pathOf(location);
  if (allowed.get(path)?.some((mayDiffer) => mayDiffer(baseline, candidate)) === true) return null;
  const names = namesOf(baseline, candidate);
  if (names === null) {
    const fields = location.filter((part) => typeof part === 'string');
    return { path, names: fields, baseline: textOf(baseline), candidate: textOf(candidate) };
  }
  for (const name of names) {
    const [before, now] = [baseline, candidate].map((json) => memberOf(json as object, name));
    const difference = differenceAt(before, now, [...location, name], allowed);
    if (difference !== null) return difference;
  }
  return null;
}

/** What two arrays or two objects have in them; null where they are not both one or both the other. */
function namesOf(baseline: unknown, candidate: unknown): (string | number)[] | null {
  if (typeof baseline !== 'object' || typeof candidate !== 'object' || baseline === null || candidate === null)
    return null;
  if (Array.isArray(baseline) !== Array.isArray(candidate)) return null;
  if (Array.isArray(baseline)) {
    return [...Array(Math.max(baseline.length, (candidate as unknown[]).length)).keys()];
  }
  return [...new Set([...Object.keys(baseline), ...Object.keys(candidate)])];
}

function memberOf(json: object, name: string | number): unknown {
  return Object.hasOwn(json, name) ? (json as Record<string | number, unknown>)[name] : undefined;
}

function pathOf(location: readonly (string | number)[]): string {
  return `$${location.map((part) => (typeof part === 'number' ? `[${part}]` : `[${JSON.stringify(part)}]`)).join('')}`;
}

function textOf(json: unknown): string {
  return json === undefined ? 'nothing' : JSON.stringify(json);
}
