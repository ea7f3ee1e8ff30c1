import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Exchange, prepareRequest } from './connection.ts';
import type { Plan } from './plan.ts';

const WAIT_STEP_MS = 200;

export interface PreflightAnswer {
  readonly status: number;
  /** Of the second of two requests where the first was good: the first pays for connecting and for cold caches. */
  readonly ms: number;
}

/** The target did not pass the preflight; the message says what it did. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
}

/**
 * Sends the plan's request before any load. A refused connection is tried again for `patience` ms; every other failure is final.
 * Throws a {@link PreflightError} with the answer's own text.
 */
export async function preflight(plan: Plan, patience: number, signal: AbortSignal): Promise<PreflightAnswer> {
  const connection = new Connection(prepareRequest(plan.target), plan.timeout, () => performance.now());
  try {
    const deadline = performance.now() + patience;
    let exchange = await once(connection, plan.timeout, signal);
    while (exchange.outcome === 'refused' && performance.now() < deadline) {
      await sleep(WAIT_STEP_MS, undefined, { signal });
      exchange = await once(connection, plan.timeout, signal);
    }
    if (exchange.outcome !== 'ok') throw new PreflightError(explain(plan, exchange));
    const second = await timed(connection, plan.timeout, signal);
    return { status: exchange.status, ms: second };
  } finally {
    connection.close();
  }
}

async function timed(connection: Connection, timeout: number, signal: AbortSignal): Promise<number> {
  const before = performance.now();
  await once(connection, timeout, signal);
  return performance.now() - before;
}

function once(connection: Connection, timeout: number, signal: AbortSignal): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => connection.cancel('interrupted', 'The preflight was stopped.');
    const timer = setTimeout(() => connection.cancel('timeout', ''), timeout);
    signal.addEventListener('abort', cancel, { once: true });
    connection.send((exchange) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      if (exchange.outcome === 'interrupted') reject(signal.reason);
      else resolve(exchange);
    });
  });
}

function explain(plan: Plan, exchange: Exchange): string {
  const { method, url } = plan.target;
  const where = `${method} ${url}`;
  switch (exchange.outcome) {
    case 'refused':
      return `${where}: nothing listens on ${new URL(url).host}. Start the server first, or let Tailflame start it with --start.`;
    case 'timeout':
      return `${where}: no answer within ${plan.timeout} ms. Is the server stuck? A longer --timeout waits longer.`;
    case 'status':
      return `${where} answered ${exchange.text}${hint(exchange.status)}`;
    default:
      return `${where}: ${exchange.text}`;
  }
}

function hint(status: number): string {
  if (status === 422 || status === 400) return '\nThe body is not what the route expects: give it with -d.';
  if (status === 401 || status === 403) return '\nThe route wants credentials: give them with -H.';
  if (status === 404) return '\nNo such route: check the path.';
  if (status === 405) return '\nThe route wants another method: give it with -X.';
  return '';
}
