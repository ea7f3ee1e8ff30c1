import http from 'node:http';
import { PerformanceObserver } from 'node:perf_hooks';

/**
 * Blocks its event loop for `block` ms of every `period` ms, and makes garbage where it is asked to. `GET /` answers what its
 * collector and its event loop took by its own account until now, `{ gc, active, at }` in ms.
 */
const { block, period, garbage } = JSON.parse(process.argv[2]!) as { block: number; period: number; garbage: boolean };

let gc = 0;
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gc += duration;
});
if (garbage) observer.observe({ entryTypes: ['gc'] });

let kept: unknown[] = [];
setInterval(() => {
  const until = performance.now() + block;
  while (performance.now() < until) {
    if (!garbage) continue;
    kept.push(Array.from({ length: 100 }, (_, at) => ({ at })));
    if (kept.length > 5000) kept = [];
  }
}, period);

const server = http.createServer((_request, response) => {
  const { active } = performance.eventLoopUtilization();
  response.end(JSON.stringify({ gc, active, at: performance.now() }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
