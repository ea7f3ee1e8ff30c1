import type { Call } from './inference-service.ts';
import { message } from './message-type.ts';
import type { Message } from './protobuf.ts';

/** gRPC's own service by which servers tell what services they have. */
export const REFLECTION_SERVICE = 'grpc.reflection.v1.ServerReflection';

export const REFLECTION_CALLS: Readonly<Record<string, Call>> = {
  ServerReflectionInfo: {
    request: message(['host', 1, 'string'], ['list_services', 7, 'string']),
    response: message([
      'list_services_response',
      6,
      message(['service', 1, message(['name', 1, 'string']), 'repeated']),
    ]),
    written: () => ({ list_services: '' }),
    shown: (answer) => {
      const { service = [] } = (answer['list_services_response'] ?? {}) as { service?: Message[] };
      return { services: service.map(({ name }) => name) };
    },
  },
};
