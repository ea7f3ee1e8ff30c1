import type { Body } from '../plan.ts';
import { withStrings, withTexts } from './template-text.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A body as a plan has it, and its content type where the plan's kind of body does not say the same by itself. */
export interface TypedBody {
  readonly body: Body;
  readonly contentType: string | null;
}

/**
 * A body that was found as text: JSON and forms as what they are, where a server reads the same from it, so that people can change their
 * parts; else as text.
 *
 * @param text a template
 * @param contentType null: none was sent
 */
export function bodyOfText(text: string, contentType: string | null): TypedBody {
  const [media = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const kept = parameters.length > 0 ? contentType : null;
  if (media === FORM) {
    const fields = fieldsOf(text);
    return fields === null
      ? { body: { kind: 'text', text }, contentType }
      : { body: { kind: 'form', fields }, contentType: kept };
  }
  if (media !== 'application/json' && !media.endsWith('+json')) return { body: { kind: 'text', text }, contentType };
  const value = jsonOf(text);
  if (value === undefined) return { body: { kind: 'text', text }, contentType };
  return { body: { kind: 'json', value }, contentType: media === 'application/json' ? kept : contentType };
}

/**
 * The JSON value of a template such that the plan's JSON body is written as the text was, blanks aside; undefined where there is none:
 * numbers such as `1.0`, names given twice, and placeholders that may be anything stay as they are only in a text.
 */
export function jsonOf(text: string): unknown {
  try {
    const marked = text.replace(STRING_OR_NUMBER, (found, number?: string) =>
      number === undefined ? found : `"${MARK}${number}"`,
    );
    const value: unknown = JSON.parse(marked);
    const blanksAside = marked.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    if (JSON.stringify(value) !== blanksAside || !keepsTypes(value)) return undefined;
    return withStrings(value, (content) => content.replace(MARK, ''));
  } catch {
    return undefined;
  }
}

/** A string of JSON, or a placeholder outside of one whose value is a number. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|(\$\{(?:random\.(?:int|float)\([^)]*\)|now|counter|iteration|user)\})/g;
/** Before such a placeholder while it stands in a string; private to this program (Unicode's private use). */
const MARK = '\uf8a1';

/** Their values are strings, so that one alone in a string is the same in JSON. */
const GIVES_STRING = /^\$\{(?:env\.[^}]*|secrets\.[^}]*|random\.uuid|random\.text\([^)]*\))\}$/;

/** Whether placeholders stand only where they mean the same in a JSON body: not in names, and alone only where a string comes of it. */
function keepsTypes(value: unknown): boolean {
  if (typeof value === 'string') return !/^\$\{[^}]*\}$/.test(value) || GIVES_STRING.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => !name.includes('${') && keepsTypes(member));
}

/** The fields of a form's text; null where it is none that can be written by name: without `=`, or with a name given twice. */
export function fieldsOf(text: string): Record<string, string> | null {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    const match = /^([\w.~%+[\]-]+)=(.*)$/s.exec(pair);
    if (match === null) return null;
    const [name, value] = match.slice(1).map(decodedTemplate);
    if (typeof name !== 'string' || typeof value !== 'string' || fields.has(name)) return null;
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

/** null: what is encoded in it is not UTF-8. */
function decodedTemplate(text: string): string | null {
  try {
    return withTexts(text, (plain) => decodeURIComponent(plain.replaceAll('+', ' ')));
  } catch {
    return null;
  }
}
