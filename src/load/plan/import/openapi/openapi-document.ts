import { parse } from 'yaml';
import { cutShort } from '../../../scenario/value-text.ts';
import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { listed, nearest } from '../../nearest.ts';
import { METHODS, type Method } from '../../plan.ts';
import { PlanError } from '../../plan-error.ts';

/** One operation of a document, with what it shares with others on its path. */
export interface Operation {
  readonly method: Method;
  /** As in the document, such as `/items/{id}`. */
  readonly path: string;
  readonly id: string | null;
  readonly content: JsonObject;
  readonly pathItem: JsonObject;
}

/** A document says `openapi: 3.…`, or is one of an older kind that is known by this. */
export function isOpenApi(value: unknown): boolean {
  return isJsonObject(value) && ('openapi' in value || 'swagger' in value);
}

/** JSON, or YAML; undefined where the text is neither. */
export function jsonOrYaml(text: string): unknown {
  try {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : parse(text, { logLevel: 'error' });
  } catch {
    return undefined;
  }
}

/** Throws a {@link PlanError} for what is no document of OpenAPI 3. */
export function openApiDocument(text: string, file: string): JsonObject {
  const document = jsonOrYaml(text);
  if (!isJsonObject(document) || !isOpenApi(document))
    throw new PlanError(`${file} is not an OpenAPI document: it has no "openapi".`);
  const version = asText(document['openapi']);
  if (version?.startsWith('3.')) return document;
  const found = asText(document['swagger']) ?? version;
  throw new PlanError(`${file} is written in OpenAPI ${found}; 3.0 and 3.1 are understood. Convert it first.`);
}

function asText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

const LONGEST_CHAIN = 50;

/** What a `$ref` in the document leads to, or the value itself. Throws a {@link PlanError} for one that leads nowhere. */
export function resolved(value: unknown, document: JsonObject): JsonObject {
  let found = value;
  for (let steps = 0; isJsonObject(found) && typeof found['$ref'] === 'string'; steps++) {
    const ref: string = found['$ref'];
    found = steps > LONGEST_CHAIN ? undefined : atPointer(ref, document);
    if (found === undefined) throw new PlanError(`The OpenAPI document refers to "${ref}", which is not in it.`);
  }
  return isJsonObject(found) ? found : {};
}

/** RFC 6901, as the fragment of an address. */
function atPointer(ref: string, document: JsonObject): unknown {
  if (!ref.startsWith('#/')) return undefined;
  return ref
    .slice(2)
    .split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, token) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, token)
          ? (value as JsonObject)[token]
          : undefined,
      document,
    );
}

/**
 * The operation that is meant. Throws a {@link PlanError} that lists them where it is not plain which one.
 *
 * @param wanted its operationId, `POST /predict`, or `/predict`; null: the only one there is
 */
export function operationOf(document: JsonObject, wanted: string | null): Operation {
  const all = operationsOf(document);
  if (all.length === 0) throw new PlanError('The OpenAPI document has no operations.');
  const found = wanted === null ? all : all.filter((operation) => isMeant(operation, wanted.trim()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) {
    const which = wanted === null ? 'The OpenAPI document has several operations' : `"${wanted}" is several operations`;
    throw new PlanError(`${which}. Say which: ${namesOf(found)}.`);
  }
  const near = nearest(
    wanted!,
    all.flatMap(({ id, method, path }) => [id ?? path, `${method} ${path}`, path]),
  );
  const advice = near === null ? '' : ` Did you mean "${near}"?`;
  throw new PlanError(`The OpenAPI document has no operation "${wanted}".${advice} It has ${namesOf(all)}.`);
}

/** Every operation the document has. */
export function operationsOf(document: JsonObject): Operation[] {
  const paths = isJsonObject(document['paths']) ? document['paths'] : {};
  return Object.entries(paths).flatMap(([path, item]) => {
    const pathItem = resolved(item, document);
    return METHODS.flatMap((method) => {
      const content = pathItem[method.toLowerCase()];
      if (!isJsonObject(content)) return [];
      const id = content['operationId'];
      return [{ method, path, id: typeof id === 'string' ? id : null, content, pathItem }];
    });
  });
}

function isMeant({ id, method, path }: Operation, wanted: string): boolean {
  const [, wantedMethod, wantedPath] = /^(?:([A-Za-z]+)\s+)?(\/.*)$/.exec(wanted) ?? [];
  if (wanted === id) return true;
  return wantedPath === path && (wantedMethod === undefined || wantedMethod.toUpperCase() === method);
}

const MOST_SHOWN = 20;

function namesOf(operations: readonly Operation[]): string {
  const names = operations.map(({ id, method, path }) =>
    id === null ? `"${method} ${path}"` : `"${method} ${path}" (${cutShort(id)})`,
  );
  if (names.length <= MOST_SHOWN) return listed(names, 'and');
  return `${names.slice(0, MOST_SHOWN).join(', ')} and ${names.length - MOST_SHOWN} more`;
}
