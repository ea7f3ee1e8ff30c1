import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Busy } from './pool.mjs';
import { host, portOf } from './settings.mjs';

/** An answer that is not a success, on purpose. */
export class Refusal extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

/**
 * Starts a service. `routes` are handlers by method and path, such as `POST /carts` or `GET /payments/:id`; a handler is given the
 * body and the id, and returns the answer's content. What is POSTed is answered with 201. `health` is what GET /healthz adds.
 */
export function serve(name, routes, health) {
  const all = { ...routes, 'GET /healthz': () => ({ ok: true, service: name, ...health() }) };
  const server = http.createServer(async (request, response) => {
    try {
      const [, resource, id, action] = request.url.split('/');
      const path = [resource, id && resource !== 'healthz' && ':id', action].filter(Boolean).join('/');
      const handler = all[`${request.method} /${path}`];
      if (handler === undefined) throw new Refusal(404, `There is: ${Object.keys(all).join(', ')}`);
      const content = await handler(await bodyOf(request), id);
      answer(response, request.method === 'POST' ? 201 : 200, content);
    } catch (error) {
      answer(response, error instanceof Busy ? 503 : (error.status ?? 500), { error: error.message });
    }
  });
  // Longer than clients keep theirs, so that none is closed just as a request leaves.
  server.keepAliveTimeout = 60_000;
  server.on('error', (error) => {
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(1);
  });
  // It ends with the one who started it, who may be gone before this is reached, and then cannot be told.
  process.on('disconnect', () => process.exit());
  server.listen(portOf(name), host, () => process.send?.('listening', (error) => error && process.exit(1)));
}

/** Calls another service; its refusals are passed on as they are. */
export async function call(method, address, content) {
  const response = await fetch(address, {
    method,
    ...(content && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) }),
  });
  const body = await response.json();
  if (!response.ok) throw new Refusal(response.status, body.error);
  return body;
}

/** Stands in for work done elsewhere, in a database or at a bank: `ms` on average, a fifth more or less. */
export function work(ms) {
  return sleep(ms * (0.8 + 0.4 * Math.random()));
}

async function bodyOf(request) {
  if (request.method !== 'POST') return null;
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  try {
    const body = JSON.parse(text === '' ? '{}' : text);
    if (body !== null && typeof body === 'object') return body;
  } catch {
    // Said below.
  }
  throw new Refusal(400, 'A JSON object was expected');
}

function answer(response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}
