import { Transport } from '../../load/http/transport.ts';
import type { Target } from '../../load/plan/plan.ts';
import { PlanError } from '../../load/plan/plan-error.ts';
import { RunnerError, type RunRequest } from '../messages.ts';
import { requireAllowed } from '../permission.ts';
import { StartedTarget } from './started-target.ts';

const ANSWER_MS = 5000;
/** What servers and the proxies before them say while they are not ready. */
const UNAVAILABLE = 503;

/**
 * Starts a target and waits until it is ready, as {@link RunRequest.ready} says. It is asked over the connections that the load will use.
 * What is asked is not where the load goes: to answer there may take an inference, or have no end.
 * Rejects with a {@link RunnerError}, and leaves nothing running then.
 * @param environment beside our own
 */
export async function startTarget(
  command: string,
  { cwd, ready, plan, allowRemote }: Pick<RunRequest, 'cwd' | 'ready' | 'plan' | 'allowRemote'>,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<StartedTarget> {
  const url = new URL(ready ?? '/', plan.target.url);
  const asked = askedTarget(plan.target, url);
  // That comes before the load's own permission.
  if (asked.socket === null) requireAllowed([url.origin], allowRemote);
  const transport = transportTo(asked);
  const started = new StartedTarget(command, cwd, environment);
  const ask = async (): Promise<string | null> => {
    const status = await answerOf(transport, url, signal);
    if (typeof status === 'string') return status;
    const isReady = ready === null ? status !== UNAVAILABLE : status < 500;
    return isReady ? null : `it answered ${status}`;
  };
  try {
    await started.ready(url.href, ask, signal);
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** Another port than the load's may be asked for its health: that may speak another protocol, and is not behind the load's Unix socket. */
function askedTarget(target: Target, url: URL): Target {
  return url.origin === new URL(target.url).origin ? target : { ...target, http: 'auto', socket: null };
}

function transportTo(target: Target): Transport {
  try {
    return new Transport(target, {}, ANSWER_MS);
  } catch (error) {
    if (error instanceof PlanError) throw new RunnerError(2, error.message);
    throw error;
  }
}

/** The status it is answered with, or in words why it is not. */
async function answerOf(transport: Transport, url: URL, signal: AbortSignal): Promise<number | string> {
  const client = transport.open(url.origin, 1, () => true);
  try {
    const { statusCode, body } = await client.request({
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'user-agent': 'tailflame' },
      headersTimeout: ANSWER_MS,
      signal,
    });
    body.on('error', () => {
      // It is cut off below: the status is all that is wanted of it.
    });
    return statusCode;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' || code === 'ENOENT' ? 'nothing listened there' : message;
  } finally {
    await client.destroy().catch(() => {});
  }
}
