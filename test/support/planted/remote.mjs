import http from 'node:http';
import process from 'node:process';
import { uniform } from './chance.mjs';

// GET /after/40?of=… → {"value": 0.42}, 40 ms later, a fifth more or less. Another service, for those that have to ask one.
// PORT says where on 127.0.0.1; 0 for any.

let asked = 0;
const server = http.createServer((request, response) => {
  const ms = Number(/^\/after\/(\d+)/.exec(request.url)?.[1] ?? 0);
  const chance = uniform(asked++, 7);
  setTimeout(
    () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ value: chance }));
    },
    ms * (0.8 + 0.4 * chance),
  );
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  process.stdout.write(`Listening on http://127.0.0.1:${server.address().port}\n`);
});
