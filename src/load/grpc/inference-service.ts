import { isJsonObject, type JsonObject } from '../plan/json-object.ts';
import { type MessageType, message } from './message-type.ts';
import { exact, type Message, ProtobufError } from './protobuf.ts';

/*
 * The Open Inference Protocol v2 over gRPC, service `inference.GRPCInferenceService`: fields and their numbers are those of its published
 * definition. Tensors are given and shown with their `data`, as over HTTP.
 */

export const INFERENCE_SERVICE = 'inference.GRPCInferenceService';

/** One call: its messages, and how JSON becomes the one and of the other becomes JSON. */
export interface Call {
  readonly request: MessageType;
  readonly response: MessageType;
  written(json: unknown): Message;
  shown(message: Message): unknown;
}

const parameter = message(
  ['bool_param', 1, 'bool'],
  ['int64_param', 2, 'int64'],
  ['string_param', 3, 'string'],
  ['double_param', 4, 'double'],
  ['uint64_param', 5, 'uint64'],
);
const parameters = message(['key', 1, 'string'], ['value', 2, parameter]);
const contents = message(
  ['bool_contents', 1, 'bool', 'repeated'],
  ['int_contents', 2, 'int32', 'repeated'],
  ['int64_contents', 3, 'int64', 'repeated'],
  ['uint_contents', 4, 'uint32', 'repeated'],
  ['uint64_contents', 5, 'uint64', 'repeated'],
  ['fp32_contents', 6, 'float', 'repeated'],
  ['fp64_contents', 7, 'double', 'repeated'],
  ['bytes_contents', 8, 'bytes', 'repeated'],
);
const tensor = message(
  ['name', 1, 'string'],
  ['datatype', 2, 'string'],
  ['shape', 3, 'int64', 'repeated'],
  ['parameters', 4, parameters, 'repeated'],
  ['contents', 5, contents],
);
const wantedOutput = message(['name', 1, 'string'], ['parameters', 2, parameters, 'repeated']);
const inferRequest = message(
  ['model_name', 1, 'string'],
  ['model_version', 2, 'string'],
  ['id', 3, 'string'],
  ['parameters', 4, parameters, 'repeated'],
  ['inputs', 5, tensor, 'repeated'],
  ['outputs', 6, wantedOutput, 'repeated'],
);
const inferResponse = message(
  ['model_name', 1, 'string'],
  ['model_version', 2, 'string'],
  ['id', 3, 'string'],
  ['parameters', 4, parameters, 'repeated'],
  ['outputs', 5, tensor, 'repeated'],
  ['raw_output_contents', 6, 'bytes', 'repeated'],
);
const nothing = message();
const named = message(['name', 1, 'string'], ['version', 2, 'string']);
const tensorMetadata = message(['name', 1, 'string'], ['datatype', 2, 'string'], ['shape', 3, 'int64', 'repeated']);

function plain(request: MessageType, response: MessageType): Call {
  return { request, response, written: (json) => objectOf(json, 'The body'), shown: (answer) => answer };
}

export const INFERENCE_CALLS: Readonly<Record<string, Call>> = {
  ServerLive: withDefault(plain(nothing, message(['live', 1, 'bool'])), 'live'),
  ServerReady: withDefault(plain(nothing, message(['ready', 1, 'bool'])), 'ready'),
  ModelReady: withDefault(plain(named, message(['ready', 1, 'bool'])), 'ready'),
  ServerMetadata: plain(
    nothing,
    message(['name', 1, 'string'], ['version', 2, 'string'], ['extensions', 3, 'string', 'repeated']),
  ),
  ModelMetadata: plain(
    named,
    message(
      ['name', 1, 'string'],
      ['versions', 2, 'string', 'repeated'],
      ['platform', 3, 'string'],
      ['inputs', 4, tensorMetadata, 'repeated'],
      ['outputs', 5, tensorMetadata, 'repeated'],
    ),
  ),
  ModelInfer: { request: inferRequest, response: inferResponse, written: writtenInfer, shown: shownInfer },
};

/** What is false is not on the wire. */
function withDefault(call: Call, name: string): Call {
  return { ...call, shown: (answer) => ({ [name]: false, ...answer }) };
}

function objectOf(json: unknown, what: string): JsonObject {
  if (!isJsonObject(json)) throw new ProtobufError(`${what} must be an object.`);
  return json;
}

function listOf(json: unknown, what: string): readonly unknown[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new ProtobufError(`${what} must be a list.`);
  return json;
}

function writtenInfer(json: unknown): Message {
  const request = objectOf(json, 'The body');
  return {
    ...request,
    parameters: writtenParameters(request['parameters']),
    inputs: listOf(request['inputs'], '"inputs"').map((input) => writtenTensor(objectOf(input, 'An input'))),
    outputs: listOf(request['outputs'], '"outputs"').map((output) => {
      const wanted = objectOf(output, 'An output');
      return { ...wanted, parameters: writtenParameters(wanted['parameters']) };
    }),
  };
}

/** Where a datatype's elements are. Halves of a float have no place but in raw bytes. */
const CONTENTS_OF: Readonly<Record<string, string>> = {
  BOOL: 'bool_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
};

function writtenTensor({ data, parameters, ...input }: JsonObject): Message {
  const written = { ...input, parameters: writtenParameters(parameters) };
  if (data === undefined) return written;
  const field = CONTENTS_OF[String(input['datatype'])];
  if (field === undefined) {
    throw new ProtobufError(
      `Input "${input['name']}" is ${input['datatype']}, of which gRPC takes no list of elements.`,
    );
  }
  const elements = listOf(data, '"data"').flat(Number.POSITIVE_INFINITY);
  return { ...written, contents: { [field]: elements } };
}

function writtenParameters(json: unknown): Message[] {
  if (json === undefined) return [];
  return Object.entries(objectOf(json, '"parameters"')).map(([key, value]) => ({
    key,
    value: writtenParameter(value),
  }));
}

function writtenParameter(value: unknown): Message {
  if (typeof value === 'boolean') return { bool_param: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { int64_param: value } : { double_param: value };
  return { string_param: String(value) };
}

function shownInfer(answer: Message): unknown {
  const raw = (answer['raw_output_contents'] ?? []) as Buffer[];
  const outputs = (answer['outputs'] ?? []) as Message[];
  const { raw_output_contents: _, ...rest } = answer;
  return {
    ...rest,
    ...shownParameters(answer),
    outputs: outputs.map(({ contents: given, ...output }, at) => ({
      ...output,
      ...shownParameters(output),
      data: raw[at] === undefined ? listed(given as Message | undefined) : rawData(String(output['datatype']), raw[at]),
    })),
  };
}

function shownParameters(message: Message): JsonObject {
  const entries = message['parameters'] as { key?: string; value?: Message }[] | undefined;
  if (entries === undefined) return {};
  return {
    parameters: Object.fromEntries(entries.map(({ key = '', value = {} }) => [key, Object.values(value)[0] ?? null])),
  };
}

function listed(given: Message | undefined): unknown[] {
  const [elements] = Object.values(given ?? {}) as unknown[][];
  return (elements ?? []).map((element) => (Buffer.isBuffer(element) ? element.toString() : element));
}

interface RawType {
  readonly bytes: number;
  read(bytes: Buffer, at: number): unknown;
}

const RAW: Readonly<Record<string, RawType>> = {
  BOOL: { bytes: 1, read: (bytes, at) => bytes[at] !== 0 },
  INT8: { bytes: 1, read: (bytes, at) => bytes.readInt8(at) },
  INT16: { bytes: 2, read: (bytes, at) => bytes.readInt16LE(at) },
  INT32: { bytes: 4, read: (bytes, at) => bytes.readInt32LE(at) },
  INT64: { bytes: 8, read: (bytes, at) => exact(bytes.readBigInt64LE(at)) },
  UINT8: { bytes: 1, read: (bytes, at) => bytes[at] },
  UINT16: { bytes: 2, read: (bytes, at) => bytes.readUInt16LE(at) },
  UINT32: { bytes: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  UINT64: { bytes: 8, read: (bytes, at) => exact(bytes.readBigUInt64LE(at)) },
  FP32: { bytes: 4, read: (bytes, at) => bytes.readFloatLE(at) },
  FP64: { bytes: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
};

/** Elements of raw bytes; null for a datatype that is not known, or bytes that are no whole number of them. */
function rawData(datatype: string, bytes: Buffer): unknown[] | null {
  if (datatype === 'BYTES') return rawTexts(bytes);
  const type = RAW[datatype];
  if (type === undefined || bytes.length % type.bytes !== 0) return null;
  return Array.from({ length: bytes.length / type.bytes }, (_, index) => type.read(bytes, index * type.bytes));
}

function rawTexts(bytes: Buffer): string[] | null {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) return null;
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return texts;
}
