import { isJsonObject } from '../plan/json-object.ts';
import { columnRows, listRows, type Shape, unknownRows } from './shape.ts';

const MODEL = /\/v1\/models\/[^/]+(?:\/(?:versions|labels)\/[^/]+)?:(?:predict|classify|regress)$/;

/** TensorFlow Serving's REST API: `instances` in rows, `inputs` in columns, `examples` of classify and regress. */
export const tfServing: Shape = {
  name: 'TensorFlow Serving',
  matches: ({ path, body }) => MODEL.test(path) && body.kind === 'json',
  rows({ body }) {
    const value = body.kind === 'json' ? body.value : null;
    if (!isJsonObject(value)) return unknownRows('The body is no JSON object.');
    const key = ['instances', 'examples', 'inputs'].find((name) => value[name] !== undefined);
    if (key === undefined) return unknownRows('The body has none of "instances", "inputs" and "examples".');
    const put = (rows: unknown) => ({ ...value, [key]: rows });
    const content = value[key];
    return key === 'inputs' && isJsonObject(content) ? columnRows(content, key, put) : listRows(content, key, put);
  },
};
