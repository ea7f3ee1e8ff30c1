import * as vscode from 'vscode';
import { fetchDocument } from '../load/http/fetch-document.ts';
import type { ImportedRequest } from '../load/plan/import/imported-request.ts';
import { type ServedOperation, servedOperation } from '../load/plan/import/openapi/served-operation.ts';
import { planOf } from '../load/plan/import/plan-of.ts';
import { literal, plainPlan } from '../load/plan/plain-plan.ts';
import { type Body, METHODS, type Method, type Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import type { Route } from '../routes/route.ts';
import { firstOpen, parametersOf, valuesIn, withParameters } from '../routes/route-path.ts';
import type { RequestMemory, SentRequest } from './request-memory.ts';
import { documentAddresses } from './service-document.ts';

/** The service has this long to say what it serves. */
const DOCUMENT_MS = 1500;

/** A plan of a route's request, and what of it somebody typed, now or before; null: nothing. */
export interface RouteRequest {
  readonly plan: Plan;
  readonly typed: Omit<SentRequest, 'taken'> | null;
}

/**
 * The request a route is loaded with: what the service's own OpenAPI document has as examples, else what was last sent and taken, else what
 * the document's schemas lead to, else what is asked for. Undefined where the user went away.
 *
 * @param options.folder what files in the request are relative to
 * @param options.again everything is asked for, beginning with what is known
 */
export async function routeRequest(
  route: Route,
  origin: string,
  memory: RequestMemory,
  { folder, again }: { readonly folder: string; readonly again: boolean },
): Promise<RouteRequest | undefined> {
  const served = await operationOf(route, origin);
  const last = memory.of(route);
  const path = served?.path ?? route.path;
  const parameters = await valuesFor(path, served?.parameters ?? {}, last, again);
  if (parameters === undefined) return undefined;
  const body = await bodyFor(route, served, last, again);
  if (body === undefined) return undefined;
  const ownBody = body.text === undefined ? {} : { body: body.text };
  const typed = parameters.typed || body.text !== undefined ? { parameters: parameters.values, ...ownBody } : null;
  const place = withParameters(path, parameters.values);
  if (served === null) {
    const text = body.text ?? null;
    const method = methodOf(route, text);
    return { plan: plainPlan({ url: origin + place, method, headers: {}, body: text }), typed };
  }
  const { request } = served;
  const query = /\?.*$/s.exec(request.url)?.[0] ?? '';
  const asked: ImportedRequest = {
    ...request,
    url: literal(origin + place) + query,
    body: body.text === undefined ? request.body : textBody(body.text),
  };
  return { plan: planOf([asked], { folder }).plan, typed };
}

/** What the running service says of the route; null where it says nothing that can be used. */
async function operationOf(route: Route, origin: string): Promise<ServedOperation | null> {
  const signal = AbortSignal.timeout(DOCUMENT_MS);
  for (const address of documentAddresses(origin, route.path)) {
    const text = await fetchDocument(address, signal);
    if (text === null) continue;
    try {
      const served = servedOperation(text, address, route);
      if (served !== null) return served;
    } catch (error) {
      // What it says there is no document, or does not hold together: then it is asked for.
      if (!(error instanceof PlanError)) throw error;
    }
  }
  return null;
}

interface Values {
  readonly values: Readonly<Record<string, string>>;
  readonly typed: boolean;
}

async function valuesFor(
  path: string,
  examples: Readonly<Record<string, string>>,
  last: SentRequest | null,
  again: boolean,
): Promise<Values | undefined> {
  const names = parametersOf(path);
  const known: Record<string, string> = { ...last?.parameters, ...examples };
  const isKnown = names.every((name) => examples[name] !== undefined || (last?.taken && known[name] !== undefined));
  if (names.length === 0 || (isKnown && !again)) return { values: known, typed: false };
  const shown = withParameters(path, known);
  const open = firstOpen(shown);
  const typed = await vscode.window.showInputBox({
    title: 'Path',
    prompt: `Say what stands for ${names.map((name) => `"${name}"`).join(' and ')} in ${path}`,
    value: shown,
    ...(open === null ? {} : { valueSelection: open }),
    ignoreFocusOut: true,
    validateInput: (text) => (valuesIn(path, text) ? undefined : `A path such as ${path}, with a value for each part`),
  });
  const values = typed === undefined ? null : valuesIn(path, typed);
  return values === null ? undefined : { values, typed: true };
}

interface RouteBody {
  /** Undefined: the document's own. Null: none. */
  readonly text: string | null | undefined;
}

async function bodyFor(
  route: Route,
  served: ServedOperation | null,
  last: SentRequest | null,
  again: boolean,
): Promise<RouteBody | undefined> {
  const own = served?.request.body ?? null;
  if (served !== null && served.body === null) return { text: undefined };
  const hasFile = own?.kind === 'file' || (own?.kind === 'multipart' && own.parts.some((part) => 'file' in part));
  if (!again && !hasFile && served?.body === 'example') return { text: undefined };
  const taken = last?.taken === true ? last.body : undefined;
  if (!again && taken !== undefined) return { text: taken };
  if (!again && !hasFile && served !== null) return { text: undefined };
  if (route.method !== null && !/^(?:POST|PUT|PATCH)$/.test(route.method)) return { text: undefined };
  const text = await vscode.window.showInputBox({
    title: `Body of ${route.method ?? ''} ${route.path}`.replace('  ', ' '),
    prompt: route.method === null ? 'JSON to POST; empty sends a GET' : 'JSON to send; empty sends none',
    value: last?.body ?? (own?.kind === 'json' ? JSON.stringify(own.value) : ''),
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : { text: text === '' ? null : text };
}

function textBody(text: string | null): Body | null {
  return text === null ? null : { kind: 'text', text: literal(text) };
}

function methodOf({ method }: Route, body: string | null): Method {
  return METHODS.find((known) => known === method) ?? (body === null ? 'GET' : 'POST');
}
