import { knownNames } from '../plan/nearest.ts';
import { PlanError } from '../plan/plan-error.ts';
import { type Call, INFERENCE_CALLS, INFERENCE_SERVICE } from './inference-service.ts';
import { decodeMessage, encodeMessage, ProtobufError } from './protobuf.ts';
import { REFLECTION_CALLS, REFLECTION_SERVICE } from './reflection-service.ts';

/** A method of a gRPC service, called with one message and answered with one. */
export interface GrpcMethod {
  /** Of the HTTP/2 request. */
  readonly path: string;
  /** The body of a request. Throws a {@link PlanError} for what the method's message cannot hold. */
  request(json: unknown): Buffer;
  /** What an answer's body says. Throws an Error with a sentence where it is no message of the method. */
  answer(body: Buffer): unknown;
}

const SERVICES: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  [INFERENCE_SERVICE]: INFERENCE_CALLS,
  [REFLECTION_SERVICE]: REFLECTION_CALLS,
};

/** @param written `ModelInfer`, or with its service `inference.GRPCInferenceService/ModelInfer`. Throws a {@link PlanError}. */
export function grpcMethod(written: string): GrpcMethod {
  const [name, service = INFERENCE_SERVICE] = written.replace(/^\//, '').split('/').toReversed() as [string, string?];
  const calls = Object.hasOwn(SERVICES, service) ? SERVICES[service]! : null;
  if (calls === null)
    throw new PlanError(`"${service}" is not a gRPC service that is known here, as ${INFERENCE_SERVICE} is.`);
  const call = Object.hasOwn(calls, name) ? calls[name]! : null;
  if (call === null)
    throw new PlanError(`"${name}" is not a method of ${service}; ${knownNames(name, Object.keys(calls))}`);
  return {
    path: `/${service}/${name}`,
    request(json) {
      try {
        return framed(encodeMessage(call.request, call.written(json)));
      } catch (error) {
        if (error instanceof ProtobufError) throw new PlanError(error.message);
        throw error;
      }
    },
    answer: (body) => call.shown(decodeMessage(call.response, unframed(body))),
  };
}

const PREFIX_BYTES = 5;

/** A message goes after a byte that says it is not compressed, and its length. */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function unframed(body: Buffer): Buffer {
  if (body.length < PREFIX_BYTES) throw new Error('The answer has no message.');
  if (body[0] !== 0) throw new Error('The answer is compressed, which was not asked for.');
  const end = PREFIX_BYTES + body.readUInt32BE(1);
  if (end > body.length) throw new Error('The answer ends within its message.');
  return body.subarray(PREFIX_BYTES, end);
}
