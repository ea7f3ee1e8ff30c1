import { PlanError } from '../plan/plan-error.ts';
import { StepError } from './step-error.ts';
import { compileTemplate, renderText, type Template } from './template.ts';
import type { IterationValues } from './values.ts';

/** A step's headers made ready once. */
export interface CompiledHeaders {
  /** Flat: name, value, name, value. The same in every iteration; null: they have to be rendered. */
  readonly fixed: readonly string[] | null;
  has(name: string): boolean;
  /** Throws a {@link StepError} of kind `template` for a name without a value, and for a value no header can hold. */
  render(values: IterationValues): readonly string[];
}

/** They belong to the connection, which is not the step's to speak about. */
const NOT_YOURS = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect']);
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** RFC 9110 §5.5: visible characters, blanks and the bytes above ASCII. */
const NOT_IN_VALUE = /[^\t -~\u0080-\u00ff]/;

/** Throws a {@link PlanError} for what is no header's name. */
export function checkHeaderName(name: string): void {
  if (!TOKEN.test(name.toLowerCase())) throw new PlanError(`"${name}" is not a header's name.`);
}

/**
 * Headers from several places, of which a later one wins; names in lower case. Throws a {@link PlanError} for one that cannot be sent.
 * A content length is left out: it follows from the body.
 */
export function compileHeaders(layers: readonly Readonly<Record<string, string>>[]): CompiledHeaders {
  const headers = new Map<string, Template>();
  for (const [written, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const name = written.toLowerCase();
    checkHeaderName(written);
    if (NOT_YOURS.has(name)) throw new PlanError(`The header ${name} belongs to the connection and cannot be set.`);
    if (name !== 'content-length') headers.set(name, compileTemplate(value));
  }
  const has = (name: string): boolean => headers.has(name);
  const flat: (string | Template)[] = [...headers].flatMap(([name, value]) => [name, fixedValue(name, value)]);
  if (flat.every((part) => typeof part === 'string')) {
    const fixed = Object.freeze(flat);
    return { fixed, has, render: () => fixed };
  }
  const render = (values: IterationValues): string[] =>
    flat.map((part, at) => {
      if (typeof part === 'string') return part;
      const value = renderText(part, values);
      const fault = faultOf(flat[at - 1] as string, value);
      if (fault !== null) throw new StepError('template', fault);
      return value;
    });
  return { fixed: null, has, render };
}

function fixedValue(name: string, value: Template): string | Template {
  if (!value.static) return value;
  const fault = faultOf(name, value.text);
  if (fault !== null) throw new PlanError(fault);
  return value.text;
}

function faultOf(name: string, value: string): string | null {
  const found = NOT_IN_VALUE.exec(value)?.[0];
  if (found === undefined) return null;
  const what = /[\r\n]/.test(found) ? 'a line break' : JSON.stringify(found);
  return `The header ${name} would hold ${what}, which no header can.`;
}

/**
 * Headers with cookies of a jar after those that are written in the plan.
 *
 * @param cookies as a `Cookie` header has them; null: none
 * @param former those of the jar that the headers have already, and which these replace
 */
export function withCookies(
  headers: readonly string[],
  cookies: string | null,
  former: string | null = null,
): readonly string[] {
  const ofJar = [former, cookies].filter((one) => one !== null);
  if (ofJar.length === 0) return headers;
  const at = headers.findIndex((part, index) => index % 2 === 0 && part === 'cookie');
  if (at < 0) return cookies === null ? headers : [...headers, 'cookie', cookies];
  const names = new Set(ofJar.flatMap((one) => one.split(';')).map(nameOf));
  const others = headers[at + 1]!.split(';').filter((cookie) => !names.has(nameOf(cookie)));
  const all = [...others, ...(cookies === null ? [] : [cookies])].map((part) => part.trim());
  return all.length === 0 ? headers.toSpliced(at, 2) : headers.with(at + 1, all.join('; '));
}

function nameOf(cookie: string): string {
  return cookie.split('=', 1)[0]!.trim();
}
