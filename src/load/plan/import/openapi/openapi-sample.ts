import type { JSONSchema7 } from 'json-schema';
import { sample } from 'openapi-sampler';
import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { PlanError } from '../../plan-error.ts';
import { resolved } from './openapi-document.ts';

/** A value for a parameter or a body: the example it has, else one made from its schema. */
export interface Sample {
  /** undefined: there is none. */
  readonly value: unknown;
  /** Whether somebody wrote it down as an example. */
  readonly isExample: boolean;
}

/** @param described a parameter, or a body's media type: with `example`, `examples` or `schema` */
export function sampleOf(described: JsonObject, document: JsonObject): Sample {
  if (described['example'] !== undefined) return { value: described['example'], isExample: true };
  const { examples } = described;
  const [first] = isJsonObject(examples) ? Object.values(examples) : [];
  const example = first === undefined ? undefined : resolved(first, document)['value'];
  if (example !== undefined) return { value: example, isExample: true };
  const { schema } = described;
  if (schema === undefined) return { value: undefined, isExample: false };
  const isExample = hasExample(resolved(schema, document));
  return { value: fromSchema(schema, document), isExample };
}

function hasExample(schema: JsonObject): boolean {
  return schema['example'] !== undefined || schema['examples'] !== undefined;
}

/** Throws a {@link PlanError} where the schema leads out of the document. */
function fromSchema(schema: unknown, document: JsonObject): unknown {
  const options = { quiet: true, skipReadOnly: true, enablePatterns: true };
  try {
    return sample(prepared(schema) as JSONSchema7, options, prepared(document) as object);
  } catch (error) {
    throw new PlanError(`No example can be made from a schema in the OpenAPI document: ${(error as Error).message}.`);
  }
}

/** What holds values, which are not schemas however they look. */
const VALUES = new Set(['example', 'examples', 'default', 'const', 'enum', 'value']);

/**
 * The schemas as the sampler does them justice: without null where there is something else (a field that may be null is meant to be
 * something, and the sampler makes `{}` of a null that comes first), with the least number that `multipleOf` allows, which it leaves aside,
 * and without the short forms of patterns, which it takes for letters.
 */
function prepared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prepared);
  if (!isJsonObject(value)) return value;
  const schema: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) schema[key] = VALUES.has(key) ? member : prepared(member);
  for (const key of ['anyOf', 'oneOf', 'type']) {
    const { [key]: options } = schema;
    if (!Array.isArray(options)) continue;
    const others = options.filter(
      (option) => option !== 'null' && !(isJsonObject(option) && option['type'] === 'null'),
    );
    if (others.length > 0) schema[key] = others;
  }
  const { multipleOf, minimum, pattern } = schema;
  if (typeof pattern === 'string') schema['pattern'] = withoutShortForms(pattern);
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    schema['minimum'] = Math.ceil((typeof minimum === 'number' ? minimum : multipleOf) / multipleOf) * multipleOf;
  }
  return schema;
}

const SHORT_FORMS: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' ' };

function withoutShortForms(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\(.)|[[\]]/gs, (whole, escaped?: string) => {
    if (escaped === undefined) inClass = whole === '[';
    const range = escaped === undefined ? undefined : SHORT_FORMS[escaped];
    if (range === undefined) return whole;
    return inClass ? range : `[${range}]`;
  });
}
