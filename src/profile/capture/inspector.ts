import { request, WebSocket } from 'undici';
import { CaptureError } from './profiler.ts';

const CONNECT_MS = 5000;
/** For who must not wait longer: a main thread that stands still, at a breakpoint for example, answers nothing. */
export const ANSWER_MS = 20_000;
/** Bytes. */
const LONGEST_LIST = 1024 * 1024;

interface Reply {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A session of the Chrome DevTools Protocol with a Node process. */
export class InspectorSession {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  readonly #onEvent: (method: string, params: Record<string, unknown>) => void;
  #next = 1;

  private constructor(socket: WebSocket, onEvent: (method: string, params: Record<string, unknown>) => void) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Reply));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#pending.values()) {
        reject(new CaptureError('The target closed its inspector while it was being profiled.'));
      }
      this.#pending.clear();
    });
  }

  /** Connects to `ws://…`, or to the first target that `http://host:port` lists. Rejects with a {@link CaptureError}. */
  static async connect(
    url: string,
    onEvent: (method: string, params: Record<string, unknown>) => void,
  ): Promise<InspectorSession> {
    const socket = new WebSocket(/^https?:/.test(url) ? await firstTarget(url) : url);
    await new Promise<void>((resolve, reject) => {
      const refuse = (): void => {
        socket.close();
        reject(new CaptureError(`No inspector answers at ${url}. Start Node with --inspect.`));
      };
      const timer = setTimeout(refuse, CONNECT_MS);
      socket.addEventListener('open', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.addEventListener('error', () => {
        clearTimeout(timer);
        refuse();
      });
    });
    return new InspectorSession(socket, onEvent);
  }

  /**
   * Sends a command. Rejects with a {@link CaptureError}.
   * @param limit of its answer, ms; without one it is waited for as long as the target is busy
   */
  send(
    method: string,
    params: Record<string, unknown> = {},
    limit: number | null = null,
  ): Promise<Record<string, unknown>> {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new CaptureError('The target closed its inspector while it was being profiled.'));
    }
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const giveUp = (after: number): void => {
        this.#pending.delete(id);
        const why = `did not answer within ${after / 1000} s: does its main thread stand still?`;
        reject(new CaptureError(`The target's inspector ${why}`));
      };
      const timer = limit === null ? undefined : setTimeout(giveUp, limit, limit);
      this.#pending.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(reply: Reply): void {
    if (reply.id === undefined) {
      if (reply.method !== undefined) this.#onEvent(reply.method, reply.params ?? {});
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.error) pending?.reject(new CaptureError(`The target's inspector refused: ${reply.error.message}.`));
    else pending?.resolve(reply.result ?? {});
  }
}

async function firstTarget(url: string): Promise<string> {
  const found = await listedSession(url, CONNECT_MS);
  if (found !== null) return found;
  throw new CaptureError(`No inspector answers at ${url}. Start Node with --inspect, or give its ws:// address.`);
}

/**
 * The address of the first session that an inspector lists; null where none does. What is asked may be some other server's port, which
 * answers with anything, and without an end.
 * @param limit ms
 */
export async function listedSession(url: string, limit: number): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(limit);
    const { statusCode, headers, body } = await request(new URL('/json/list', url), { signal });
    // Inspectors say how long their list is.
    if (statusCode !== 200 || !(Number(headers['content-length']) <= LONGEST_LIST)) {
      body.on('error', () => {});
      body.destroy();
      return null;
    }
    const listed: unknown = await body.json();
    const sessions = Array.isArray(listed) ? (listed as { webSocketDebuggerUrl?: unknown }[]) : [];
    const found = sessions.find((session) => typeof session.webSocketDebuggerUrl === 'string')?.webSocketDebuggerUrl;
    return typeof found === 'string' ? found : null;
  } catch {
    return null;
  }
}
