import { isMap, isPair, isScalar, type Scalar, stringify, visit } from 'yaml';
import { alternatives, forKeys, propertyOf, type Schema, schemasAt, typesOf } from './schema-walk.ts';
import { keysOf, parse, pathThrough } from './yaml-path.ts';

/** What there is to say of a key. */
export interface PlanHover {
  readonly key: string;
  /** A sentence or two. */
  readonly description: string;
  /** What it may be, where that is one of a few. */
  readonly values: readonly string[];
  /** As it is written; null: it has none. */
  readonly byDefault: string | null;
  /** YAML. */
  readonly example: string | null;
  /** Whether it has to be there. */
  readonly required: boolean;
  /** Of the key, or of the value it was asked of. Offsets in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** What the published schema says of the key at a place, or of the key whose plain value is there; null: nothing. */
export function planHover(text: string, offset: number): PlanHover | null {
  let found: PlanHover | null = null;
  visit(parse(text), {
    Scalar: (at, node, ancestors) => {
      const [from, to] = node.range ?? [0, 0];
      if (offset < from || offset > to || from === to) return undefined;
      found = hoverOf(at, node, ancestors, from, to);
      return visit.BREAK;
    },
  });
  return found;
}

function hoverOf(
  at: number | 'key' | 'value' | null,
  node: Scalar,
  ancestors: readonly unknown[],
  from: number,
  to: number,
): PlanHover | null {
  const pair = ancestors.at(-1);
  const map = ancestors.at(-2);
  if ((at !== 'key' && at !== 'value') || !isPair(pair) || !isMap(map) || !isScalar(pair.key)) return null;
  // A text of many lines is not about its key.
  if (at === 'value' && node.type !== 'PLAIN' && node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE')
    return null;
  const key = String(pair.key.value);
  const schemas = forKeys(
    schemasAt(pathThrough(ancestors.slice(0, -1))).filter((schema) => typesOf(schema).includes('object')),
    keysOf(map),
  );
  const property = propertyOf(schemas, key);
  if (property === null) return null;
  const required = schemas.some(({ required: needed = [] }) => needed.includes(key));
  return { key, ...said(property), required, from, to };
}

function said(schema: Schema): Pick<PlanHover, 'description' | 'values' | 'byDefault' | 'example'> {
  const all = alternatives(schema);
  const first = <T>(of: (one: Schema) => T | undefined): T | undefined =>
    of(schema) ?? all.map(of).find((value) => value !== undefined);
  const byDefault = first((one) => one.default);
  const example = first((one) => one.examples?.[0]);
  return {
    description: first((one) => one.description) ?? '',
    values: [...new Set(all.flatMap(({ enum: values = [] }) => values.map(String)))],
    byDefault: byDefault === undefined ? null : stringify(byDefault).trimEnd(),
    example: example === undefined ? null : stringify(example).trimEnd(),
  };
}
