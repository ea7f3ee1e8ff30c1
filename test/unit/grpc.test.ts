import assert from 'node:assert/strict';
import test from 'node:test';
import { grpcMethod } from '../../src/load/grpc/grpc-method.ts';
import { grpcFault } from '../../src/load/grpc/grpc-status.ts';
import { message } from '../../src/load/grpc/message-type.ts';
import { decodeMessage, encodeMessage, ProtobufError } from '../../src/load/grpc/protobuf.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

const inner = message(['a', 1, 'int32']);
const type = message(
  ['number', 1, 'int32'],
  ['text', 2, 'string'],
  ['inner', 3, inner],
  ['packed', 4, 'int32', 'repeated'],
  ['big', 16, 'uint64'],
  ['texts', 5, 'string', 'repeated'],
  ['float', 6, 'float'],
);

test('messages are the bytes that the documentation of Protocol Buffers gives', () => {
  const bytes = (value: Record<string, unknown>): string => encodeMessage(type, value).toString('hex');
  assert.equal(bytes({ number: 150 }), '089601');
  assert.equal(bytes({ text: 'testing' }), '120774657374696e67');
  assert.equal(bytes({ inner: { a: 150 } }), '1a03089601');
  assert.equal(bytes({ packed: [3, 270, 86_942] }), '2206038e029ea705');
  assert.equal(bytes({ number: -1 }), '08ffffffffffffffffff01');
  assert.equal(bytes({ big: '18446744073709551615' }), '8001ffffffffffffffffff01');
});

test('what was written is read back; what is unknown is passed over', () => {
  const value = { number: -5, text: 'grüße', inner: { a: 1 }, packed: [1, -2], big: 7, texts: ['x', ''], float: 0.5 };
  assert.deepEqual(decodeMessage(type, encodeMessage(type, value)), value);
  const narrow = message(['text', 2, 'string']);
  assert.deepEqual(decodeMessage(narrow, encodeMessage(type, value)), { text: 'grüße' });
  // A list of numbers may also come one by one.
  assert.deepEqual(decodeMessage(type, Buffer.from('20032004', 'hex')), { packed: [3, 4] });
  assert.deepEqual(decodeMessage(type, encodeMessage(type, { big: 2n ** 63n })), { big: '9223372036854775808' });
});

test('a long list that comes one by one takes a time in proportion to its length', () => {
  const began = performance.now();
  const { packed } = decodeMessage(type, Buffer.from('2003'.repeat(200_000), 'hex'));
  assert.equal((packed as unknown[]).length, 200_000);
  assert.ok(performance.now() - began < 2000);
});

test('what is no message, and what a field cannot hold, is said', () => {
  for (const hex of ['08', '0a05', '1205ab', '0bff', `08${'ff'.repeat(11)}`, '0d00000000']) {
    assert.throws(() => decodeMessage(type, Buffer.from(hex, 'hex')), ProtobufError, hex);
  }
  const wrong = [
    { number: 1.5 },
    { number: 2 ** 31 },
    { big: -1 },
    { text: 3 },
    { inner: 3 },
    { packed: 3 },
    { packed: ['x'] },
    { float: '1' },
    { other: 1 },
  ];
  for (const value of wrong) assert.throws(() => encodeMessage(type, value), ProtobufError, JSON.stringify(value));
});

test('a method is known by its name, with its service or without', () => {
  assert.equal(grpcMethod('ServerLive').path, '/inference.GRPCInferenceService/ServerLive');
  assert.equal(
    grpcMethod('/inference.GRPCInferenceService/ModelInfer').path,
    '/inference.GRPCInferenceService/ModelInfer',
  );
  assert.equal(grpcMethod('ServerLive').request({}).toString('hex'), '0000000000');
  assert.deepEqual(grpcMethod('ServerLive').answer(Buffer.from('0000000000', 'hex')), { live: false });
  assert.throws(() => grpcMethod('ModelInfr'), /did you mean "ModelInfer"/);
  assert.throws(() => grpcMethod('shop.Cart/Add'), PlanError);
  const half = { inputs: [{ name: 'x', datatype: 'FP16', shape: [1], data: [1] }] };
  assert.throws(() => grpcMethod('ModelInfer').request(half), /"x" is FP16/);
  for (const hex of ['', '00000000', '0000000001', '010000000000']) {
    assert.throws(() => grpcMethod('ServerLive').answer(Buffer.from(hex, 'hex')), Error, hex);
  }
});

test('a status is said in gRPC’s words', () => {
  const of = (fields: Record<string, string>) => grpcFault((name) => fields[name]);
  assert.equal(of({ 'grpc-status': '0' }), null);
  assert.equal(of({ 'grpc-status': '14', 'grpc-message': 'no%20model %' }), 'UNAVAILABLE: no%20model %');
  assert.equal(of({ 'grpc-status': '5', 'grpc-message': 'no%20model' }), 'NOT_FOUND: no model');
  assert.equal(of({ 'grpc-status': '99' }), 'gRPC status 99');
  assert.match(of({})!, /no gRPC status came/);
});
