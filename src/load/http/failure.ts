import type { ExchangeOutcome } from './exchange.ts';
import { tlsFailure } from './tls-failure.ts';

/** A request that was sent, or meant to be, and got no good answer. */
export interface Failure {
  readonly outcome: ExchangeOutcome;
  /** For a person: what happened. */
  readonly text: string;
}

const RESET_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);
const TIMEOUT_CODES = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Sorts an error of undici or the socket below it by kind. */
export function failureOf(error: unknown): Failure {
  const codes = codesOf(error);
  const text = messageOf(error);
  if (codes.includes('ECONNREFUSED'))
    return { outcome: 'refused', text: 'Nothing listens there: the connection was refused.' };
  const secure = tlsFailure(codes, text);
  if (secure !== null) return { outcome: 'connect', text: secure };
  if (codes.some((code) => code.startsWith('HPE_'))) {
    return { outcome: 'bad-body', text: `The answer is not valid HTTP (${text}).` };
  }
  if (codes.some((code) => code.includes('CONTENT_LENGTH_MISMATCH'))) {
    return { outcome: 'bad-body', text: 'The answer is shorter or longer than its Content-Length.' };
  }
  if (codes.some((code) => RESET_CODES.has(code))) {
    return { outcome: 'reset', text: 'The server closed the connection before it had answered.' };
  }
  if (codes.some((code) => TIMEOUT_CODES.has(code)))
    return { outcome: 'timeout', text: 'The connection could not be made in time.' };
  if (codes.includes('ENOTFOUND') || codes.includes('EAI_AGAIN')) {
    return { outcome: 'connect', text: 'The host name is not known.' };
  }
  if (codes.includes('EMFILE')) {
    return {
      outcome: 'connect',
      text: 'This machine allows no more open files. Raise `ulimit -n` or use fewer connections.',
    };
  }
  if (codes.includes('EADDRNOTAVAIL')) {
    return {
      outcome: 'connect',
      text: 'No local port is left. Use fewer connections, or a server that keeps them alive.',
    };
  }
  return { outcome: 'connect', text };
}

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    if (current instanceof AggregateError) codes.push(...current.errors.flatMap(codesOf));
    current = current.cause;
  }
  return codes;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
