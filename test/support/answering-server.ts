import { once } from 'node:events';
import type http from 'node:http';
import type http2 from 'node:http2';
import type net from 'node:net';

export type AnyRequest = http.IncomingMessage | http2.Http2ServerRequest;
export type Handler = (request: AnyRequest, body: Buffer) => Answer;
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Answers with what `handle` makes of a request, whichever protocol it came by. */
export function answering(
  handle: Handler,
): (request: AnyRequest, response: http.ServerResponse | http2.Http2ServerResponse) => void {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status = 200, headers = {}, body = '{}' } = handle(request, Buffer.concat(chunks));
      (response as http.ServerResponse).writeHead(status, headers);
      (response as http.ServerResponse).end(body);
    });
  };
}

export interface Listening {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Closes its connections as well. */
  stop(): void;
}

/** @param at a Unix socket's path; without it a free port of 127.0.0.1 */
export async function listen(server: net.Server, at: string | null = null): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  if (at === null) server.listen(0, '127.0.0.1');
  else server.listen(at);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
