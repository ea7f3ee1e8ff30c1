import path from 'node:path';
import {
  type handleUnaryCall,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** What another implementation of Protocol Buffers reads of a request. */
export type Received = Readonly<Record<string, unknown>>;

export interface GrpcStub {
  readonly port: number;
  readonly received: readonly Received[];
  stop(): void;
}

/**
 * `inference.GRPCInferenceService` on gRPC's own library, with reflection. ModelInfer adds up each row of its first input (FP32) and gives
 * the sums as raw bytes, or with the model `typed` as contents; the model `none` is not there, `broken` fails while it works. Without
 * `inference` the server has another service only.
 */
export async function startGrpcStub(inference = true): Promise<GrpcStub> {
  const definition = loadSync(path.resolve('test/support/inference.proto'), {
    keepCase: true,
    longs: Number,
    oneofs: true,
  });
  const received: Received[] = [];
  const server = new Server({ 'grpc.max_concurrent_streams': 1000 });
  const answer =
    (make: (request: Received) => Received): handleUnaryCall<Received, Received> =>
    (call, callback) => {
      received.push(call.request);
      const model = call.request['model_name'] ?? call.request['name'];
      if (model === 'none') callback({ code: status.NOT_FOUND, details: 'Kein Modell „none“' });
      else if (model === 'broken') callback({ code: status.UNAVAILABLE });
      else callback(null, make(call.request));
    };
  if (inference) {
    server.addService(serviceOf(definition), {
      ServerLive: answer(() => ({ live: true })),
      ServerReady: answer(() => ({ ready: false })),
      ModelReady: answer(() => ({ ready: true })),
      ServerMetadata: answer(() => ({ name: 'stub', version: '1', extensions: ['a', 'b'] })),
      ModelMetadata: answer(({ name }) => ({
        name,
        versions: ['1'],
        platform: 'stub',
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3] }],
      })),
      ModelInfer: answer(sums),
    });
  }
  new ReflectionService(definition).addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, found: number): void => (error === null ? resolve(found) : reject(error));
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
  });
  return { port, received, stop: () => server.forceShutdown() };
}

function serviceOf(definition: PackageDefinition): ServiceDefinition {
  const { inference } = loadPackageDefinition(definition) as unknown as {
    inference: { GRPCInferenceService: { service: ServiceDefinition } };
  };
  return inference.GRPCInferenceService.service;
}

interface Input {
  readonly shape: readonly number[];
  readonly contents: { readonly fp32_contents: readonly number[] };
}

function sums(request: Received): Received {
  const [{ shape, contents }] = request['inputs'] as [Input];
  const [rows, width] = shape as [number, number];
  const values = Array.from({ length: rows }, (_, row) =>
    contents.fp32_contents.slice(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
  );
  const typed = request['model_name'] === 'typed';
  const output = { name: 'sum', datatype: 'FP32', shape: [rows, 1] };
  return {
    model_name: request['model_name'],
    model_version: '1',
    id: request['id'],
    parameters: { rows: { int64_param: rows }, note: { string_param: 'ok' } },
    outputs: [typed ? { ...output, contents: { fp32_contents: values } } : output],
    raw_output_contents: typed ? [] : [Buffer.from(Float32Array.from(values).buffer)],
  };
}
