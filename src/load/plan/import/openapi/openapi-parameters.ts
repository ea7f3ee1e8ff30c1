import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { literal } from '../../plain-plan.ts';
import { PlanError } from '../../plan-error.ts';
import { type Operation, resolved } from './openapi-document.ts';
import { sampleOf } from './openapi-sample.ts';

/** Where an operation's parameters go. Values are templates. */
export interface Parameters {
  /** The operation's path with its parameters filled in, and what of the query cannot be written by name. */
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly notes: readonly string[];
}

/** OpenAPI says that these are not parameters, whoever lists them. */
const NOT_PARAMETERS = new Set(['accept', 'content-type', 'authorization']);

/** Throws a {@link PlanError} for a path parameter that there is no value for. */
export function parametersOf(operation: Operation, document: JsonObject): Parameters {
  const query: Record<string, string> = {};
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  const notes: string[] = [];
  const repeated: string[] = [];
  let { path } = operation;
  for (const parameter of listedParameters(operation, document)) {
    const name = String(parameter['name']);
    const value = sentValue(parameter, document);
    if (value === undefined) continue;
    const texts = textsOf(value);
    const text = literal(texts.join(','));
    switch (parameter['in']) {
      case 'path':
        path = path.replaceAll(`{${name}}`, literal(texts.map(encodeURIComponent).join(',')));
        break;
      case 'query':
        if (isJsonObject(value)) notes.push(`The query's ${name} is an object, which is written as JSON.`);
        if (texts.length > 1 && parameter['explode'] !== false) repeated.push(...texts.map((one) => pair(name, one)));
        else query[name] = text;
        break;
      case 'header':
        if (!NOT_PARAMETERS.has(name.toLowerCase())) headers[name.toLowerCase()] = text;
        break;
      case 'cookie':
        cookies.push(`${name}=${text}`);
        break;
    }
  }
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const open = /\{([^{}]+)\}/.exec(path.replaceAll('$${', ''))?.[1];
  if (open !== undefined)
    throw new PlanError(`The path ${operation.path} has a parameter "${open}" that the document does not describe.`);
  return { path: repeated.length === 0 ? path : `${path}?${repeated.join('&')}`, query, headers, notes };
}

/** The examples that somebody wrote down for the parameters of the path, by name, as texts. */
export function pathExamples(operation: Operation, document: JsonObject): Record<string, string> {
  const examples: Record<string, string> = {};
  for (const parameter of listedParameters(operation, document)) {
    if (parameter['in'] !== 'path') continue;
    const { value, isExample } = sampleOf(parameter, document);
    if (isExample && value !== undefined && value !== null) {
      examples[String(parameter['name'])] = textsOf(value).join(',');
    }
  }
  return examples;
}

function pair(name: string, value: string): string {
  return literal(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
}

/** Those of the path, where the operation has none of the same name and place. */
function listedParameters({ content, pathItem }: Operation, document: JsonObject): JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const list of [pathItem['parameters'], content['parameters']]) {
    if (!Array.isArray(list)) continue;
    for (const item of list) {
      const parameter = resolved(item, document);
      found.set(`${parameter['in']} ${parameter['name']}`, parameter);
    }
  }
  return [...found.values()];
}

/** undefined: it is left out, being optional with neither an example nor a default. */
function sentValue(parameter: JsonObject, document: JsonObject): unknown {
  const [media] = isJsonObject(parameter['content']) ? Object.values(parameter['content']) : [];
  const described = media === undefined ? parameter : resolved(media, document);
  const { value, isExample } = sampleOf(described, document);
  const fallback = resolved(described['schema'], document)['default'];
  const isWanted =
    parameter['in'] === 'path' || parameter['required'] === true || isExample || (fallback ?? null) !== null;
  return isWanted && value !== null ? value : undefined;
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((item) =>
    typeof item === 'object' ? JSON.stringify(item) : String(item),
  );
}
