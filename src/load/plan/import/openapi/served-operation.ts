import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { literal } from '../../plain-plan.ts';
import type { ImportedRequest } from '../imported-request.ts';
import { operationRequest } from './openapi.ts';
import { type Operation, openApiDocument, operationsOf, resolved } from './openapi-document.ts';
import { pathExamples } from './openapi-parameters.ts';
import { sampleOf } from './openapi-sample.ts';

/** What a running service's own document says of one of its routes. */
export interface ServedOperation {
  readonly request: ImportedRequest;
  /** Where the service answers, with its parameters as `{name}`. */
  readonly path: string;
  /** Examples that somebody wrote down for them, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether somebody wrote the body down, or it was made from its schema; null: the operation has none. */
  readonly body: 'example' | 'schema' | null;
}

/**
 * The operation that is a route's; null where the document has none, or more than one that could be it. Throws a `PlanError` for what is
 * no document.
 *
 * @param address where the document was found
 * @param route its path as the source has it; a document that knows the path by a longer name is believed
 */
export function servedOperation(
  text: string,
  address: URL,
  route: { readonly method: string | null; readonly path: string },
): ServedOperation | null {
  const document = openApiDocument(text, address.href);
  const mount = address.pathname.replace(/\/[^/]*$/, '');
  const bases = ['', mount, ...serverPaths(document)];
  const wanted = shapeOf(route.path);
  const operations = operationsOf(document).filter(({ method }) => route.method === null || method === route.method);
  const placed = operations.flatMap((operation) => bases.map((base) => ({ operation, path: base + operation.path })));
  const exact = placed.find(({ path }) => shapeOf(path) === wanted);
  const end = shapeOf(route.path.replace(OPEN_PREFIX, ''));
  const longer = operations.filter(({ path }) => end !== '' && shapeOf(path).endsWith(end));
  const found = exact ?? (longer.length === 1 ? { operation: longer[0]!, path: longer[0]!.path } : undefined);
  if (found === undefined) return null;
  return {
    request: operationRequest(found.operation, document, literal(address.origin)),
    path: found.path,
    parameters: pathExamples(found.operation, document),
    body: originOfBody(found.operation, document),
  };
}

/** A prefix of which the source only tells that there is one. */
const OPEN_PREFIX = /^(?:\/\{[^{}]*:path\})+/;
const PARAMETER = /\{(?:[^{}]|\{[^{}]*\})*\}|<[^<>]*>|(?<=[/.-]):\w+(?:\([^)]*\))?/g;

/** A path without the names of its parameters: they are written `{id}`, `<int:id>` and `:id`. */
function shapeOf(path: string): string {
  return path.replace(PARAMETER, '{}').replace(/\/$/, '');
}

function serverPaths(document: JsonObject): string[] {
  const { servers } = document;
  return (Array.isArray(servers) ? servers : []).flatMap((server) => {
    const url = isJsonObject(server) ? server['url'] : undefined;
    if (typeof url !== 'string' || !URL.canParse(url, 'http://localhost')) return [];
    return [new URL(url, 'http://localhost').pathname.replace(/\/$/, '')];
  });
}

function originOfBody(operation: Operation, document: JsonObject): ServedOperation['body'] {
  const { content } = resolved(operation.content['requestBody'], document);
  const [media] = isJsonObject(content) ? Object.values(content) : [];
  if (media === undefined) return null;
  return sampleOf(resolved(media, document), document).isExample ? 'example' : 'schema';
}
