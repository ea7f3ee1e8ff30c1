import { decodePercent, encodeForAddress, encodeForForm, encodeForQuery } from '../scenario/percent-encoding.ts';
import { OWN_NAMES } from '../scenario/placeholder.ts';
import type { MetricsPlan } from './metrics-plan.ts';
import type { Body, Plan, Step } from './plan.ts';

/** What stands in place of a secret, but in addresses. */
export const REMOVED = '<removed>';
/** Parts of names that tell of a secret wherever they stand, as a regular expression. */
export const SECRET_WORDS =
  'cookie|secret|passw|(?:api|access|account|functions?|master|private|shared|subscription)[-_]?key|credential|jwt|bearer|session|signature';
/** What has tokens in the plural counts those of a language model. Authors write books. */
const SECRET_NAME = new RegExp(`auth(?!ors?(?![a-z]))|token(?!s(?![a-z])|iz)|${SECRET_WORDS}|^key$|^sig$`, 'i');
/** A shorter value could stand anywhere by chance, and removing it would garble what is kept. */
const LEAST_SECRET = 6;
/** A text that is nothing but a reference tells no secret; a word such as `Bearer` may come before it. */
const REFERENCE = /^(?:[a-z-]+\s+)?\$\{[^}]*\}$/i;
/** What the load itself counts and draws. */
const DRAWN = new RegExp(`\\$\\{\\s*(?:${OWN_NAMES.join('|')}|random\\.[^}]*)\\s*\\}`, 'g');

/** The plan as it may be written down: values of headers, query and body fields whose name tells of a secret are removed. */
export function withoutSecrets<T extends Plan>(plan: T): T {
  const setup = plan.setup && { ...plan.setup, steps: plan.setup.steps.map(stepWithoutSecrets) };
  return {
    ...plan,
    target: {
      ...plan.target,
      url: urlWithoutSecrets(plan.target.url),
      metrics: metricsWithoutSecrets(plan.target.metrics),
      headers: namedWithoutSecrets(plan.target.headers),
    },
    environment: namedWithoutSecrets(plan.environment),
    setup,
    scenarios: plan.scenarios.map((scenario) => ({ ...scenario, steps: scenario.steps.map(stepWithoutSecrets) })),
  };
}

/** Whether secrets were removed from a plan, so that what is sent by it would lack them. */
export function lacksSecrets(plan: Plan): boolean {
  return /<removed>|\/\/removed:removed@|[?&][^=&#"]+=removed(?![^&#"])/.test(JSON.stringify(plan));
}

function metricsWithoutSecrets(metrics: MetricsPlan): MetricsPlan {
  if (typeof metrics === 'string') return urlWithoutSecrets(metrics);
  return metrics.map((entry) =>
    typeof entry === 'string'
      ? urlWithoutSecrets(entry)
      : { ...entry, url: urlWithoutSecrets(entry.url), headers: namedWithoutSecrets(entry.headers) },
  );
}

function stepWithoutSecrets(step: Step): Step {
  return {
    ...step,
    url: urlWithoutSecrets(step.url),
    query: namedWithoutSecrets(step.query),
    headers: namedWithoutSecrets(step.headers),
    body: step.body && planBodyWithoutSecrets(step.body),
  };
}

function planBodyWithoutSecrets(body: Body): Body {
  switch (body.kind) {
    case 'text':
      return { ...body, text: bodyWithoutSecrets(body.text) };
    case 'json':
      return { ...body, value: JSON.parse(jsonWithoutSecrets(JSON.stringify(body.value))) };
    case 'form':
      return { ...body, fields: namedWithoutSecrets(body.fields) };
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((part) =>
          'value' in part && isSecret(part.name, part.value) ? { ...part, value: REMOVED } : part,
        ),
      };
    case 'file':
      return body;
  }
}

/** A URL, or the part of one, with credentials and secret query values removed; what cannot be read as one is left. */
export function urlWithoutSecrets(text: string): string {
  const credentials = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1removed:removed@');
  return credentials.replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, start: string, name: string, value: string) =>
    isSecret(decodePercent(name), value) ? `${start}${name}=removed` : whole,
  );
}

/** Whether a URL or a body would be written down otherwise than it is, since it holds a secret. */
export function tellsSecret(text: string): boolean {
  return urlWithoutSecrets(text) !== text || bodyWithoutSecrets(text) !== text;
}

function namedWithoutSecrets(named: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, valueWithoutSecrets(name, value)]));
}

function valueWithoutSecrets(name: string, value: string): string {
  if (/^cookie$/i.test(name)) return value.split(';').map(cookieWithoutSecret).join(';');
  return isSecret(name, value) ? REMOVED : urlWithoutSecrets(value);
}

/** Any of them may be a session's, whatever it is called. */
function cookieWithoutSecret(cookie: string): string {
  const start = cookie.slice(0, cookie.indexOf('=') + 1);
  const value = cookie.slice(start.length).trim();
  return value === '' || isReference(value) ? cookie : start + REMOVED;
}

function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !isReference(value);
}

/** Whether a value only stands for another one, or for what the load makes up, with a few letters around it. */
function isReference(value: string): boolean {
  if (REFERENCE.test(value)) return true;
  const rest = value.replace(DRAWN, '');
  return rest !== value && rest.length < LEAST_SECRET;
}

/** How a form begins, and neither JSON nor HTML. */
const FORM = /^\s*[^\s=&"'<>{}[\](),;:]+=/;
const FORM_FIELD = /(^|[&\n])([^=&\r\n]+)=([^&\r\n]*)/g;
/** A part of `multipart/form-data` that is a value, which may be cut off: its file names nothing. */
const VALUE_PART = /( name="([^"\r\n]*)"\r\n\r\n)(.*?)(?=\r\n--|$)/gs;

function bodyWithoutSecrets(body: string): string {
  const replaced = (whole: string, start: string, name: string, value: string): string =>
    isSecret(decodePercent(name), value) ? `${start}${REMOVED}` : whole;
  if (FORM.test(body)) {
    return body.replace(FORM_FIELD, (whole: string, start: string, name: string, value: string) =>
      replaced(whole, `${start}${name}=`, name.trim(), value),
    );
  }
  return jsonWithoutSecrets(body).replace(VALUE_PART, replaced);
}

/**
 * JSON without its secret texts, and all else left as it is written: numbers that would lose digits, placeholders in place of values,
 * several values one after the other, and what was cut off.
 */
function jsonWithoutSecrets(text: string): string {
  /** Of each list and map that is open, whether it stands below the name of a secret. */
  const open: boolean[] = [];
  /** Whether what comes next is a secret. */
  let secret = false;
  let written = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        open.push(secret);
        break;
      case '}':
      case ']':
        open.pop();
        secret = open.at(-1) ?? false;
        break;
      case ',':
        secret = open.at(-1) ?? false;
        break;
      case '"': {
        const end = closingQuote(text, at);
        const content = text.slice(at + 1, end);
        if (isName(text, end)) {
          secret = (open.at(-1) ?? false) || SECRET_NAME.test(content);
        } else if (secret && !isReference(content)) {
          written += `${text.slice(from, at)}"${REMOVED}`;
          from = end;
        }
        at = end;
        break;
      }
    }
  }
  return written + text.slice(from);
}

/** Where the text within quotes ends; the end of all where it was cut off. */
function closingQuote(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** Whether a colon follows. */
function isName(text: string, quote: number): boolean {
  let at = quote + 1;
  while (/\s/.test(text.charAt(at))) at++;
  return text[at] === ':';
}

/** A secret as it stands in JSON, in addresses and in forms too. */
function writtenForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [value, json, encodeForAddress(value), encodeForQuery(value), encodeForForm(value)];
}

/** Secrets by value: a plan's own, and the texts that were extracted, since a token has to be as secret as what it was given for. */
export function secretTexts(
  secrets: Readonly<Record<string, string>>,
  extracted: Readonly<Record<string, unknown>>,
): string[] {
  return [...Object.values(secrets), ...Object.values(extracted).filter((value) => typeof value === 'string')];
}

/** Removes secrets from what went over the wire: by the names of fields, and wherever a known value stands. */
export class Redactor {
  #values: readonly string[] = [];

  /** @param values secrets by value, such as {@link secretTexts} */
  constructor(values: readonly string[]) {
    this.learn(values);
  }

  /** There are more secrets; those before stay. */
  learn(values: readonly string[]): void {
    const forms = values.filter((value) => value.length >= LEAST_SECRET).flatMap(writtenForms);
    // The longest first, so that one secret inside another does not leave the rest of it.
    this.#values = [...new Set([...this.#values, ...forms])].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#values.reduce((rest, value) => rest.replaceAll(value, REMOVED), text);
  }

  url(url: string): string {
    return this.text(urlWithoutSecrets(url));
  }

  headers(pairs: readonly (readonly [string, string])[]): Record<string, string> {
    return Object.fromEntries(pairs.map(([name, value]) => [name, SECRET_NAME.test(name) ? REMOVED : this.url(value)]));
  }

  body(body: string): string {
    return this.text(bodyWithoutSecrets(body));
  }

  /** A part of a body. @param names of the fields that it stands in */
  part(body: string, names: readonly string[]): string {
    return names.some((name) => SECRET_NAME.test(name)) ? REMOVED : this.body(body);
  }
}
