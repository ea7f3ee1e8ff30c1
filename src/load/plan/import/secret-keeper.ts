import { decodePercent } from '../../scenario/percent-encoding.ts';
import type { Body } from '../plan.ts';
import { SECRET_WORDS } from '../redaction.ts';
import { basicAuthorization } from './basic-authorization.ts';
import type { ImportedRequest } from './imported-request.ts';
import { mapTemplates } from './request-templates.ts';
import { plainText, withPlaceholders, withTexts } from './template-text.ts';

const SECRET_HEADER = new RegExp(`authoriz|(?:^|[-_])auth(?:[-_]|$)|token|${SECRET_WORDS}|^(?:x-)?key$`);
const SECRET_QUERY =
  /^(?:x-)?(?:.*api[-_]?key|key|(?:access[-_]|auth[-_])?token|(?:client[-_])?secret|passw(?:or)?d|.*signature|sig|.*credential)$/i;
/** Narrower: a field named `token` is a word as often as not. */
const SECRET_FIELD = /^(?:passw(?:or)?d|api[-_]?key|(?:client[-_])?secret|(?:access|refresh|auth)[-_]?token)$/i;

/** Of environment variables. */
const SECRET_VARIABLE = /TOKEN|SECRET|PASSW|API_?KEY|CREDENTIAL/i;

/** Takes secrets out of requests: what stays is `${secrets.NAME}`, and the name of the environment variable that is to hold it. */
export class SecretKeeper {
  /** Environment variables by the secrets' names. */
  readonly secrets: Record<string, string> = {};
  /** What was found in their places, by the secrets' names; of open variables nothing. */
  readonly values: Record<string, string> = {};
  readonly notes: string[] = [];
  /** The secrets' names by their values; of open variables by `${env.NAME}`. */
  readonly #names = new Map<string, string>();

  without(request: ImportedRequest): ImportedRequest {
    const { url, headers, notes } = withoutUser(request);
    const { address, query } = this.#queryOf(url, request.query);
    const taken = {
      ...request,
      url: address,
      query,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          SECRET_HEADER.test(name) ? this.#header(name, value) : value,
        ]),
      ),
      body: request.body && this.#body(request.body),
      notes: [...request.notes, ...notes],
    };
    return mapTemplates(taken, (template) => withPlaceholders(template, (inside) => this.#variable(inside)));
  }

  /** A variable whose name tells of a secret is one, wherever it is put. */
  #variable(inside: string): string {
    const name = /^env\.(.*)$/.exec(inside)?.[1];
    if (name === undefined || !SECRET_VARIABLE.test(name)) return `\${${inside}}`;
    return `\${secrets.${this.#nameOf(`\${${inside}}`, name, 'the secret of that name')}}`;
  }

  #header(name: string, value: string): string {
    if (name === 'cookie' && plainText(value) === null) return this.#cookies(value);
    const [, scheme, credentials] = /^(\w+ )?(.*)$/s.exec(value)!;
    if (name !== 'authorization' || scheme === undefined)
      return this.#kept(variableOf(name), `the value of the header ${name}`, value);
    const variable = { 'bearer ': 'API_TOKEN', 'token ': 'API_TOKEN', 'basic ': 'BASIC_CREDENTIALS' }[
      scheme.toLowerCase()
    ];
    const what = `what follows "${scheme}" in the header ${name}`;
    return scheme + this.#kept(variable ?? 'AUTHORIZATION', what, credentials!);
  }

  /** One by one, because some are open. */
  #cookies(value: string): string {
    const cookies = value.split(/;\s*/).map((cookie) => {
      const equals = cookie.indexOf('=');
      if (equals < 0) return cookie;
      const name = cookie.slice(0, equals);
      return `${name}=${this.#kept(variableOf(`cookie_${name}`), `the value of the cookie ${name}`, cookie.slice(equals + 1))}`;
    });
    return cookies.join('; ');
  }

  /** Out of the address, because there it would have to be encoded. */
  #queryOf(url: string, query: ImportedRequest['query']): { address: string; query: Record<string, string> } {
    const found: Record<string, string> = { ...query };
    const address = url.replace(/([?&])([^=&#?]+)=([^&#]*)/g, (whole, start: string, name: string, value: string) => {
      if (!SECRET_QUERY.test(name) || name in found) return whole;
      found[name] = withTexts(value, decodePercent);
      return start === '?' ? '?' : '';
    });
    for (const [name, value] of Object.entries(found)) {
      if (SECRET_QUERY.test(name))
        found[name] = this.#kept(variableOf(name), `the value of ${name} in the query`, value);
    }
    return { address: address.replace('?&', '?').replace(/\?(?=#|$)/, ''), query: found };
  }

  #body(body: Body): Body {
    const field = (name: string, value: string): string =>
      SECRET_FIELD.test(name) ? this.#kept(variableOf(name), `the value of the field ${name}`, value) : value;
    switch (body.kind) {
      case 'json':
        return { ...body, value: withFields(body.value, field) };
      case 'form':
        return {
          ...body,
          fields: Object.fromEntries(Object.entries(body.fields).map(([name, value]) => [name, field(name, value)])),
        };
      case 'multipart':
        return {
          ...body,
          parts: body.parts.map((part) => ('value' in part ? { ...part, value: field(part.name, part.value) } : part)),
        };
      case 'text':
        for (const [, name] of body.text.matchAll(/"([\w-]+)"\s*:\s*"[^"$]/g)) {
          if (SECRET_FIELD.test(name!))
            this.notes.push(`The field ${name} stands in the body as it is: write \${secrets.NAME} there.`);
        }
        return body;
      case 'file':
        return body;
    }
  }

  /** What is written in a secret's place. @param what it is, for people */
  #kept(variable: string, what: string, value: string): string {
    const plain = plainText(value);
    if (plain === '') return value;
    if (plain !== null) {
      const name = this.#nameOf(plain, variable, what);
      this.values[name] = plain;
      return `\${secrets.${name}}`;
    }
    return withPlaceholders(value, (inside) => {
      const open = /^env\.(.*)$/.exec(inside)?.[1];
      return `\${${open === undefined ? inside : `secrets.${this.#nameOf(`\${${inside}}`, open, what)}`}}`;
    });
  }

  #nameOf(value: string, wanted: string, what: string): string {
    const before = this.#names.get(value);
    if (before !== undefined) return before;
    let variable = wanted;
    for (let next = 2; Object.values(this.secrets).includes(variable); next++) variable = `${wanted}_${next}`;
    let name = variable.toLowerCase();
    for (let next = 2; name in this.secrets; next++) name = `${variable.toLowerCase()}_${next}`;
    this.secrets[name] = variable;
    this.#names.set(value, name);
    this.notes.push(`Set the environment variable ${variable} to ${what}: it is not written into the plan.`);
    return name;
  }
}

/** A user in the address becomes the header that is sent for it. */
function withoutUser(request: ImportedRequest): Pick<ImportedRequest, 'url' | 'headers' | 'notes'> {
  const { url, headers } = request;
  const [, scheme, user, rest] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@(.*)$/is.exec(url) ?? [];
  if (rest === undefined) return { url, headers, notes: [] };
  const credentials = withTexts(user!, decodePercent);
  const { value, notes } = basicAuthorization(credentials.includes(':') ? credentials : `${credentials}:`);
  return { url: scheme! + rest, headers: { authorization: value, ...headers }, notes };
}

function withFields(value: unknown, field: (name: string, value: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withFields(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' ? field(name, member) : withFields(member, field),
    ]),
  );
}

/** `x-api-key` is API_KEY. */
function variableOf(name: string): string {
  const words = name
    .replace(/^x-/i, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase();
  return /^(?:KEY|TOKEN|SECRET|SIG|SIGNATURE|AUTH|PASSWORD|PASSWD|\d.*)$/.test(words) ? `API_${words}` : words;
}
