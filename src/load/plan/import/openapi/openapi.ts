import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { literal } from '../../plain-plan.ts';
import { bareRequest, type ImportedRequest } from '../imported-request.ts';
import { UNKNOWN_ORIGIN } from '../request-place.ts';
import { operationBody } from './openapi-body.ts';
import { type Operation, openApiDocument, operationOf } from './openapi-document.ts';
import { parametersOf } from './openapi-parameters.ts';
import { credentialsFor } from './openapi-security.ts';

/**
 * A request of one operation of an OpenAPI document (3.0 or 3.1, JSON or YAML), with its examples, or values made from its schemas.
 * Throws a {@link PlanError} where the document or the operation is none; it lists those there are.
 *
 * @param file what the document is called; where that is an address, relative servers are relative to it
 * @param operation its operationId, `POST /predict`, or `/predict`; null: the only one
 */
export function importOpenApi(text: string, file: string, operation: string | null): ImportedRequest {
  const document = openApiDocument(text, file);
  const found = operationOf(document, operation);
  const server = serverOf(found, document, file);
  const request = operationRequest(found, document, server.url.replace(/\/$/, ''));
  return { ...request, notes: [...server.notes, ...request.notes] };
}

/** A request of an operation. @param base what its path follows, a template */
export function operationRequest(operation: Operation, document: JsonObject, base: string): ImportedRequest {
  const { path, query, headers, notes } = parametersOf(operation, document);
  const { body, contentType, notes: bodyNotes } = operationBody(operation.content, document);
  const credentials = credentialsFor(operation, document);
  return {
    ...bareRequest(`${base}${path}`),
    name: `${operation.method} ${operation.path}`,
    method: operation.method,
    query: { ...credentials.query, ...query },
    headers: { ...(contentType === null ? {} : { 'content-type': contentType }), ...credentials.headers, ...headers },
    body,
    variables: credentials.variables,
    notes: [...notes, ...bodyNotes],
  };
}

/** The first one; a relative one is where the document is, and for a file that is where such servers listen. */
function serverOf(
  { content, pathItem }: Operation,
  document: JsonObject,
  file: string,
): { url: string; notes: string[] } {
  const [first] = [content['servers'], pathItem['servers'], document['servers']].flatMap((servers) =>
    Array.isArray(servers) ? servers : [],
  );
  const server = isJsonObject(first) ? first : {};
  const written = typeof server['url'] === 'string' ? withDefaults(server['url'], server) : '/';
  const isAddress = /^https?:\/\//i.test(file) && URL.canParse(file);
  if (!URL.canParse(written, isAddress ? file : UNKNOWN_ORIGIN))
    return { url: UNKNOWN_ORIGIN, notes: [unknownServer(written)] };
  const url = new URL(written, isAddress ? file : UNKNOWN_ORIGIN);
  const notes =
    isAddress || URL.canParse(written) ? [] : [`The document names no host: it is taken to be ${UNKNOWN_ORIGIN}.`];
  return { url: literal(url.origin + url.pathname), notes };
}

function unknownServer(written: string): string {
  return `The document's server "${written}" is no address: it is taken to be ${UNKNOWN_ORIGIN}.`;
}

function withDefaults(url: string, server: JsonObject): string {
  const variables = isJsonObject(server['variables']) ? server['variables'] : {};
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = variables[name];
    return isJsonObject(variable) && variable['default'] !== undefined ? String(variable['default']) : whole;
  });
}
