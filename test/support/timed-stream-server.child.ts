import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicNow } from '../../src/runs/clock.ts';

/**
 * An OpenAI-compatible endpoint that streams so many tokens (the first argument; half as many to half as many more, so that streams do not
 * begin and end together), one an event, at so many a second (the second), and records on CLOCK_MONOTONIC when each request had come and
 * when each of its events had been given away. GET /record returns that by the number of the stream, which a client finds as the
 * `prompt_tokens` of its usage.
 */
const tokens = Number(process.argv[2]);
/** Its multiples spread evenly between whole numbers. */
const GOLDEN = 0.618034;
const gap = 1000 / Number(process.argv[3]);

interface Streamed {
  readonly came: number;
  readonly sent: number[];
}
const record: Streamed[] = [];

const server = http.createServer((request, response) => {
  if (request.url === '/record') {
    response.end(JSON.stringify(record));
    return;
  }
  const one: Streamed = { came: monotonicNow(), sent: [] };
  const number = record.push(one);
  const count = Math.round(tokens * (0.5 + ((number * GOLDEN) % 1)));
  request.resume();
  request.socket.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const next = (): void => {
    const index = one.sent.length;
    if (index === count) {
      const usage = { prompt_tokens: number, completion_tokens: count, total_tokens: number + count };
      response.end(
        `${event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${event({ choices: [], usage })}data: [DONE]\n\n`,
      );
      return;
    }
    response.write(event({ choices: [{ index: 0, delta: { content: ` token${index}` }, finish_reason: null }] }));
    one.sent.push(monotonicNow());
    setTimeout(next, Math.max(0, one.came + (index + 2) * gap - monotonicNow()));
  };
  setTimeout(next, gap);
});

function event(more: object): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'tiny', ...more })}\n\n`;
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
process.on('disconnect', () => process.exit());
