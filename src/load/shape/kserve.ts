import { isJsonObject, type JsonObject, parsedJson } from '../plan/json-object.ts';
import { type Rows, repeated, type Shape, ShapeError, unknownRows } from './shape.ts';

const INFER = /\/v2\/models\/[^/]+(?:\/versions\/[^/]+)?\/infer$/;
/** Over gRPC, with the same JSON. */
const CALL = /^\/(?:.*\/)?ModelInfer$/;

/** Bytes of one element; those of BYTES say themselves how long they are. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
};

/**
 * The Open Inference Protocol, version 2, as Triton, KServe, MLServer and OpenVINO speak it: tensors in JSON, or with Triton's extension
 * behind it in binary. The first dimension of every input is the batch.
 */
export const kserve: Shape = {
  name: 'KServe v2',
  matches: ({ path, body }) => (INFER.test(path) || CALL.test(path)) && body.kind !== 'parts',
  metrics: (path) => (CALL.test(path) ? null : path.replace(/(?:\/versions\/[^/]+)?\/infer$/, '/stats')),
  rows({ body, headerLength }) {
    if (body.kind === 'json') return tensorRows(body.value, null);
    if (body.kind === 'parts') return unknownRows('The body is no JSON.');
    if (headerLength === 0) {
      return unknownRows(
        'With Inference-Header-Content-Length: 0 the body is one row, and the server knows its shape.',
        1,
      );
    }
    const { bytes } = body;
    if (headerLength !== null && headerLength > bytes.length) {
      return unknownRows(`Inference-Header-Content-Length is ${headerLength}, and the body has ${bytes.length} bytes.`);
    }
    const json = parsedJson(bytes.toString('utf8', 0, headerLength ?? bytes.length));
    if (json === undefined) return unknownRows('The body is no JSON.');
    return tensorRows(json, headerLength === null ? null : bytes.subarray(headerLength));
  },
};

/** One input with what can be done to it. */
interface Tensor {
  readonly input: JsonObject;
  readonly name: string;
  readonly shape: readonly number[];
  /** Bytes of it behind the JSON; null where its data is in the JSON. */
  readonly binary: Buffer | null;
}

/** @param binary what comes behind the JSON; null where nothing may */
function tensorRows(json: unknown, binary: Buffer | null): Rows {
  try {
    const { request, tensors } = tensorsOf(json, binary);
    const count = batchOf(tensors);
    return {
      count,
      resized(wanted) {
        const parts = tensors.map((tensor) => withRows(tensor, count, wanted));
        const value = { ...request, inputs: parts.map(({ input }) => input) };
        if (binary === null) return { body: { kind: 'json', value }, headerLength: null };
        const head = Buffer.from(JSON.stringify(value));
        const bytes = Buffer.concat([head, ...parts.flatMap(({ binary: part }) => part ?? [])]);
        return { body: { kind: 'bytes', bytes }, headerLength: head.length };
      },
    };
  } catch (error) {
    if (error instanceof ShapeError) return unknownRows(error.message);
    throw error;
  }
}

function tensorsOf(json: unknown, binary: Buffer | null): { request: JsonObject; tensors: Tensor[] } {
  if (!isJsonObject(json) || !Array.isArray(json['inputs']) || json['inputs'].length === 0) {
    throw new ShapeError('The body has no "inputs".');
  }
  let at = 0;
  const tensors = json['inputs'].map((input: unknown, index): Tensor => {
    const name = isJsonObject(input) && typeof input['name'] === 'string' ? input['name'] : `${index + 1}`;
    if (!isJsonObject(input) || !isShape(input['shape'])) throw new ShapeError(`Input "${name}" has no shape.`);
    const parameters = isJsonObject(input['parameters']) ? input['parameters'] : {};
    if (parameters['shared_memory_region'] !== undefined) {
      throw new ShapeError(`Input "${name}" lies in shared memory, which is not in the request.`);
    }
    const size = parameters['binary_data_size'];
    if (size === undefined) return { input, name, shape: input['shape'], binary: null };
    if (binary === null)
      throw new ShapeError(`Input "${name}" has binary_data_size and no Inference-Header-Content-Length.`);
    if (typeof size !== 'number' || at + size > binary.length) {
      throw new ShapeError(`Input "${name}" says it has ${String(size)} bytes, which the body has not.`);
    }
    at += size;
    return { input, name, shape: input['shape'], binary: binary.subarray(at - size, at) };
  });
  if (binary !== null && at !== binary.length) {
    throw new ShapeError(
      `The inputs have ${at} bytes by their binary_data_size, and ${binary.length} follow the JSON.`,
    );
  }
  return { request: json, tensors };
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size >= 0);
}

/** The first dimension of all. */
function batchOf(tensors: readonly Tensor[]): number {
  const [first, ...others] = tensors;
  const batch = first!.shape[0];
  if (batch === undefined)
    throw new ShapeError(`Input "${first!.name}" has the shape [], which has no batch dimension.`);
  const odd = others.find(({ shape }) => shape[0] !== batch);
  if (odd !== undefined) {
    const shapes = `"${first!.name}" has the shape ${shown(first!)} and "${odd.name}" ${shown(odd)}`;
    throw new ShapeError(`Which dimension is the batch cannot be told: ${shapes}.`);
  }
  return batch;
}

function shown({ shape }: Tensor): string {
  return `[${shape.join(', ')}]`;
}

function withRows(tensor: Tensor, rows: number, wanted: number): { input: JsonObject; binary: Buffer | null } {
  const { input, shape, binary } = tensor;
  if (rows === 0) throw new ShapeError(`Input "${tensor.name}" has no row to repeat.`);
  const resized = { ...input, shape: [wanted, ...shape.slice(1)] };
  if (binary === null) return { input: { ...resized, data: dataRows(tensor, wanted) }, binary: null };
  const bytes = Buffer.concat(repeated(binaryRows(tensor, binary), wanted));
  const parameters = { ...(input['parameters'] as JsonObject), binary_data_size: bytes.length };
  return { input: { ...resized, parameters }, binary: bytes };
}

/** Elements of one row. */
function rowSize({ shape }: Tensor): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** In row-major order, flat or nested: the specification allows both. */
function dataRows(tensor: Tensor, wanted: number): unknown[] {
  const { input, name, shape } = tensor;
  const data = input['data'];
  if (!Array.isArray(data)) throw new ShapeError(`Input "${name}" has no data.`);
  if (data.length === shape[0] && data.some(Array.isArray)) return repeated(data, wanted);
  const size = rowSize(tensor);
  const rows = shape[0]!;
  if (data.length !== rows * size) {
    throw new ShapeError(
      `Input "${name}" has ${data.length} elements, and its shape ${shown(tensor)} asks for ${rows * size}.`,
    );
  }
  return repeated(
    Array.from({ length: rows }, (_, row) => data.slice(row * size, (row + 1) * size)),
    wanted,
  ).flat();
}

function binaryRows(tensor: Tensor, binary: Buffer): Buffer[] {
  const { input, name, shape } = tensor;
  const rows = shape[0]!;
  const datatype = String(input['datatype']);
  if (datatype === 'BYTES') return textRowsOf(tensor, binary);
  const size = ELEMENT_BYTES[datatype];
  if (size === undefined) throw new ShapeError(`Input "${name}" has the datatype ${datatype}, which is not known.`);
  const bytes = size * rowSize(tensor);
  if (binary.length !== bytes * rows) {
    throw new ShapeError(
      `Input "${name}" has ${binary.length} bytes, and its shape ${shown(tensor)} of ${datatype} asks for ${bytes * rows}.`,
    );
  }
  return Array.from({ length: rows }, (_, row) => binary.subarray(row * bytes, (row + 1) * bytes));
}

/** Each element after its length, 4 bytes little-endian. */
function textRowsOf(tensor: Tensor, binary: Buffer): Buffer[] {
  const ends: number[] = [];
  for (let at = 0; at < binary.length; ) {
    const end = at + 4 <= binary.length ? at + 4 + binary.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > binary.length) throw new ShapeError(`Input "${tensor.name}" has an element that goes beyond its bytes.`);
    ends.push(end);
    at = end;
  }
  const size = rowSize(tensor);
  const rows = tensor.shape[0]!;
  if (ends.length !== rows * size) {
    throw new ShapeError(
      `Input "${tensor.name}" has ${ends.length} elements, and its shape ${shown(tensor)} asks for ${rows * size}.`,
    );
  }
  const start = (row: number): number => (row * size === 0 ? 0 : ends[row * size - 1]!);
  return Array.from({ length: rows }, (_, row) => binary.subarray(start(row), start(row + 1)));
}
