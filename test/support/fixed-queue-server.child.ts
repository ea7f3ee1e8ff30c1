import { once } from 'node:events';
import http from 'node:http';

/**
 * A server with one queue, a request after the other, each for a fixed time; when each is done follows from when it came alone, so that a
 * late timer makes one answer late and no other. Arguments: the mode and ms.
 *
 * `queue MS`. `slow MS`: MS more for every request, whatever the load. `noisy MS`: works at a speed of its own in each second, from half as
 * fast to as fast as it can. `batch MS FIT`: rows share one pass: MS, and 0.5 ms a row for as many as fit; each row beyond takes 4 ms, as
 * where memory runs out. The rows are the request's `n`.
 */
const mode = process.argv[2] ?? 'queue';
const service = Number(process.argv[3] ?? 5);
const fit = Number(process.argv[4] ?? 16);
const OWN_SPEEDS = [1, 0.55, 0.9, 0.6, 1, 0.75, 0.5, 0.95];

interface Due {
  readonly at: number;
  readonly response: http.ServerResponse;
}

const due: Due[] = [];
let free = 0;
let watching = false;

/** Timers fire up to a ms and more late: the rest of the time is waited by looking. */
function watch(): void {
  const now = performance.now();
  while (due.length > 0 && due[0]!.at <= now) due.shift()!.response.end('{"ok":true}');
  watching = due.length > 0;
  if (!watching) return;
  const left = due[0]!.at - performance.now();
  if (left > 2) setTimeout(watch, left - 1.5);
  else setImmediate(watch);
}

function timeOf(body: string): number {
  if (mode === 'batch') {
    const { n } = JSON.parse(body) as { n: number };
    return service + 0.5 * Math.min(n, fit) + 4 * Math.max(0, n - fit);
  }
  if (mode !== 'noisy') return service;
  return service / OWN_SPEEDS[Math.floor(performance.now() / 1000) % OWN_SPEEDS.length]!;
}

const server = http.createServer((request, response) => {
  const came = performance.now();
  let body = '';
  request.on('data', (data: Buffer) => {
    body += data.toString();
  });
  request.on('end', () => {
    if (mode === 'slow') {
      setTimeout(() => response.end('{"ok":true}'), service);
      return;
    }
    free = Math.max(free, came) + timeOf(body);
    due.push({ at: free, response });
    if (!watching) watch();
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
await once(server, 'listening');
const address = server.address();
process.send?.(typeof address === 'object' && address ? address.port : 0);
process.on('disconnect', () => process.exit());
