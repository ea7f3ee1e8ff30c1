import { JSONPathEnvironment, type JSONPathQuery, JSONPathRecursionLimitError, jsonpath } from 'json-p3';
import { PlanError } from '../plan/plan-error.ts';

/** Descends (`..`) as deep as answers are nested, not only the usual 50 levels. */
const ENVIRONMENT = new JSONPathEnvironment({ maxRecursionDepth: 2000 });

/** The first node's value; undefined where there is none. */
export type JsonPath = (json: unknown) => unknown;

/** Reads a JSONPath (RFC 9535) once. Throws a {@link PlanError} where it is none. */
export function compileJsonPath(path: string): JsonPath {
  const query = queryOf(path);
  const keys = keysOf(query);
  if (keys !== null) return (json) => walk(json, keys);
  return (json) => firstOf(query, json);
}

function firstOf(query: JSONPathQuery, json: unknown): unknown {
  try {
    return query.match(json as Parameters<JSONPathQuery['match']>[0])?.value;
  } catch (error) {
    // The server's doing: it nests its answer deeper than anything is looked for.
    if (error instanceof JSONPathRecursionLimitError) return undefined;
    throw error;
  }
}

/** A JSONPath (RFC 9535), to be asked for all of its nodes. Throws a {@link PlanError} where it is none. */
export function queryOf(path: string): JSONPathQuery {
  try {
    return ENVIRONMENT.compile(path);
  } catch (error) {
    const example = path.startsWith('$') ? '' : ' A path begins with $, such as $.id.';
    throw new PlanError(`"${path}" is not a JSONPath: ${(error as Error).message}.${example}`);
  }
}

/** Names and indices, where the path is nothing but those: walking them takes a fraction of what a query does. */
function keysOf(query: JSONPathQuery): (string | number)[] | null {
  if (!query.singularQuery()) return null;
  const keys: (string | number)[] = [];
  for (const segment of query.segments) {
    const selector = segment.selectors[0];
    if (selector instanceof jsonpath.selectors.NameSelector) keys.push(selector.name);
    else if (selector instanceof jsonpath.selectors.IndexSelector) keys.push(selector.index);
    else return null;
  }
  return keys;
}

function walk(json: unknown, keys: readonly (string | number)[]): unknown {
  let value = json;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (typeof key === 'number') value = Array.isArray(value) ? value.at(key) : undefined;
    else
      value = !Array.isArray(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}
