import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { literal } from '../../plain-plan.ts';
import type { Body, Part } from '../../plan.ts';
import { withStrings } from '../template-text.ts';
import { resolved } from './openapi-document.ts';
import { sampleOf } from './openapi-sample.ts';

/** An operation's body with its content type, where the plan's kind of body does not say it. */
export interface OperationBody {
  readonly body: Body | null;
  readonly contentType: string | null;
  readonly notes: readonly string[];
}

/** The kinds a plan can make best come first. */
const PREFERRED = [
  /^application\/json\b/,
  /\+json\b/,
  /^multipart\/form-data\b/,
  /^application\/x-www-form-urlencoded\b/,
  /^text\//,
];

export function operationBody(content: JsonObject, document: JsonObject): OperationBody {
  const offered = resolved(content['requestBody'], document)['content'];
  const types = isJsonObject(offered) ? Object.keys(offered) : [];
  const type = PREFERRED.flatMap((kind) => types.find((one) => kind.test(one)) ?? [])[0] ?? types[0];
  if (!isJsonObject(offered) || type === undefined) return { body: null, contentType: null, notes: [] };
  const media = resolved(offered[type], document);
  if (type.startsWith('multipart/')) return multipart(media, document);
  const { value, isExample } = sampleOf(media, document);
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const fields = isJsonObject(value) ? Object.entries(value) : [];
    const texts = fields
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, literal(textOf(field))]);
    return { body: { kind: 'form', fields: Object.fromEntries(texts) }, contentType: null, notes: [] };
  }
  if (/json\b/.test(type)) {
    const contentType = type === 'application/json' ? null : type;
    // Of a schema that says nothing an object is the better guess.
    const content = isExample ? value : (value ?? {});
    return { body: { kind: 'json', value: withStrings(content, literal) }, contentType, notes: [] };
  }
  // A type with a star is a range of them, and none by itself.
  const contentType = type.includes('*') ? 'application/octet-stream' : type;
  if (typeof value === 'string' && type.startsWith('text/')) {
    return { body: { kind: 'text', text: literal(value) }, contentType, notes: [] };
  }
  return { body: { kind: 'file', file: 'body.bin' }, contentType, notes: [fileNote('body.bin', 'the body')] };
}

function multipart(media: JsonObject, document: JsonObject): OperationBody {
  const { properties, required } = withAllOf(resolved(media['schema'], document), document);
  const { value } = sampleOf(media, document);
  const fields = isJsonObject(value) ? value : {};
  const notes: string[] = [];
  const parts = Object.entries(properties).flatMap(([name, property]): Part[] => {
    const { file, list } = fileIn(property, document);
    if (file && !required.has(name)) return [];
    if (file) {
      const filename = `${name.replace(/\W/g, '_')}.bin`;
      notes.push(fileNote(filename, `the part ${name}`));
      return [{ name, file: filename, filename, type: 'application/octet-stream' }];
    }
    const given = fields[name];
    if (given === undefined || given === null) return [];
    const all = list && Array.isArray(given) ? given : [given];
    return all.map((one) => ({ name, value: literal(textOf(one)) }));
  });
  return { body: { kind: 'multipart', parts }, contentType: null, notes };
}

function fileNote(file: string, what: string): string {
  return `${file} stands for the file that is ${what}: write the name of one into the plan.`;
}

/** The schema's properties, with those of what it is made of. */
function withAllOf(
  schema: JsonObject,
  document: JsonObject,
): { properties: JsonObject; required: ReadonlySet<unknown> } {
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const inherited = parts.map((part) => withAllOf(resolved(part, document), document));
  const own = Array.isArray(schema['required']) ? schema['required'] : [];
  return {
    properties: Object.assign({}, ...inherited.map(({ properties }) => properties), schema['properties']),
    required: new Set([...inherited.flatMap(({ required }) => [...required]), ...own]),
  };
}

/** A file is a string of bytes: `format: binary`, or `contentMediaType` without an encoding since OpenAPI 3.1. */
function fileIn(property: unknown, document: JsonObject): { file: boolean; list: boolean } {
  const schema = resolved(property, document);
  const choices = [schema['anyOf'], schema['oneOf']].flatMap((all) => (Array.isArray(all) ? all : []));
  const kinds = [schema, ...choices.map((choice) => resolved(choice, document))];
  const list = kinds.some(({ type }) => type === 'array');
  const items = kinds.flatMap((kind) => (kind['items'] === undefined ? [] : [resolved(kind['items'], document)]));
  const file = [...kinds, ...items].some(
    (kind) =>
      kind['format'] === 'binary' || (kind['contentMediaType'] !== undefined && kind['contentEncoding'] === undefined),
  );
  return { file, list };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
