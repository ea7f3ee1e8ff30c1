import { once } from 'node:events';
import http from 'node:http';
import { monotonicNow } from '../../src/runs/clock.ts';

/**
 * A server whose delays are known: 10 ms, every 50th request 200 ms, unless another mode is asked for as the first argument. It records,
 * on CLOCK_MONOTONIC, when each request had come and when its answer had been given away; GET /record returns that.
 */
const mode = process.argv[2] ?? 'delays';
const record: [number, number][] = [];
let count = 0;
let frozen = false;

const server = http.createServer((request, response) => {
  if (request.url === '/record') {
    response.end(JSON.stringify(record));
    return;
  }
  const came = monotonicNow();
  request.resume();
  const answer = (): void => {
    response.setHeader('content-type', 'application/json');
    response.end(mode === 'wrong' && ++count % 5 === 0 ? '{"answer":41}' : '{"answer":42}', () =>
      record.push([came, monotonicNow()]),
    );
  };
  if (mode === 'freeze') {
    // Stops once, a second long, five seconds after the first request that is not the preflight's.
    if (!frozen && count++ > 2) {
      frozen = true;
      setTimeout(() => {
        const until = monotonicNow() + 1000;
        while (monotonicNow() < until);
      }, Number(process.argv[3]));
    }
    answer();
  } else if (mode === 'reset' && count++ > 1) {
    request.socket.destroy();
  } else if (mode === 'silent') {
    return;
  } else if (mode === 'invalid') {
    response.statusCode = 422;
    response.setHeader('content-type', 'application/json');
    response.end('{"detail":[{"loc":["body","features"],"msg":"Field required"}]}');
  } else if (mode === 'quick') {
    answer();
  } else {
    setTimeout(answer, mode === 'delays' && ++count % 50 === 0 ? 200 : 10);
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.send?.(typeof address === 'object' && address ? address.port : 0);
process.on('disconnect', () => process.exit());
