import type { GrpcMethod } from '../grpc/grpc-method.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { CompiledBody, SentBody } from './body.ts';
import { compileJson } from './json-template.ts';
import { StepError } from './step-error.ts';

/** The message of a gRPC call, from JSON. Throws a {@link PlanError} for another body, and for what the message cannot hold. */
export function compileGrpcBody(call: GrpcMethod, body: SentBody | null): CompiledBody {
  if (body !== null && body.kind !== 'json') throw new PlanError('What a gRPC call sends is written as json:.');
  const contentType = 'application/grpc';
  const json = compileJson(body?.value ?? {});
  if (json.static) {
    const bytes = call.request(json.value);
    return { static: bytes, contentType, render: () => bytes };
  }
  return {
    static: undefined,
    contentType,
    render(values) {
      try {
        return call.request(json.render(values));
      } catch (error) {
        // What is wrong with it came with the values of this iteration.
        if (error instanceof PlanError) throw new StepError('template', error.message);
        throw error;
      }
    },
  };
}
