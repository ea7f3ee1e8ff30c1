import { isJsonObject, type JsonObject } from '../plan/json-object.ts';
import {
  columnRows,
  jsonRows,
  listRows,
  type Rows,
  repeated,
  type Shape,
  type ShapedRequest,
  textRows,
  unknownRows,
} from './shape.ts';

/** Content types whose rows are lines. */
export const LINES: ReadonlySet<string> = new Set([
  'text/csv',
  'application/jsonlines',
  'application/jsonl',
  'application/x-ndjson',
  'text/libsvm',
  'text/x-libsvm',
]);

/** `/invocations`, as MLflow's scoring server and SageMaker's containers answer it: JSON in several forms, or lines of CSV, JSON, LIBSVM. */
export const invocations: Shape = {
  name: '/invocations',
  matches: ({ path, body }) => path.endsWith('/invocations') && body.kind !== 'parts',
  rows(request) {
    const { body } = request;
    if (body.kind === 'json') return bodyRows(body.value);
    return body.kind === 'bytes' ? lineRows(request, body.bytes) : unknownRows('The body is neither JSON nor lines.');
  },
};

function bodyRows(value: unknown): Rows {
  if (Array.isArray(value)) return listRows(value, 'body', (rows) => rows);
  if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
  const put = (name: string) => (rows: unknown) => ({ ...value, [name]: rows });
  if (isJsonObject(value['dataframe_split'])) return splitRows(value['dataframe_split'], put('dataframe_split'));
  for (const name of ['dataframe_records', 'instances']) {
    if (value[name] !== undefined) return listRows(value[name], name, put(name));
  }
  const { inputs } = value as { readonly inputs?: unknown };
  if (isJsonObject(inputs)) return columnRows(inputs, 'inputs', put('inputs'));
  if (inputs !== undefined) return textRows(inputs, 'inputs', put('inputs'));
  return unknownRows('The body has none of "dataframe_split", "dataframe_records", "instances" and "inputs".');
}

/** As pandas writes a frame with `orient="split"`. */
function splitRows(split: JsonObject, put: (split: unknown) => unknown): Rows {
  const { data, index } = split as { readonly data?: unknown; readonly index?: unknown };
  if (!Array.isArray(data) || data.length === 0) return listRows(data, 'dataframe_split.data', (rows) => rows);
  return jsonRows(data.length, (count) =>
    put({
      ...split,
      data: repeated(data as unknown[], count),
      ...(index === undefined ? {} : { index: Array.from({ length: count }, (_, row) => row) }),
    }),
  );
}

function lineRows({ contentType }: ShapedRequest, bytes: Buffer): Rows {
  if (contentType === null || !LINES.has(contentType)) {
    return unknownRows('The content type is neither JSON nor one of lines, such as text/csv.');
  }
  const lines = bytes.toString().split(/\r?\n/);
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  if (lines.some((line) => line.includes('"')) && contentType === 'text/csv') {
    return unknownRows('The CSV has quotes, within which a line may go on.');
  }
  const header = contentType === 'text/csv' && hasHeader(lines) ? lines.splice(0, 1) : [];
  if (lines.length === 0) return unknownRows('The body has no rows to repeat.', 0);
  return {
    count: lines.length,
    resized: (count) => {
      const text = [...header, ...repeated(lines, count)].join('\n') + (ended ? '\n' : '');
      return { body: { kind: 'bytes', bytes: Buffer.from(text) }, headerLength: null };
    },
  };
}

/** MLflow wants a header, SageMaker's own algorithms none: it is one where no cell of it is a number, and one below it is. */
function hasHeader(lines: readonly string[]): boolean {
  const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));
  const [first, ...others] = lines.map((line) => line.split(','));
  return first !== undefined && !first.some(isNumber) && others.some((cells) => cells.some(isNumber));
}
