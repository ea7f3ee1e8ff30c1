import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { grpcMethod } from '../../src/load/grpc/grpc-method.ts';

// Held against another implementation of Protocol Buffers, which reads and writes by the service's definition.
const options = { keepCase: true, longs: Number, oneofs: true };
const service = loadSync('test/support/inference.proto', options)[
  'inference.GRPCInferenceService'
] as ServiceDefinition;
const method = (name: string) => service[name] as MethodDefinition<object, object>;
const HEAD = 5;

/** What the other implementation reads of a request that we wrote. */
function read(name: string, json: object): Record<string, unknown> {
  const written = grpcMethod(name).request(json);
  assert.equal(written.readUInt32BE(1), written.length - HEAD);
  return method(name).requestDeserialize(written.subarray(HEAD)) as Record<string, unknown>;
}

/** What we make of an answer that it wrote. */
function shown(name: string, message: object): unknown {
  const bytes = method(name).responseSerialize(message);
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(bytes.length, 1);
  return grpcMethod(name).answer(Buffer.concat([head, bytes]));
}

/** By datatype: elements as they are given, and where the definition has them. */
const ELEMENTS = {
  BOOL: ['bool_contents', [true, false]],
  INT8: ['int_contents', [-1, 2]],
  INT16: ['int_contents', [-300, 2]],
  INT32: ['int_contents', [-70_000, 2]],
  INT64: ['int64_contents', [-5_000_000_000, 2]],
  UINT8: ['uint_contents', [1, 2]],
  UINT16: ['uint_contents', [1, 60_000]],
  UINT32: ['uint_contents', [1, 4_000_000_000]],
  UINT64: ['uint64_contents', [1, 5_000_000_000]],
  FP32: ['fp32_contents', [0.5, -2]],
  FP64: ['fp64_contents', [0.1, -2]],
} as const;

describe('a request', () => {
  test('is read by its definition with every field it was given', () => {
    const got = read('ModelInfer', {
      model_name: 'm',
      model_version: '3',
      id: 'r1',
      parameters: { yes: true, whole: 7, half: 0.5, text: 'a' },
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], parameters: { binary: false }, data: [[0.5, 1]] }],
      outputs: [{ name: 'y', parameters: { classes: 2 } }],
    });
    assert.deepEqual([got['model_name'], got['model_version'], got['id']], ['m', '3', 'r1']);
    assert.deepEqual(got['parameters'], {
      yes: { bool_param: true, parameter_choice: 'bool_param' },
      whole: { int64_param: 7, parameter_choice: 'int64_param' },
      half: { double_param: 0.5, parameter_choice: 'double_param' },
      text: { string_param: 'a', parameter_choice: 'string_param' },
    });
    const [input] = got['inputs'] as Record<string, unknown>[];
    assert.deepEqual([input!['name'], input!['datatype'], input!['shape']], ['x', 'FP32', [1, 2]]);
    assert.deepEqual(input!['parameters'], { binary: { bool_param: false, parameter_choice: 'bool_param' } });
    const [output] = got['outputs'] as Record<string, unknown>[];
    assert.equal(output!['name'], 'y');
    assert.deepEqual(output!['parameters'], { classes: { int64_param: 2, parameter_choice: 'int64_param' } });
  });

  test('has the elements of each datatype where it says', () => {
    for (const [datatype, [field, data]] of Object.entries(ELEMENTS)) {
      const got = read('ModelInfer', { inputs: [{ name: 'x', datatype, shape: [2], data }] });
      const [input] = got['inputs'] as { contents: object }[];
      assert.deepEqual(input!.contents, { [field]: data }, datatype);
    }
    const texts = read('ModelInfer', { inputs: [{ name: 'x', datatype: 'BYTES', shape: [1], data: ['grüße'] }] });
    const [input] = texts['inputs'] as { contents: { bytes_contents: Buffer[] } }[];
    assert.equal(input!.contents.bytes_contents[0]!.toString(), 'grüße');
  });

  test('of a model names it with its version', () => {
    const named = { name: 'm', version: '3' };
    for (const name of ['ModelReady', 'ModelMetadata']) assert.deepEqual(read(name, named), named, name);
  });
});

describe('an answer', () => {
  test('is shown with every field that it has, its elements as data', () => {
    const parameters = {
      yes: { bool_param: true },
      whole: { int64_param: 7 },
      text: { string_param: 'a' },
      half: { double_param: 0.5 },
      large: { uint64_param: 9 },
    };
    const outputs = Object.entries(ELEMENTS).map(([datatype, [field, data]]) => {
      return { name: datatype, datatype, shape: [2], parameters, contents: { [field]: data } };
    });
    const told = { yes: true, whole: 7, text: 'a', half: 0.5, large: 9 };
    assert.deepEqual(shown('ModelInfer', { model_name: 'm', model_version: '3', id: 'r1', parameters, outputs }), {
      model_name: 'm',
      model_version: '3',
      id: 'r1',
      parameters: told,
      outputs: Object.entries(ELEMENTS).map(([datatype, [, data]]) => {
        return { name: datatype, datatype, shape: [2], parameters: told, data };
      }),
    });
  });

  test('of the server and of its models is shown as it is', () => {
    const metadata = { name: 'triton', version: '2.1', extensions: ['classification'] };
    assert.deepEqual(shown('ServerMetadata', metadata), metadata);
    const tensors = [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }];
    const model = { name: 'm', versions: ['1', '2'], platform: 'onnx', inputs: tensors, outputs: tensors };
    assert.deepEqual(shown('ModelMetadata', model), model);
    assert.deepEqual(shown('ServerReady', { ready: true }), { ready: true });
    assert.deepEqual(shown('ModelReady', { ready: false }), { ready: false });
    assert.deepEqual(shown('ServerLive', { live: true }), { live: true });
  });
});
