import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../../src/runs/clock.ts';
import type { RecordedRequest } from './recording-server.ts';

/**
 * Records everything that reaches it, and returns that for GET /record. Answers `{}`, with `wait=MS` in the query after that time; a
 * few paths, below, do more. Every number it hands out is its count of requests, and so never the same twice.
 */
interface Reply {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly json?: unknown;
}

const TOKEN_LASTS_MS = 2000;
const tokens = new Map<string, number>();

const PATHS: Readonly<
  Record<string, (request: http.IncomingMessage, number: number, query: URLSearchParams) => Reply>
> = {
  '/login': (_, number) => {
    const token = `token-${number}`;
    tokens.set(token, monotonicNow() + TOKEN_LASTS_MS);
    return { json: { access_token: token, expires_in: TOKEN_LASTS_MS / 1000 } };
  },
  '/account': ({ headers }) => {
    const expires = tokens.get(headers.authorization?.replace(/^Bearer /, '') ?? '') ?? 0;
    return monotonicNow() < expires ? {} : { status: 401 };
  },
  '/order': (_, number) => ({
    status: 201,
    headers: { location: `/orders/${number}` },
    json: { id: `order-${number}`, lines: [{ sku: number }], note: `ref=R${number};` },
  }),
  '/visit': (_, number) => ({
    headers: { 'set-cookie': [`session=${number}; Path=/; HttpOnly`, `theme=${number}; Path=/settings`] },
  }),
  '/every-fourth-fails': (_, __, query) => ({ status: Number(query.get('n')) % 4 === 0 ? 503 : 200 }),
};

const record: RecordedRequest[] = [];
const sockets = new WeakMap<object, number>();
let connections = 0;
let count = 0;
let underWay = 0;

const server = http.createServer(async (request, response) => {
  const at = monotonicNow();
  if (request.url === '/record') {
    response.end(JSON.stringify(record));
    return;
  }
  const place = record.push({ ...NOTHING_YET, at }) - 1;
  const own = ++underWay;
  const number = ++count;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { status = 200, headers = {}, json = {} } = PATHS[pathname]?.(request, number, searchParams) ?? {};
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  record[place] = {
    at,
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
    socket: sockets.get(request.socket) ?? 0,
    underWay: own,
    status,
  };
  const wait = Number(searchParams.get('wait') ?? 0);
  if (wait > 0) await sleep(wait);
  underWay--;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(json));
});

const NOTHING_YET = { method: '', url: '', headers: {}, body: '', socket: 0, underWay: 0, status: 0 };

// Longer than any test: a connection ends because the client wants it to.
server.keepAliveTimeout = 120_000;
server.on('connection', (socket) => sockets.set(socket, ++connections));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.send?.(typeof address === 'object' && address ? address.port : 0);
process.on('disconnect', () => process.exit());
