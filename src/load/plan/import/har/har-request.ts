import { mediaTypeOf } from '../../../scenario/media-type.ts';
import { literal } from '../../plain-plan.ts';
import type { Body, Part, Target } from '../../plan.ts';
import { HeaderGatherer } from '../header-gatherer.ts';
import { bareRequest, type ImportedRequest, methodOf } from '../imported-request.ts';
import { bodyOfText } from '../text-body.ts';
import type { HarRequest } from './har-archive.ts';

/**
 * What a browser says of itself and its page, and what spares it an answer it has already: no part of what is asked, and the same
 * headers again and again would have the server answer 304 with nothing.
 */
const OF_THE_BROWSER =
  /^(?::.*|sec-.*|user-agent|accept-language|referer|dnt|priority|pragma|cache-control|upgrade-insecure-requests|if-none-match|if-modified-since|x-client-data)$/;

/** A request as it was recorded, with the names of the headers that were left out because a browser made them. */
export interface RecordedRequest {
  readonly request: ImportedRequest;
  readonly browsers: readonly string[];
}

/** Throws a `PlanError` for a method that no plan can send. */
export function recordedRequest({
  method,
  url,
  httpVersion,
  headers,
  queryString,
  cookies,
  postData,
}: HarRequest): RecordedRequest {
  const gathered = new HeaderGatherer();
  const browsers: string[] = [];
  for (const { name, value } of headers) {
    const known = name.toLowerCase();
    if (OF_THE_BROWSER.test(known)) {
      if (!known.startsWith(':')) browsers.push(known);
    } else if (known !== 'content-type' && !isUsual(known, value, url)) gathered.give(`${known}: ${literal(value)}`);
  }
  if (gathered.given('cookie') === null && cookies.length > 0) {
    gathered.set('cookie', literal(cookies.map(({ name, value }) => `${name}=${value}`).join('; ')));
  }
  const declared = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
  const { body, contentType, notes } = bodyOf(postData ?? null, declared);
  if (contentType !== null) gathered.set('content-type', contentType);
  const finished = gathered.finish();
  return {
    request: {
      ...bareRequest(literal(url.replace(/#.*$/s, ''))),
      method: methodOf(method),
      query: url.includes('?')
        ? {}
        : Object.fromEntries(queryString.map(({ name, value }) => [name, literal(decoded(value))])),
      headers: finished.headers,
      body,
      target: { ...finished.target, ...versionOf(httpVersion, url) },
      notes: [...finished.notes, ...notes],
    },
    browsers,
  };
}

/** What is sent anyway. */
function isUsual(name: string, value: string, url: string): boolean {
  if (name === 'accept') return value === '*/*';
  return name === 'host' && URL.canParse(url) && new URL(url).host === value.toLowerCase();
}

function versionOf(httpVersion: string, url: string): Partial<Target> {
  return /^(?:h2|h3|http\/[23])/i.test(httpVersion) && url.startsWith('https:') ? { http: 'auto' } : {};
}

function bodyOf(
  data: NonNullable<HarRequest['postData']> | null,
  declared: string | null,
): { body: Body | null; contentType: string | null; notes: string[] } {
  if (data === null) return { body: null, contentType: declared && literal(declared), notes: [] };
  const type = literal(declared ?? data.mimeType);
  if (/^multipart\/form-data/i.test(type) && data.params.length > 0)
    return { ...partsOf(data.params), contentType: null };
  const written = data.text ?? '';
  const text = data.encoding === 'base64' ? decodedBase64(written) : written;
  if (text === null) {
    return {
      body: null,
      contentType: null,
      notes: ['The body is not text and was left out: name a file in its place.'],
    };
  }
  if (text !== '') return { ...bodyOfText(literal(text), type === '' ? null : type), notes: [] };
  if (data.params.length === 0) return { body: null, contentType: type === '' ? null : type, notes: [] };
  const pairs = data.params.map(({ name, value }): [string, string] => [decoded(name), decoded(value ?? '')]);
  const form = new URLSearchParams(pairs).toString();
  return { ...bodyOfText(literal(form), type === '' ? 'application/x-www-form-urlencoded' : type), notes: [] };
}

function partsOf(params: NonNullable<HarRequest['postData']>['params']): { body: Body; notes: string[] } {
  const notes: string[] = [];
  const parts = params.map(({ name, value, fileName, contentType }): Part => {
    if (!fileName) return { name, value: literal(value ?? '') };
    // A recording from elsewhere is not to say which file of this machine is sent.
    const file = fileName.replace(/^.*[\\/]/s, '');
    notes.push(`What is in ${file} is not in the recording: put the file beside the plan.`);
    return { name, file, filename: literal(file), type: contentType || mediaTypeOf(file) };
  });
  return { body: { kind: 'multipart', parts }, notes };
}

/** null: it is no text. */
function decodedBase64(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
  } catch {
    return null;
  }
}

/** Some that record write what was sent, and some what it means. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
