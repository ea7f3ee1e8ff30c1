import { planJsonSchema } from '../schema/plan-schema.ts';

/** A part of the JSON schema of plan files. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Keys and indices that lead to a value, and the keys that stand in each map on the way: they tell which alternative is meant. */
export interface SchemaPath {
  readonly steps: readonly (string | number)[];
  /** The keys of the map that a step leads out of; empty for a list's. As many as there are steps. */
  readonly beside: readonly (readonly string[])[];
}

let published: Schema | null = null;

/** The published schema, made once. */
function root(): Schema {
  published ??= planJsonSchema() as Schema;
  return published;
}

/** What a value may be: all alternatives there are for it, references followed. Empty where the schema knows nothing of it. */
export function schemasAt({ steps, beside }: SchemaPath): Schema[] {
  let found = alternatives(root());
  steps.forEach((step, at) => {
    const meant = typeof step === 'string' ? forKeys(found, beside[at] ?? []) : found;
    found = meant.flatMap((schema) => below(schema, step).flatMap(alternatives));
  });
  return found;
}

/** Of alternatives for a map those that know all keys that are there; all of them where none does. */
export function forKeys(schemas: readonly Schema[], keys: readonly string[]): readonly Schema[] {
  const knowing = schemas.filter((schema) => keys.every((key) => below(schema, key).length > 0));
  return knowing.length > 0 ? knowing : schemas;
}

/** What is said of a key of a map: of the first alternative that says something. Null: nothing is. */
export function propertyOf(schemas: readonly Schema[], key: string): Schema | null {
  for (const { properties } of schemas) {
    const property = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property !== undefined) return property;
  }
  return null;
}

/** The schema itself, or those it is any of, references followed. What is said beside them goes for each that says nothing itself. */
export function alternatives(schema: Schema): Schema[] {
  const { anyOf, $ref } = schema;
  const referred = $ref === undefined ? undefined : root().definitions?.[$ref.replace('#/definitions/', '')];
  if (referred !== undefined) return alternatives({ ...referred, ...withoutUndefined(schema.description) });
  // `oneOf` says only which keys there have to be.
  if (anyOf === undefined) return [schema];
  const { description, examples, default: byDefault } = schema;
  return anyOf.flatMap(alternatives).map((one, at) => ({
    ...(at === 0 && examples !== undefined ? { examples } : {}),
    ...(at === 0 && byDefault !== undefined ? { default: byDefault } : {}),
    ...withoutUndefined(description),
    ...one,
  }));
}

function withoutUndefined(description: string | undefined): Pick<Schema, 'description'> {
  return description === undefined ? {} : { description };
}

/** One member of a map or list; an empty list where there can be none. */
function below(schema: Schema, step: string | number): Schema[] {
  const { properties, additionalProperties } = schema;
  if (typeof step === 'number') return itemsOf(schema);
  if (properties !== undefined && Object.hasOwn(properties, step)) return [properties[step]!];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** Of a list; what its examples hold are examples of them. */
export function itemsOf({ items, examples = [] }: Schema): Schema[] {
  return items === undefined ? [] : [{ examples: examples.flat(), ...items }];
}

export function typesOf({ type, properties, items }: Schema): readonly string[] {
  if (typeof type === 'string') return [type];
  if (type !== undefined) return type;
  if (properties !== undefined) return ['object'];
  return items === undefined ? [] : ['array'];
}
