import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { monotonicNow } from '../../src/runs/clock.ts';

/**
 * A server whose delays are known: 10 ms, every 50th request 200 ms, unless another mode is asked for as the first argument. It records,
 * on CLOCK_MONOTONIC, when each request had come (null where it stops: it cannot know) and when its answer had been given away; GET /record
 * returns that.
 */
const mode = process.argv[2] ?? 'delays';
const record: [number, number][] = [];
let count = 0;

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
  if (mode === 'reset' && count++ > 1) {
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
/**
 * Stops once, a second long, some time (ms, the second argument) after the first request that is not the preflight's; and is as quick as
 * can be otherwise, so that what piled up is gone soon after and theory holds. With `hold` it only answers nothing meanwhile; with `freeze`
 * the whole process does nothing, so that new connections pile up too.
 */
function stoppingServer(): net.Server {
  const headEnd = Buffer.from('\r\n\r\n');
  const ok = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok');
  const answer = (socket: net.Socket): void => {
    socket.write(ok);
    record.push([Number.NaN, monotonicNow()]);
  };
  let held: net.Socket[] | null = null;
  const stop = (): void => {
    if (mode === 'freeze') {
      const until = monotonicNow() + 1000;
      while (monotonicNow() < until);
      return;
    }
    held = [];
    setTimeout(() => {
      for (const socket of held ?? []) answer(socket);
      held = null;
    }, 1000);
  };
  return net.createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (data.toString('latin1', 0, 11) === 'GET /record') {
        const text = JSON.stringify(record);
        socket.end(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
        );
        return;
      }
      for (let at = data.indexOf(headEnd); at >= 0; at = data.indexOf(headEnd, at + 4)) {
        if (++count === 3) setTimeout(stop, Number(process.argv[3]));
        if (held) held.push(socket);
        else answer(socket);
      }
    });
  });
}

const listening = mode === 'freeze' || mode === 'hold' ? stoppingServer() : server;
listening.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
await once(listening, 'listening');
const address = listening.address();
process.send?.(typeof address === 'object' && address ? address.port : 0);
process.on('disconnect', () => process.exit());
