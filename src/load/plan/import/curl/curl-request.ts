import { cutShort } from '../../../scenario/value-text.ts';
import { LIMITS } from '../../limits.ts';
import { NO_TLS } from '../../plain-plan.ts';
import type { Part, Target } from '../../plan.ts';
import { PlanError } from '../../plan-error.ts';
import { basicAuthorization } from '../basic-authorization.ts';
import { HeaderGatherer } from '../header-gatherer.ts';
import { bareRequest, type ImportedRequest, methodOf, timeoutOf, withScheme } from '../imported-request.ts';
import { plainText } from '../template-text.ts';
import { bodyOf, type DataPiece, dataPiece, isJson, queryOf } from './curl-data.ts';
import { formParts } from './curl-form.ts';
import { type CurlWord, notTakenOver } from './curl-options.ts';

/** They say what curl prints, keeps or waits for, and change nothing about the request. */
const HARMLESS = new Set(
  `silent show-error verbose include output remote-name remote-header-name remote-name-all remote-time fail fail-with-body fail-early
  progress-bar progress-meter no-progress-meter no-buffer no-clobber buffer write-out dump-header stderr trace trace-ascii trace-config
  trace-time trace-ids styled-output create-dirs output-dir remove-on-error disable parallel parallel-immediate parallel-max
  connect-timeout keepalive keepalive-time tcp-nodelay retry retry-all-errors retry-connrefused retry-delay retry-max-time basic
  http0.9 max-filesize xattr cookie-jar junk-session-cookies use-ascii post301 post302 post303 happy-eyeballs-timeout-ms
  expect100-timeout suppress-connect-headers sessionid alpn npn cert-type key-type ipv4 ipv6 proto proto-default
  tlsv1.2 tlsv1.3 globoff`.split(/\s+/),
);

/** curl's own limit is 50, which is more than a plan may follow. */
const MOST_REDIRECTS = Math.min(50, LIMITS.redirects.most);

/** What the options of one curl line add up to. */
export class CurlRequest {
  readonly #stdin: string | null;
  readonly #headers = new HeaderGatherer();
  readonly #addresses: string[] = [];
  readonly #data: DataPiece[] = [];
  readonly #query: DataPiece[] = [];
  readonly #parts: Part[] = [];
  readonly #cookies: string[] = [];
  readonly #notes: string[] = [];
  readonly #variables: Record<string, string | null> = {};
  readonly #set = new Set<string>();
  #target: Partial<Target> = {};
  #method: string | null = null;
  #upload: string | null = null;
  #redirects = MOST_REDIRECTS;
  #timeout: number | null = null;

  /** @param stdin what is given to the command, a template; null: not known */
  constructor(stdin: string | null) {
    this.#stdin = stdin;
  }

  take(word: CurlWord): void {
    if ('address' in word) {
      this.#addresses.push(word.address);
      return;
    }
    const { name, negated } = word;
    const value = word.value ?? '';
    if (this.#takeContent(name, value) || this.#takeConnection(name, value)) return;
    if (['get', 'head', 'location', 'location-trusted', 'compressed', 'insecure', 'globoff'].includes(name)) {
      if (negated) this.#set.delete(name);
      else this.#set.add(name);
    } else if (!HARMLESS.has(name)) {
      this.#notes.push(notTakenOver(word));
    }
  }

  #takeContent(name: string, value: string): boolean {
    switch (name) {
      case 'url':
        this.#addresses.push(value);
        return true;
      case 'request':
        this.#method = value;
        return true;
      case 'header':
        this.#headers.give(value);
        return true;
      case 'user-agent':
        this.#headers.imply('user-agent', value);
        return true;
      case 'referer':
        this.#headers.imply('referer', value.replace(/;auto$/, ''));
        return true;
      case 'range':
        this.#headers.imply('range', `bytes=${value}`);
        return true;
      case 'oauth2-bearer':
        this.#headers.imply('authorization', `Bearer ${value}`);
        return true;
      case 'user':
        this.#takeUser(value);
        return true;
      case 'cookie':
        if (value.includes('=')) this.#cookies.push(value);
        else this.#notes.push(`The cookies in ${value} were left out; set the header cookie.`);
        return true;
      case 'upload-file':
        this.#upload = value;
        return true;
      case 'form':
      case 'form-string':
        this.#takeForm(value, name === 'form-string');
        return true;
      case 'url-query':
        this.#query.push(dataPiece(name, value, this.#stdin));
        return true;
    }
    if (name !== 'json' && !/^data(?:-ascii|-binary|-raw|-urlencode)?$/.test(name)) return false;
    this.#data.push(dataPiece(name, value, this.#stdin));
    return true;
  }

  #takeConnection(name: string, value: string): boolean {
    switch (name) {
      case 'http2':
        this.#target = { ...this.#target, http: 'auto' };
        return true;
      case 'http2-prior-knowledge':
        this.#target = { ...this.#target, http: '2' };
        return true;
      case 'http1.1':
        this.#target = { ...this.#target, http: '1.1' };
        return true;
      case 'cacert':
      case 'key':
        this.#setTls({ [name === 'key' ? 'key' : 'ca']: this.#fileOf(value) });
        return true;
      case 'cert':
        this.#takeCertificate(value);
        return true;
      case 'unix-socket':
        this.#target = { ...this.#target, socket: this.#fileOf(value) };
        return true;
      case 'max-redirs':
        this.#redirects = Number(value) < 0 ? MOST_REDIRECTS : Math.min(Math.floor(Number(value)) || 0, MOST_REDIRECTS);
        return true;
      case 'max-time':
        this.#timeout = timeoutOf(Number(value) * 1000);
        return true;
    }
    return false;
  }

  #takeUser(credentials: string): void {
    if (!credentials.includes(':')) {
      this.#notes.push('curl asks for the password of -u; without one, no authorization is sent.');
      return;
    }
    const { value, variables, notes } = basicAuthorization(credentials);
    this.#headers.imply('authorization', value);
    Object.assign(this.#variables, variables);
    this.#notes.push(...notes);
  }

  #takeForm(value: string, literalValue: boolean): void {
    const { parts, notes } = formParts(value, literalValue);
    this.#parts.push(...parts);
    this.#notes.push(...notes);
  }

  /** A password may follow the file's name; the colon of a drive is none. */
  #takeCertificate(value: string): void {
    const [, file, password] = /^((?:[A-Za-z]:[\\/])?[^:]*)(?::(.*))?$/.exec(value) ?? [null, value];
    if (password !== undefined) this.#notes.push('The password of --cert was left out: a plan takes keys without one.');
    this.#setTls({ cert: this.#fileOf(file ?? value) });
  }

  #fileOf(value: string): string {
    const plain = plainText(value);
    if (plain === null) this.#notes.push(`${value} names a file by a variable; write its path into the plan.`);
    return plain ?? value;
  }

  #setTls(part: Partial<Target['tls']>): void {
    this.#target = { ...this.#target, tls: { ...NO_TLS, ...this.#target.tls, ...part } };
  }

  /** One request for each address. Throws a {@link PlanError} where there is none, or one that cannot be called. */
  finish(): ImportedRequest[] {
    if (this.#addresses.length === 0)
      throw new PlanError('The curl line has no address. Add one such as http://127.0.0.1:8000/.');
    if (this.#cookies.length > 0) this.#headers.imply('cookie', this.#cookies.join('; '));
    const { cert, key } = this.#target.tls ?? NO_TLS;
    if (cert !== null && key === null) this.#setTls({ key: cert });
    if (this.#set.has('insecure')) this.#setTls({ verify: false });
    if (this.#set.has('compressed')) this.#target = { ...this.#target, compression: true };
    if (this.#set.has('location') || this.#set.has('location-trusted')) {
      this.#target = { ...this.#target, redirects: this.#redirects };
    }
    const content = this.#content();
    const query = this.#queryOf();
    const { headers, target, notes } = this.#headers.finish();
    return this.#addresses.map((address) => ({
      ...bareRequest(this.#urlOf(address, query.text)),
      method: methodOf(this.#methodOf()),
      query: query.query,
      headers,
      body: content,
      variables: this.#variables,
      target: { ...this.#target, ...target },
      timeout: this.#timeout,
      notes: [...this.#notes, ...notes],
    }));
  }

  #methodOf(): string {
    if (this.#method !== null) return this.#method;
    if (this.#set.has('head')) return 'HEAD';
    if (this.#upload !== null) return 'PUT';
    return !this.#set.has('get') && (this.#data.length > 0 || this.#parts.length > 0) ? 'POST' : 'GET';
  }

  #content(): ImportedRequest['body'] {
    if (this.#upload !== null) return { kind: 'file', file: this.#fileOf(this.#upload) };
    if (this.#parts.length > 0) {
      this.#headers.drop('content-type');
      return { kind: 'multipart', parts: this.#parts };
    }
    if (this.#data.length === 0 || this.#set.has('get')) return null;
    const { body, contentType, notes } = bodyOf(this.#data, this.#headers.given('content-type'));
    this.#headers.drop('content-type');
    if (contentType !== null) this.#headers.imply('content-type', contentType);
    if (this.#data.some(isJson)) this.#headers.imply('accept', 'application/json');
    this.#notes.push(...notes);
    return body;
  }

  #queryOf(): ReturnType<typeof queryOf> {
    const pieces = this.#set.has('get') ? [...this.#query, ...this.#data] : this.#query;
    const query = pieces.length === 0 ? { query: {}, text: '', notes: [] } : queryOf(pieces);
    this.#notes.push(...query.notes);
    return query;
  }

  #urlOf(written: string, query: string): string {
    const [base = ''] = withScheme(written.trim()).split('#');
    const template = base.includes('${env.') || base.includes('{{');
    if (!template && !(URL.canParse(base) && /^https?:/i.test(base))) {
      throw new PlanError(
        `curl's address "${cutShort(written)}" is not one of HTTP. Write one such as http://127.0.0.1:8000/predict.`,
      );
    }
    if (!template && !this.#set.has('globoff') && /[{}]|\[[^\]]*-/.test(base.replace(/\/\/\[[^\]]*\]/, '//'))) {
      this.#notes.push(`curl makes several addresses of ${base}; the plan has just this one, as it is written.`);
    }
    if (/^http:/i.test(base) && this.#target.http === 'auto') {
      this.#notes.push(
        'curl offers HTTP/2 without TLS; the plan does not, and uses HTTP/1.1 there. If the server talks nothing else, set http: 2.',
      );
    }
    return query === '' ? base : `${base}${base.includes('?') ? '&' : '?'}${query}`;
  }
}
