// A service whose times are known: it parses for 3 ms and scores for 4, on the one core that Node has.
import http from 'node:http';

function parse(text) {
  const end = performance.now() + 3;
  let length = 0;
  while (performance.now() < end) for (let i = 0; i < 2000; i++) length = text.length + i;
  return length;
}

function score(value) {
  const end = performance.now() + 4;
  let result = value;
  while (performance.now() < end) for (let i = 0; i < 2000; i++) result = (result * 31 + 7) % 65521;
  return result;
}

http
  .createServer((request, response) => response.end(JSON.stringify({ isScored: score(parse(request.url)) >= 0 })))
  .listen(Number(process.argv[2]), '127.0.0.1');
