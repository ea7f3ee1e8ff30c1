import { parsedJson } from '../plan/json-object.ts';
import { isWithin, LIMITS, rangeText } from '../plan/limits.ts';
import { literal } from '../plan/plain-plan.ts';
import type { Step, Target } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import { LINES } from '../shape/invocations.ts';
import { shapeAskedFor, shapeOf } from '../shape/recognise.ts';
import { type Rows, type Shape, type ShapeBody, type ShapedRequest, ShapeError } from '../shape/shape.ts';
import type { SentBody } from './body.ts';
import { mediaTypeOf } from './media-type.ts';
import { planBytes } from './plan-bytes.ts';
import { compileTemplate } from './template.ts';

const HEADER_LENGTH = 'inference-header-content-length';
/** A body whose rows only the iteration knows is parsed up to this size. */
const PARSED_BYTES = 256 * 1024;

/** A step as it is sent. */
export type SentStep = Omit<Step, 'body'> & { readonly body: SentBody | null };

/** Rows of what a step sends; NaN where they cannot be told. */
export interface StepSize {
  /** The same in every iteration; null: it depends on what was rendered. */
  readonly fixed: number | null;
  of(body: Buffer | null): number;
}

/** The API of a step with its address; null where it is not known. Reads the body's file. Throws a {@link PlanError}. */
export function shapeOfStep(step: Step, target: Target): { readonly shape: Shape; readonly url: URL } | null {
  const request = requestOf(step, target);
  const shape = request === null ? null : shapeOf(request);
  return shape === null ? null : { shape, url: new URL(step.url, target.url) };
}

/** How many rows a step's requests have; null where its API is not known. Reads the body's file. Throws a {@link PlanError}. */
export function sizeOf(step: Step, target: Target): StepSize | null {
  const request = requestOf(step, target);
  if (request === null) return null;
  const shape = step.batch === null ? shapeOf(request) : shapeAskedFor(request);
  if (shape === null) return null;
  const { count } = shape.rows({ ...request, body: withoutPlaceholders(request.body) });
  if (count === null && hasPlaceholders(request.body)) {
    return { fixed: null, of: (body) => renderedRows(shape, request, body) };
  }
  const fixed = count ?? NaN;
  return { fixed, of: () => fixed };
}

function renderedRows(shape: Shape, request: ShapedRequest, body: Buffer | null): number {
  if (body === null || body.length > PARSED_BYTES) return NaN;
  const value = parsedJson(body.toString());
  return value === undefined ? NaN : (shape.rows({ ...request, body: { kind: 'json', value } }).count ?? NaN);
}

/**
 * The step with as many rows in its body. Throws a {@link PlanError} that says why where that cannot be done.
 *
 * @param count whole, at least 1
 */
export function resizedStep(step: Step, target: Target, count: number): SentStep {
  const request = requestOf(step, target);
  if (request === null) {
    throw new PlanError(
      'batch needs a body whose rows can be told: JSON, a form with images, or a file. Write JSON as json:, with placeholders in its texts.',
    );
  }
  const { body, headerLength } = resized(rowsOf(request), count);
  const headers =
    headerLength === null
      ? step.headers
      : {
          ...Object.fromEntries(Object.entries(step.headers).filter(([name]) => name.toLowerCase() !== HEADER_LENGTH)),
          [HEADER_LENGTH]: String(headerLength),
        };
  return { ...step, headers, body: sentBody(body, request.contentType) };
}

function rowsOf(request: ShapedRequest): Rows {
  const shape = shapeAskedFor(request);
  if (shape !== null) return shape.rows(request);
  throw new PlanError(`batch: what ${request.path} takes is not known, and the body is no JSON.`);
}

function resized(rows: Rows, count: number): ReturnType<Rows['resized']> {
  try {
    return rows.resized(count);
  } catch (error) {
    if (error instanceof ShapeError) throw new PlanError(`batch: ${error.message}`);
    throw error;
  }
}

/** A step's number of rows. Throws a {@link PlanError} for what is none. */
export function batchSize(text: string): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (isWithin(LIMITS.batch, count)) return count;
  throw new PlanError(`batch must be ${rangeText(LIMITS.batch)}, not "${text}".`);
}

function sentBody(body: ShapeBody, contentType: string | null): SentBody {
  switch (body.kind) {
    case 'json':
      return { kind: 'json', value: body.value };
    case 'parts':
      return { kind: 'multipart', parts: body.parts };
    case 'bytes':
      return { kind: 'bytes', bytes: body.bytes, contentType };
  }
}

/** What shapes look at; null where there is no body, or none that can be read before it is rendered. */
function requestOf(step: Step, target: Target): ShapedRequest | null {
  const { body } = step;
  const url = URL.canParse(step.url, target.url) ? new URL(step.url, target.url) : null;
  if (body === null || body.kind === 'form' || url === null) return null;
  const header = (name: string): string | null => {
    const named = Object.entries({ ...target.headers, ...step.headers }).findLast(
      ([key]) => key.toLowerCase() === name,
    );
    return named?.[1] ?? null;
  };
  const written = header('content-type') ?? (body.kind === 'file' ? mediaTypeOf(body.file) : null);
  const contentType = written?.replace(/;.*$/, '').trim().toLowerCase() ?? null;
  const length = Number(header(HEADER_LENGTH) ?? NaN);
  const headerLength = Number.isInteger(length) && length >= 0 ? length : null;
  const shaped = shapeBody(body, contentType, headerLength);
  return shaped === null ? null : { path: url.pathname, contentType, headerLength, body: shaped };
}

function shapeBody(
  body: Exclude<Step['body'], null | { readonly kind: 'form' }>,
  contentType: string | null,
  headerLength: number | null,
): ShapeBody | null {
  // One line of JSON is JSON, and a row all the same.
  const isLines = contentType !== null && LINES.has(contentType);
  switch (body.kind) {
    case 'json':
      return { kind: 'json', value: body.value };
    case 'multipart':
      return { kind: 'parts', parts: body.parts };
    case 'text': {
      const value = isLines ? undefined : parsedJson(body.text);
      if (value !== undefined) return { kind: 'json', value };
      const template = compileTemplate(body.text);
      return template.static ? { kind: 'bytes', bytes: Buffer.from(template.text) } : null;
    }
    case 'file': {
      const bytes = planBytes(body.file);
      const mayBeJson = headerLength === null && !isLines && contentType?.startsWith('image/') !== true;
      const value = mayBeJson ? parsedJson(bytes.toString()) : undefined;
      return value === undefined ? { kind: 'bytes', bytes } : { kind: 'json', value: literalTexts(value) };
    }
  }
}

/** A value whose texts, as templates, mean just themselves. */
function literalTexts(value: unknown): unknown {
  return mapTexts(value, literal);
}

/** With a symbol for every text that is nothing but a placeholder: it may become a list. */
function withoutPlaceholders(body: ShapeBody): ShapeBody {
  if (body.kind !== 'json') return body;
  return { kind: 'json', value: mapTexts(body.value, (text) => (isPlaceholder(text) ? Symbol(text) : text)) };
}

function hasPlaceholders(body: ShapeBody): boolean {
  return body.kind === 'json' && JSON.stringify(body.value).includes('${');
}

function isPlaceholder(text: string): boolean {
  const template = compileTemplate(text);
  return !template.static && template.parts.length === 1;
}

function mapTexts(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => mapTexts(member, change));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member, change)]));
}
