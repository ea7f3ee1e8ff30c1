import { isJsonObject, type JsonObject } from '../plan/json-object.ts';
import { jsonRows, listRows, oneRow, type Rows, repeated, type Shape, unknownRows } from './shape.ts';

const ROUTE = /\/(?:predict|predictions|predict_batch|classify|infer|inference|encode|score|run|summarize)$/;

/**
 * What services on BentoML, LitServe, FastAPI or Flask take by custom: a list of rows, or an object with such a list under a name of its
 * own. Rows are lists, objects or texts. A list of numbers may be one row or many; an object without a list is one item, as LitServe,
 * which makes batches itself, takes it.
 */
export const predict: Shape = {
  name: 'BentoML, LitServe and such',
  matches: ({ path, body }) => ROUTE.test(path) && body.kind === 'json' && !hasMessages(body.value),
  rows({ body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (Array.isArray(value)) return isRowList(value) ? listRows(value, 'body', (rows) => rows) : numbers('The body');
    if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
    // Vertex AI's and older TensorFlow's form, in which a number may be a row.
    const { instances } = value as { readonly instances?: unknown };
    if (instances !== undefined) return listRows(instances, 'instances', (rows) => ({ ...value, instances: rows }));
    return objectRows(value);
  },
};

function hasMessages(value: unknown): boolean {
  return isJsonObject(value) && value['messages'] !== undefined;
}

function objectRows(value: JsonObject): Rows {
  const lists = Object.entries(value).filter(([, member]) => Array.isArray(member)) as [string, unknown[]][];
  const rowLists = lists.filter(([, list]) => isRowList(list));
  const [first] = rowLists;
  if (first === undefined) {
    const [flat] = lists;
    return flat === undefined
      ? oneRow(value, 'The body is one item, without a list of rows.')
      : numbers(`"${flat[0]}"`);
  }
  const odd = rowLists.find(([, list]) => list.length !== first[1].length);
  if (odd !== undefined) {
    const lengths = `"${first[0]}" has ${first[1].length} and "${odd[0]}" ${odd[1].length}`;
    return unknownRows(`Which list holds the rows cannot be told: ${lengths}.`);
  }
  return jsonRows(first[1].length, (count) => ({
    ...value,
    ...Object.fromEntries(rowLists.map(([name, list]) => [name, repeated(list, count)])),
  }));
}

function isRowList(list: readonly unknown[]): boolean {
  const isRow = (row: unknown): boolean => typeof row === 'string' || (typeof row === 'object' && row !== null);
  return list.length > 0 && list.every(isRow);
}

function numbers(named: string): Rows {
  return unknownRows(`${named} is a list of numbers, which may be one row or many. Write rows as lists: [[1, 2, 3]].`);
}
