import type { JsonObject } from '../plan/json-object.ts';
import type { Part } from '../plan/plan.ts';

/** A request's body as shapes look at it. */
export type ShapeBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'parts'; readonly parts: readonly Part[] };

/** A request by what tells its protocol. */
export interface ShapedRequest {
  /** Without the query; behind any prefix that a gateway wants. */
  readonly path: string;
  /** Lower case, without its parameters; null where nothing is said. */
  readonly contentType: string | null;
  /** The value of `Inference-Header-Content-Length`, bytes; null where there is none. */
  readonly headerLength: number | null;
  readonly body: ShapeBody;
}

/** A body with another number of rows. */
export interface ResizedBody {
  readonly body: ShapeBody;
  /** What `Inference-Header-Content-Length` has to be; null where there is none. */
  readonly headerLength: number | null;
}

/** The rows of one request. */
export interface Rows {
  /** null: they cannot be told. */
  readonly count: number | null;
  /** The request with that many: cut, or repeated from the first on. Throws a {@link ShapeError} where that cannot be done. */
  resized(count: number): ResizedBody;
}

/** One protocol. */
export interface Shape {
  /** For people. */
  readonly name: string;
  /** Whether a request is one of its, by path and body. */
  matches(request: ShapedRequest): boolean;
  rows(request: ShapedRequest): Rows;
  /** The path at which servers of the protocol tell of themselves; null where its path does not say. Without it, they do not. */
  metrics?(path: string): string | null;
}

/** Where vLLM, SGLang, text-generation-inference and text-embeddings-inference tell of themselves, in Prometheus' format. */
export const METRICS_PATH = '/metrics';

/** A request whose rows cannot be changed; a sentence that says why, to stand after what was to be done. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Rows that cannot be told from what else is in the body. @param why a sentence */
export function unknownRows(why: string, count: number | null = null): Rows {
  return {
    count,
    resized() {
      throw new ShapeError(why);
    },
  };
}

/** A JSON body of one row that cannot become several. @param why a sentence */
export function oneRow(value: JsonObject, why: string): Rows {
  // What is known only in the request may become a list.
  if (Object.values(value).some((member) => typeof member === 'symbol')) return unknownRows(why);
  const resized = (count: number): ResizedBody => {
    if (count !== 1) throw new ShapeError(why);
    return { body: { kind: 'json', value }, headerLength: null };
  };
  return { count: 1, resized };
}

/** Rows of a JSON body. @param make the value with that many */
export function jsonRows(count: number, make: (count: number) => unknown): Rows {
  return { count, resized: (wanted) => ({ body: { kind: 'json', value: make(wanted) }, headerLength: null }) };
}

/** The first of a list, again from the beginning where they do not suffice. @param list not empty */
export function repeated<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, at) => list[at % list.length]!);
}

/** The rows of one list in a JSON body. @param put the body with another list */
export function listRows(list: unknown, named: string, put: (list: readonly unknown[]) => unknown): Rows {
  if (!Array.isArray(list)) return unknownRows(`"${named}" is no list, so its rows cannot be told.`);
  if (list.length === 0) return unknownRows(`"${named}" is empty: there is no row to repeat.`, 0);
  return jsonRows(list.length, (count) => put(repeated(list, count)));
}

/** A text or a list of them, as embedding servers take either. @param put the body with a list */
export function textRows(texts: unknown, named: string, put: (texts: unknown) => unknown): Rows {
  if (texts === undefined) return unknownRows(`The body has no "${named}".`);
  if (typeof texts === 'symbol') return unknownRows(`"${named}" is known only in the request.`);
  // Numbers are the tokens of one text.
  const isOne = !Array.isArray(texts) || (texts.length > 0 && texts.every((token) => typeof token === 'number'));
  if (!isOne) return listRows(texts, named, put);
  return jsonRows(1, (count) => (count === 1 ? put(texts) : put(repeated([texts], count))));
}

/** Columns of one length, by name. @param put the body with other columns */
export function columnRows(columns: JsonObject, named: string, put: (columns: JsonObject) => unknown): Rows {
  const entries = Object.entries(columns);
  const lengths = new Set(entries.map(([, column]) => (Array.isArray(column) ? column.length : null)));
  const [length] = lengths;
  if (lengths.size !== 1 || length === null || length === undefined) {
    return unknownRows(`What "${named}" holds are no lists of one length, so its rows cannot be told.`);
  }
  if (length === 0) return unknownRows(`The lists of "${named}" are empty: there is no row to repeat.`, 0);
  return jsonRows(length, (count) =>
    put(Object.fromEntries(entries.map(([name, column]) => [name, repeated(column as unknown[], count)]))),
  );
}
