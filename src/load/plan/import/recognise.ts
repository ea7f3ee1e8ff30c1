import path from 'node:path';
import { cutShort } from '../../scenario/value-text.ts';
import { isJsonObject } from '../json-object.ts';
import { knownNames } from '../nearest.ts';
import { literal } from '../plain-plan.ts';
import { METHODS } from '../plan.ts';
import { PlanError } from '../plan-error.ts';
import { importCurlLines, looksLikeCurl } from './curl/curl.ts';
import { ALL_ENTRIES, type HarChoice, importHar } from './har/har.ts';
import { isHar } from './har/har-archive.ts';
import { importHttpFile } from './http-file/http-file.ts';
import { bareRequest, type ImportedRequest, withScheme } from './imported-request.ts';
import { importOpenApi } from './openapi/openapi.ts';
import { isOpenApi, jsonOrYaml } from './openapi/openapi-document.ts';
import { withNeeded } from './request-order.ts';

const URL_TEXT =
  /^(?:https?:\/\/[^\s/?#]+|localhost|[\w-]+(?:\.[\w-]+)+|[\w.-]+:\d+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?#]\S*)?$/i;
const REQUEST_LINE = new RegExp(`^(?:${METHODS.join('|')}|GRAPHQL)\\s+\\S|^#{3}(?:\\s|$)`, 'm');

/**
 * The requests of what people have: an address, curl lines, a `.http` file, a recording (HAR), or an OpenAPI document. Throws a {@link PlanError} that says
 * what would have been understood, and where there are several operations and none is named.
 *
 * @param file what the text was read from; null: it was given as it is
 * @param operation of an OpenAPI document, or the name, `POST /predict` or `/predict` of a request of several; those it needs come with it
 * @param choice which entries of a recording are meant
 */
export function importRequests(
  text: string,
  file: string | null,
  operation: string | null,
  choice: HarChoice = ALL_ENTRIES,
): ImportedRequest[] {
  if (/^\.har$/i.test(path.extname(file ?? ''))) return chosen(importHar(text, file!, choice), operation);
  const given = text.trim();
  const isHttpFile = /^\.(?:http|rest)$/i.test(path.extname(file ?? ''));
  if (isHttpFile) return chosen(importHttpFile(text, file!), operation);
  if (file === null && URL_TEXT.test(given)) return chosen([bareRequest(literal(withScheme(given)))], operation);
  const isDocument = /^\.(?:json|ya?ml)$/i.test(path.extname(file ?? ''));
  if (!isDocument && looksLikeCurl(text)) return chosen(importCurlLines(text), operation);
  if (!isDocument && REQUEST_LINE.test(text)) return chosen(importHttpFile(text, file ?? 'requests.http'), operation);
  const value = jsonOrYaml(text);
  if (isOpenApi(value)) return [importOpenApi(text, file ?? 'The document', operation)];
  if (isHar(value)) return chosen(importHar(text, file ?? 'The recording', choice), operation);
  if (URL_TEXT.test(given)) return chosen([bareRequest(literal(withScheme(given)))], operation);
  throw new PlanError(notUnderstood(given, file, value));
}

function notUnderstood(given: string, file: string | null, value: unknown): string {
  const what = file ?? (given === '' ? 'Nothing' : `"${cutShort(given)}"`);
  if (isJsonObject(value) && 'target' in value) return `${what} is a plan already: give it to tailflame run.`;
  const understood = 'an address, a curl line, a .http file, a recording (HAR) or an OpenAPI document (3.0 or 3.1)';
  return `${what} is not understood. A plan is made from ${understood}.`;
}

function chosen(requests: ImportedRequest[], operation: string | null): ImportedRequest[] {
  if (operation === null) return requests;
  const wanted = operation.trim();
  const found = requests.filter((request) => namesOf(request).includes(wanted));
  if (found.length === 1) return withNeeded(found[0]!, requests);
  const all = requests.map((request) => request.name ?? namesOf(request)[0]!);
  if (found.length === 0) throw new PlanError(`There is no request "${wanted}"; ${knownNames(wanted, all)}`);
  throw new PlanError(`"${wanted}" is ${found.length} requests. Give the one that is meant a name of its own.`);
}

/** What a request can be chosen by. */
function namesOf({ name, method, url }: ImportedRequest): string[] {
  const place = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || '/';
  return [`${method} ${place}`, place, ...(name === null ? [] : [name])];
}
