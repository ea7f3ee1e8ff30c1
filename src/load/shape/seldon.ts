import { isJsonObject } from '../plan/json-object.ts';
import { jsonRows, listRows, type Rows, repeated, type Shape, unknownRows } from './shape.ts';

const PREDICTIONS = /\/api\/v(?:0\.1|1\.0)\/predictions$/;

/** Seldon Core's first protocol; its second is KServe's. */
export const seldon: Shape = {
  name: 'Seldon',
  matches: ({ path, body }) => PREDICTIONS.test(path) && body.kind === 'json',
  rows({ body }) {
    const value = body.kind === 'json' ? body.value : null;
    const data = isJsonObject(value) ? value['data'] : undefined;
    if (!isJsonObject(value) || !isJsonObject(data)) {
      return unknownRows('Only of "data" rows can be told, not of "strData", "binData" or "jsonData".');
    }
    const put = (changed: object) => ({ ...value, data: { ...data, ...changed } });
    if (data['ndarray'] !== undefined) return listRows(data['ndarray'], 'data.ndarray', (ndarray) => put({ ndarray }));
    if (isJsonObject(data['tensor'])) return tensorRows(data['tensor'], (tensor) => put({ tensor }));
    return unknownRows('"data" has neither "ndarray" nor "tensor", so its rows cannot be told.');
  },
};

function tensorRows(tensor: Readonly<Record<string, unknown>>, put: (tensor: object) => unknown): Rows {
  const { shape, values } = tensor as { readonly shape?: unknown; readonly values?: unknown };
  if (!Array.isArray(shape) || !shape.every(Number.isInteger) || !Array.isArray(values)) {
    return unknownRows('"data.tensor" has no "shape" and "values".');
  }
  const [rows, ...inner] = shape as number[];
  if (rows === undefined || rows < 1)
    return unknownRows(`"data.tensor" has the shape [${shape.join(', ')}], which has no rows.`);
  const size = inner.reduce((product, length) => product * length, 1);
  if (values.length !== rows * size) {
    const asked = `its shape [${shape.join(', ')}] asks for ${rows * size}`;
    return unknownRows(`"data.tensor" has ${values.length} values, and ${asked}.`);
  }
  const list = Array.from({ length: rows }, (_, row) => values.slice(row * size, (row + 1) * size) as unknown[]);
  return jsonRows(rows, (count) => put({ ...tensor, shape: [count, ...inner], values: repeated(list, count).flat() }));
}
