import { decodePercent } from '../scenario/percent-encoding.ts';

/** By their numbers. */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/**
 * What a gRPC answer says of itself: null where it is well, else `UNAVAILABLE: no model`. @param field of its trailers, or of its headers
 * where nothing else came
 */
export function grpcFault(field: (name: string) => string | undefined): string | null {
  const status = field('grpc-status');
  if (status === undefined) return 'no gRPC status came: it is no gRPC server, or something between is none.';
  if (status === '0') return null;
  const message = decodePercent(field('grpc-message') ?? '');
  return `${NAMES[Number(status)] ?? `gRPC status ${status}`}${message === '' ? '' : `: ${message}`}`;
}
