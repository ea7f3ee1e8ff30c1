import { createServer } from 'node:http';
import http from 'node:http';
import { handle } from './handle.mjs';
import './browser.mjs';

const main = createServer(async (request, response) => {
  if (request.method === 'GET' && request.url === '/healthz') {
    response.end('ok');
  } else if (request.url === '/predict') {
    if (request.method === 'POST') response.end('{}');
    else response.writeHead(405).end();
  } else {
    await handle(request, response);
  }
});

const second = http.createServer();
second.on('request', (req, res) => {
  const { pathname } = new URL(req.url, 'http://localhost');
  switch (pathname) {
    case '/':
      res.end('home');
      break;
    case '/info':
      res.end('info');
      break;
    default:
      res.writeHead(404).end();
  }
});

main.listen(8080);
second.listen(8081);
