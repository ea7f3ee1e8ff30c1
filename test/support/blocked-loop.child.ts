import http from 'node:http';

/** Every request keeps the event loop for 8 ms, and with it all others. PORT says where it listens on 127.0.0.1. */
http
  .createServer((request, response) => {
    if (request.url !== '/healthz') {
      for (const until = performance.now() + 8; performance.now() < until; );
    }
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  })
  .listen(Number(process.env['PORT']), '127.0.0.1');
