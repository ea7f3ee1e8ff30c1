import path from 'node:path';
import { placeholdersOf } from '../../scenario/template.ts';
import { plainPlan, plainTarget } from '../plain-plan.ts';
import type { Body, Part, Plan, Step, Target } from '../plan.ts';
import { uniqueNames } from '../step-names.ts';
import { recognizedStream } from '../stream-api.ts';
import type { ImportedRequest } from './imported-request.ts';
import { commonOrigin, type Placed, place } from './request-place.ts';
import { SecretKeeper } from './secret-keeper.ts';
import { plainText } from './template-text.ts';

export interface PlanOfOptions {
  /** Absolute; what files named relatively are relative to. */
  readonly folder: string;
  readonly name?: string | null;
}

/** A plan made from requests, and what the person who gets it has to know: sentences. */
export interface MadePlan {
  readonly plan: Plan;
  /** Values that were found for the plan's secrets, by their names: to be handed to a run, and written nowhere. */
  readonly secretValues: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** Those of them that are about the requests, not about what has to be set. */
  readonly requestNotes: readonly string[];
  /** Environment variables that are asked for and have no value here, secrets aside. */
  readonly open: readonly string[];
}

/**
 * One scenario with a step for each request, against the origin most of them have; steps on others keep their whole address. The GET of
 * an address alone is a plan of just that target. Secrets are not in it: the notes say which environment variables are to hold them. The
 * load is left open. Throws a `PlanError` for an address that cannot be called.
 *
 * @param requests at least one
 */
export function planOf(requests: readonly ImportedRequest[], options: PlanOfOptions): MadePlan {
  const keeper = new SecretKeeper();
  const placed = requests.map((request) => place(keeper.without(request)));
  const origin = commonOrigin(placed);
  const names = namesOf(placed, origin);
  const steps = placed.map((request, at) => stepOf(request, names[at]!, origin, options.folder));
  const [only] = placed;
  const alone = placed.length === 1 && isBare(only!.request) ? plainText(only!.request.url) : null;
  const plain = plainPlan({ url: alone ?? origin, method: 'GET', headers: {}, body: null });
  const { target, notes: targetNotes } = targetOf(requests, alone ?? origin, options.folder);
  const { environment, open } = environmentOf(requests, steps);
  const timeouts = requests.flatMap(({ timeout }) => timeout ?? []);
  const said = placed.flatMap(({ notes }, at) =>
    // What goes for all of them is said of none.
    notes.map((note) => (placed.every((other) => other.notes.includes(note)) ? note : `${names[at]}: ${note}`)),
  );
  const requestNotes = [...new Set([...said, ...targetNotes])];
  return {
    plan: {
      ...plain,
      name: options.name ?? null,
      target,
      environment,
      secrets: keeper.secrets,
      scenarios: alone === null ? [{ name: 'main', weight: 1, steps, tags: {} }] : plain.scenarios,
      timeout: timeouts.length === 0 ? plain.timeout : Math.max(...timeouts),
    },
    secretValues: keeper.values,
    requestNotes,
    open: [...new Set([...open, ...withoutValue(requests)])].filter(
      (name) => !Object.values(keeper.secrets).includes(name),
    ),
    notes: [...new Set([...requestNotes, ...open.map(openNote), ...keeper.notes])],
  };
}

/** What begins with two slashes would be taken for a host. */
function urlOf({ origin, path: rest }: Placed, target: string): string {
  return origin === target && !rest.startsWith('//') ? rest : (origin ?? '') + rest;
}

function stepOf(placed: Placed, name: string, target: string, folder: string): Step {
  const { request } = placed;
  const { method } = request;
  const url = urlOf(placed, target);
  const body = request.body && inFolder(request.body, folder);
  return {
    name,
    method,
    url,
    query: request.query,
    headers: request.headers,
    body,
    extract: request.extract,
    checks: [],
    think: request.think === null ? null : [request.think, request.think],
    stream: recognizedStream({ method, url, body }, target),
    batch: null,
    timings: null,
    tags: {},
  };
}

/** Whether it is no more than the GET of an address, which a plan needs no step for. */
function isBare({ name, method, url, query, headers, body }: ImportedRequest): boolean {
  const nothing = [query, headers].every((named) => Object.keys(named).length === 0) && body === null && name === null;
  return nothing && method === 'GET' && plainText(url) !== null;
}

/** The names that were given, each once, and for the rest those a plan file would give them. */
function namesOf(placed: readonly Placed[], target: string): string[] {
  const used = new Set<string>();
  const given = placed.map(({ request }) => {
    let name = request.name;
    for (let next = 2; name !== null && used.has(name); next++) name = `${request.name} (${next})`;
    if (name !== null) used.add(name);
    return name;
  });
  return uniqueNames(
    placed.map((one, at) => ({ name: given[at]!, method: one.request.method, url: urlOf(one, target) })),
    target,
  );
}

function inFolder(body: Body, folder: string): Body {
  if (body.kind === 'file') return { ...body, file: path.resolve(folder, body.file) };
  if (body.kind !== 'multipart') return body;
  const absolute = (part: Part): Part => ('file' in part ? { ...part, file: path.resolve(folder, part.file) } : part);
  return { ...body, parts: body.parts.map(absolute) };
}

/** What any of the requests asks for, all get: there is one target. */
function targetOf(
  requests: readonly ImportedRequest[],
  origin: string,
  folder: string,
): { target: Target; notes: string[] } {
  const asked = requests.map(({ target }) => target);
  const differ = asked.some((part) => JSON.stringify(part) !== JSON.stringify(asked[0]));
  const merged: Target = Object.assign(plainTarget(origin), ...asked);
  const absolute = (file: string | null): string | null => file && path.resolve(folder, file);
  const { ca, cert, key } = merged.tls;
  return {
    target: {
      ...merged,
      socket: absolute(merged.socket),
      tls: { ...merged.tls, ca: absolute(ca), cert: absolute(cert), key: absolute(key) },
    },
    notes: differ ? ['How requests are sent is the same for all of them in a plan; here they differ in that.'] : [],
  };
}

/** Also those of a host, which stand in no step. */
function withoutValue(requests: readonly ImportedRequest[]): string[] {
  return requests.flatMap(({ variables }) => Object.keys(variables).filter((name) => variables[name] === null));
}

function openNote(name: string): string {
  return `Set the environment variable ${name}, or give it a value under "environment" in the plan.`;
}

/** Defaults of the variables that the steps still ask for, and the names of those that have none. */
function environmentOf(
  requests: readonly ImportedRequest[],
  steps: readonly Step[],
): { environment: Record<string, string>; open: string[] } {
  const known: Record<string, string | null> = Object.assign({}, ...requests.map(({ variables }) => variables));
  const environment: Record<string, string> = {};
  const open: string[] = [];
  for (const name of openNames(steps)) {
    const otherwise = known[name] ?? null;
    if (otherwise !== null) environment[name] = otherwise;
    else open.push(name);
  }
  return { environment, open };
}

function openNames(steps: readonly Step[]): Set<string> {
  const texts = steps.flatMap(({ url, query, headers, body }) => [
    url,
    ...Object.values(query),
    ...Object.values(headers),
    ...textsOf(body),
  ]);
  const names = texts.flatMap((text) => placeholdersOf(text).map(({ name }) => name));
  return new Set(names.flatMap((name) => /^env\.(.*)$/.exec(name)?.[1] ?? []));
}

function textsOf(body: Body | null): string[] {
  switch (body?.kind) {
    case 'text':
      return [body.text];
    case 'form':
      return Object.values(body.fields);
    case 'multipart':
      return body.parts.map((part) => ('value' in part ? part.value : part.filename));
    case 'json':
      return stringsOf(body.value);
    default:
      return [];
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
