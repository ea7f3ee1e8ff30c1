import { PlanError } from '../plan/plan-error.ts';
import { decodePercent, encodeForAddress, encodeForQuery } from './percent-encoding.ts';
import type { Placeholder } from './placeholder.ts';
import { StepError } from './step-error.ts';
import { compileTemplate, renderText, type Template } from './template.ts';
import { textOf } from './value-text.ts';
import type { IterationValues } from './values.ts';

/** Where one request goes. */
export interface Place {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** `Basic …` of a user in the address. */
  readonly authorization: string | null;
}

/** A step's address made ready once. */
export interface Address {
  /** Known before any iteration; null: the host is a template. */
  readonly origin: string | null;
  readonly authorization: string | null;
  /** The same in every iteration; null: it has to be rendered. */
  readonly fixed: Place | null;
  /** Throws a {@link StepError} of kind `template` where a name has no value or the result is no address. */
  place(values: IterationValues): Place;
}

interface Pair {
  /** Encoded. */
  readonly name: string;
  readonly value: Template;
}

/**
 * Throws a {@link PlanError} for an address that cannot be one.
 *
 * @param base what a relative address is relative to; not a template
 */
export function compileAddress(url: string, query: Readonly<Record<string, string>>, base: string): Address {
  const template = compileTemplate(url);
  const pairs = Object.entries(query).map(([name, value]) => ({
    name: encodeForQuery(name),
    value: compileTemplate(value),
  }));
  const shape = template.static ? parse(template.text, base) : shapeOf(template.parts, url, base);
  if (shape === null) return withDynamicHost(template, pairs, base);
  const { origin } = shape;
  const authorization = authorizationOf(shape);
  const pieces = template.static ? [pathOf(shape)] : placeholdersBack(pathOf(shape), template.parts);
  const place = (values: IterationValues): Place => {
    let path = '';
    for (const piece of pieces) {
      path += typeof piece === 'string' ? piece : encodeForAddress(textOf(piece.read(values)));
    }
    return { origin, path: withQuery(path, pairs, (value) => renderText(value, values)), authorization };
  };
  const fixed = pieces.every((piece) => typeof piece === 'string') && pairs.every(({ value }) => value.static);
  if (!fixed) return { origin, authorization, fixed: null, place };
  const path = withQuery(pieces.join(''), pairs, (value) => (value.static ? value.text : ''));
  return { origin, authorization, fixed: { origin, path, authorization }, place };
}

/** A host that a template names is known, and checked, only in the iteration. */
function withDynamicHost(template: Template, pairs: readonly Pair[], base: string): Address {
  return {
    origin: null,
    authorization: null,
    fixed: null,
    place: (values) => {
      const text = renderText(template, values);
      const url = URL.canParse(text, base) ? new URL(text, base) : null;
      if (url === null || !isHttp(url))
        throw new StepError('template', `"${text}" is not an address that can be called.`);
      const path = withQuery(pathOf(url), pairs, (value) => renderText(value, values));
      return { origin: url.origin, path, authorization: authorizationOf(url) };
    },
  };
}

function parse(text: string, base: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url !== null && isHttp(url)) return url;
  throw notAnAddress(text, base);
}

function notAnAddress(text: string, base: string): PlanError {
  const [what, example] = URL.canParse(base) ? [text, '/path, or http://host/path'] : [base, 'http://host/path'];
  return new PlanError(`"${what}" is not an address. Write one such as ${example}.`);
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

/** What stands for the placeholders while an address is taken apart: small letters and digits pass through every part unchanged. */
const MARK = 'placeholder0x7af1';
const MARKS = new RegExp(`${MARK}n(\\d+)z`);

/**
 * The address with a mark for every placeholder, so that all around them is resolved once; null where one may change the host.
 *
 * @param written the address as people know it
 */
function shapeOf(parts: readonly (string | Placeholder)[], written: string, base: string): URL | null {
  // What begins with a placeholder may turn out to be a whole address.
  if (typeof parts[0] !== 'string') return null;
  const marked = parts.map((part, at) => (typeof part === 'string' ? part : `${MARK}n${at}z`)).join('');
  if (!URL.canParse(marked, base)) {
    if (!URL.canParse(base)) throw notAnAddress(written, base);
    return null;
  }
  const url = new URL(marked, base);
  const { protocol, host, username, password } = url;
  if ([protocol, host, username, password].some((part) => part.includes(MARK))) return null;
  if (!isHttp(url)) throw notAnAddress(written, base);
  return url;
}

function placeholdersBack(path: string, parts: readonly (string | Placeholder)[]): (string | Placeholder)[] {
  return path
    .split(MARKS)
    .map((piece, at) => (at % 2 === 1 ? parts[Number(piece)]! : piece))
    .filter((piece) => piece !== '');
}

function withQuery(path: string, pairs: readonly Pair[], rendered: (value: Template) => string): string {
  let whole = path;
  for (const { name, value } of pairs) {
    whole += `${whole.includes('?') ? '&' : '?'}${name}=${encodeForQuery(rendered(value))}`;
  }
  return whole;
}

function authorizationOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`).toString('base64')}`;
}
