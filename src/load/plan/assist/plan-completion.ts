import { stringify } from 'yaml';
import { type CursorPlace, cursorPlaces } from './cursor-place.ts';
import { alternatives, forKeys, itemsOf, propertyOf, type Schema, schemasAt, typesOf } from './schema-walk.ts';

/** Something that may be written where the cursor stands. */
export interface Completion {
  readonly kind: 'key' | 'value';
  /** As people see it in the list. */
  readonly label: string;
  /** What is put in place of the text between `from` and `to`; further lines are to be indented as much as the cursor's is, too. */
  readonly insert: string;
  /** A few words beside it. */
  readonly detail: string;
  /** A sentence or two; empty: none. */
  readonly description: string;
  /** Whether it has to be there. The list is in this order already. */
  readonly required: boolean;
  /** Offsets in the text, UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/**
 * What may be written at a place of a plan file, by the published schema: keys that are not there yet, those needed first; or values.
 *
 * @param text of any kind: what cannot be read has no completions
 * @param offset UTF-16 units
 */
export function planCompletions(text: string, offset: number): Completion[] {
  for (const place of cursorPlaces(text, offset)) {
    const found = place.keys === null ? valuesAt(place) : keysAt(place, place.keys);
    if (found.length > 0) return found;
  }
  return [];
}

function keysAt(place: CursorPlace, keys: readonly string[]): Completion[] {
  const schemas = schemasAt(place.path);
  const maps = forKeys(schemas.filter(isMapSchema), keys);
  if (maps.some(({ properties }) => properties !== undefined)) {
    // An item of a list, or what stands alone below its key, may become a text as well.
    const texts = keys.length > 0 ? [] : schemas.filter((schema) => !isMapSchema(schema));
    return [...keyCompletions(place, maps, keys, ''), ...valueCompletions(place, texts, '')];
  }
  if (keys.length > 0 || place.newItem) return [];
  // Nothing is there yet but the cursor: an item of a list, or a value below its key.
  const items = schemas.flatMap((schema) => itemsOf(schema).flatMap(alternatives));
  const first = keyCompletions(place, items.filter(isMapSchema), [], '- ');
  return [
    ...first,
    ...valueCompletions(place, items, '- '),
    ...(items.length === 0 ? valueCompletions(place, schemas, '') : []),
  ];
}

function valuesAt(place: CursorPlace): Completion[] {
  const schemas = schemasAt(place.path);
  const lastStep = place.path.steps.at(-1);
  // Alone in a list it may become a key as well.
  const keys =
    typeof lastStep === 'number' && !place.inFlow ? keyCompletions(place, schemas.filter(isMapSchema), [], '') : [];
  return [...keys, ...valueCompletions(place, schemas, '')];
}

function isMapSchema(schema: Schema): boolean {
  return typesOf(schema).includes('object');
}

function keyCompletions(
  place: CursorPlace,
  schemas: readonly Schema[],
  present: readonly string[],
  prefix: string,
): Completion[] {
  const names = [...new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const needed = new Set(schemas.flatMap(({ required = [], oneOf = [] }) => [...required, ...wanted(oneOf, present)]));
  const taken = new Set([...present, ...schemas.flatMap(({ oneOf = [] }) => excluded(oneOf, present))]);
  const found = names
    .filter((name) => !taken.has(name))
    .map((name): Completion => {
      const schema = propertyOf(schemas, name)!;
      return {
        kind: 'key',
        label: name,
        insert: prefix + (place.hasColon ? name : name + valueStart(schema, place, prefix)),
        detail: kindOf(schema),
        description: schema.description ?? '',
        required: needed.has(name),
        from: place.from,
        to: place.to,
      };
    });
  return found.toSorted((a, b) => Number(b.required) - Number(a.required));
}

/** Of keys one of which there has to be: all, where none is there. */
function wanted(oneOf: readonly Schema[], present: readonly string[]): string[] {
  const keys = oneOf.flatMap(({ required = [] }) => required);
  return keys.some((key) => present.includes(key)) ? [] : keys;
}

/** Of such keys the others, where one is there. */
function excluded(oneOf: readonly Schema[], present: readonly string[]): string[] {
  const keys = oneOf.flatMap(({ required = [] }) => required);
  return keys.some((key) => present.includes(key)) ? keys : [];
}

/** What follows a key: the beginning of a value of its kind. */
function valueStart(schema: Schema, { inFlow, inset }: CursorPlace, prefix: string): string {
  const all = alternatives(schema);
  const types = new Set(all.flatMap(typesOf));
  const plain = ['string', 'number', 'integer', 'boolean'].some((type) => types.has(type)) || types.size === 0;
  const untyped = all.some(({ enum: values, const: only }) => values !== undefined || only !== undefined);
  if (plain || untyped || inFlow) return ': ';
  const deeper = `\n${' '.repeat(inset + prefix.length + 2)}`;
  return types.has('array') ? `:${deeper}- ` : `:${deeper}`;
}

function kindOf(schema: Schema): string {
  const all = alternatives(schema);
  const values = [...new Set(all.flatMap(({ enum: listed = [] }) => listed.map(String)))];
  if (values.length > 0) return values.join(' | ');
  const [example] = schema.examples ?? [];
  if (example !== undefined && typeof example !== 'object') return String(example);
  const types = [...new Set(all.flatMap(typesOf))];
  return types
    .map((type) => ({ object: 'map', array: 'list', string: 'text', integer: 'whole number' })[type] ?? type)
    .join(' | ');
}

function valueCompletions(place: CursorPlace, schemas: readonly Schema[], prefix: string): Completion[] {
  const found = new Map<string, Completion>();
  const add = (value: unknown, detail: string, description: string): void => {
    if (typeof value === 'object' || found.has(String(value))) return;
    const written = stringify(value, { lineWidth: 0 }).trimEnd();
    if (written.includes('\n')) return;
    const insert =
      prefix + (place.inFlow && /[{}[\],]/.test(written) && !/^["']/.test(written) ? JSON.stringify(value) : written);
    const { from, to } = place;
    found.set(String(value), {
      kind: 'value',
      label: String(value),
      insert,
      detail,
      description,
      required: false,
      from,
      to,
    });
  };
  for (const schema of schemas) {
    const { description = '', enum: values = [], const: only, examples = [], default: byDefault } = schema;
    for (const value of values) add(value, String(value) === String(byDefault) ? 'default' : '', description);
    if (only !== undefined) add(only, '', description);
    if (typesOf(schema).length === 1 && typesOf(schema).includes('boolean')) {
      for (const value of [true, false]) add(value, value === byDefault ? 'default' : '', description);
    }
    if (byDefault !== undefined) add(byDefault, 'default', description);
    for (const value of examples) add(value, 'example', description);
  }
  return [...found.values()];
}
