import path from 'node:path';
import { cutShort } from '../../../scenario/value-text.ts';
import { METHODS } from '../../plan.ts';
import { PlanError } from '../../plan-error.ts';
import { basicAuthorization } from '../basic-authorization.ts';
import { importCurlLines, looksLikeCurl } from '../curl/curl.ts';
import { HeaderGatherer } from '../header-gatherer.ts';
import { bareRequest, type ImportedRequest, methodOf, timeoutOf, withScheme } from '../imported-request.ts';
import { inOrder } from '../request-order.ts';
import { UNKNOWN_ORIGIN } from '../request-place.ts';
import { mapTemplates } from '../request-templates.ts';
import { rewritten } from '../template-text.ts';
import { type HttpBlock, httpBlocks } from './http-block.ts';
import { httpBody } from './http-body.ts';
import { HttpVariables, handlersTakenOver, VariableUse } from './http-variables.ts';

/**
 * The requests of a `.http` or `.rest` file, at least one, in its order save that those whose answers are needed come first. Throws a
 * {@link PlanError} where there is none.
 *
 * @param file absolute, or relative to the working directory; bodies are named relative to it
 */
export function importHttpFile(text: string, file: string): ImportedRequest[] {
  const { blocks, variables } = httpBlocks(text);
  const read = new HttpVariables(variables, blocks);
  const folder = path.dirname(path.resolve(file));
  const left: string[] = [];
  const requests = blocks.map((block) => {
    const method = /^([A-Za-z]+)\s/.exec(block.line)?.[1]?.toUpperCase();
    if (
      method === undefined ||
      method === 'CURL' ||
      METHODS.some((known) => known === method) ||
      method === 'GRAPHQL'
    ) {
      return requestsOf(block, read, folder);
    }
    left.push(`${block.id ?? block.title ?? cutShort(block.line)} was left out: a plan sends no ${method} requests.`);
    return [];
  });
  // Only now, because requests further down may ask for more of an answer.
  const complete = requests.flatMap((ofBlock, at) =>
    ofBlock.map((request) => ({ ...request, extract: read.extractionsOf(blocks[at]!, at) })),
  );
  const [first, ...others] = complete;
  if (first !== undefined) return inOrder([{ ...first, notes: [...left, ...first.notes] }, ...others]);
  const why = left[0] ?? 'Write one such as GET http://127.0.0.1:8000/.';
  throw new PlanError(`${path.basename(file)} has no request. ${why}`);
}

function requestsOf(block: HttpBlock, variables: HttpVariables, folder: string): ImportedRequest[] {
  const use = new VariableUse();
  const template = (text: string): string => variables.template(text, use);
  const made = looksLikeCurl(block.line)
    ? curlRequests(block, variables, use)
    : [plainRequest(block, template, folder)];
  const handlers = handlersTakenOver(block) ? [] : ['What is done with the answer (> …) is left out.'];
  return made.map((request) => ({
    ...request,
    name: block.id ?? block.title,
    variables: { ...use.variables, ...request.variables },
    timeout: request.timeout ?? timeoutIn(block.timeout),
    line: block.at,
    notes: [...block.notes, ...request.notes, ...use.notes, ...handlers],
  }));
}

function curlRequests(
  { line, headers, body }: HttpBlock,
  variables: HttpVariables,
  use: VariableUse,
): ImportedRequest[] {
  return importCurlLines([line, ...headers, ...body].join('\n')).map((request) =>
    mapTemplates(request, (template) => rewritten(template, (text, into) => variables.write(text, into, use))),
  );
}

function plainRequest(block: HttpBlock, template: (text: string) => string, folder: string): ImportedRequest {
  const { method, url, version } = lineOf(block.line);
  const gathered = new HeaderGatherer();
  for (const line of block.headers) gathered.give(template(line));
  const host = gathered.given('host');
  const graphQl = method === 'GRAPHQL' || /^graphql$/i.test(gathered.given('x-request-type') ?? '');
  if (graphQl) gathered.drop('x-request-type');
  const lines = graphQl ? graphQlBody(block.body) : block.body;
  const type = graphQl ? 'application/json' : gathered.given('content-type');
  const { body, contentType, notes } = httpBody(lines, type, folder, template);
  gathered.drop('content-type');
  if (contentType !== null) gathered.set('content-type', contentType);
  const credentials = authorize(gathered);
  const { headers, target, notes: headerNotes } = gathered.finish();
  const address = addressOf(template(url), host);
  return {
    ...bareRequest(address.url),
    method: methodOf(method === 'GRAPHQL' ? 'POST' : method),
    headers,
    body,
    variables: credentials.variables,
    target: version === null ? target : { ...target, http: version },
    notes: [...address.notes, ...headerNotes, ...notes, ...credentials.notes],
  };
}

function lineOf(line: string): { method: string; url: string; version: '2' | null } {
  const [, method = 'GET', rest = line] = /^([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
  const [, url = rest, version] = /^(.*?)(?:\s+HTTP\/(\S+).*)?$/.exec(rest) ?? [];
  return { method: method.toUpperCase(), url: url.trim(), version: version?.startsWith('2') ? '2' : null };
}

/** A path alone is on the host that the headers name. */
function addressOf(url: string, host: string | null): { url: string; notes: string[] } {
  if (!url.startsWith('/')) return { url: withScheme(url), notes: [] };
  if (host === null)
    return { url: UNKNOWN_ORIGIN + url, notes: [`No host is named: it is taken to be ${UNKNOWN_ORIGIN}.`] };
  return { url: `${/:(?:443|8443)$/.test(host) ? 'https' : 'http'}://${host}${url}`, notes: [] };
}

/** Both tools encode a name and a password that are written out. */
function authorize(headers: HeaderGatherer): Pick<ImportedRequest, 'variables' | 'notes'> {
  const given = headers.given('authorization') ?? '';
  const [, scheme, rest] = /^(\w+)\s+(.*)$/.exec(given) ?? [];
  if (scheme === undefined || rest === undefined) return { variables: {}, notes: [] };
  if (/^(?:digest|aws|ntlm)$/i.test(scheme)) {
    headers.drop('authorization');
    return { variables: {}, notes: [`${scheme} authorization is not taken over.`] };
  }
  if (!/^basic$/i.test(scheme) || !/[:\s]/.test(rest.replace(/\$\{[^}]*\}/g, ''))) return { variables: {}, notes: [] };
  const { value, variables, notes } = basicAuthorization(rest.includes(':') ? rest : rest.replace(/\s+/, ':'));
  headers.drop('authorization');
  headers.set('authorization', value);
  return { variables, notes };
}

/** A query, and after a blank line its variables. */
function graphQlBody(lines: readonly string[]): string[] {
  const blank = lines.findIndex((line) => line.trim() === '');
  const query = (blank < 0 ? lines : lines.slice(0, blank)).join('\n');
  const variables =
    blank < 0
      ? ''
      : lines
          .slice(blank + 1)
          .join('')
          .trim();
  return [`{"query":${JSON.stringify(query)},"variables":${variables === '' ? '{}' : variables}}`];
}

/** `600`, which is seconds, or `10 m`. */
function timeoutIn(text: string | null): number | null {
  const [, amount, unit = 's'] = /^(\d+)\s*(ms|s|m)?$/.exec(text ?? '') ?? [];
  return timeoutOf(Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']);
}
