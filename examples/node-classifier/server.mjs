import http from 'node:http';
import { DriftMonitor } from './drift.mjs';
import { train } from './model.mjs';

// POST /predict {"reading": [eight numbers]} → {"label": "worn", "confidence": 0.93}
// GET /healthz → {"ok": true, "drift": …}
// PORT (8080) and HOST (127.0.0.1) say where; SLOW_PATH=off leaves the drift monitor out.

const random = seededRandom(20);
const { classifier, readings } = train(random);
const monitor = process.env.SLOW_PATH === 'off' ? null : new DriftMonitor(readings);

const server = http.createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/healthz') {
    answer(response, 200, { ok: true, drift: monitor?.drift ?? null });
  } else if (request.method === 'POST' && request.url === '/predict') {
    predict(request, response);
  } else {
    answer(response, 404, { error: 'POST /predict or GET /healthz' });
  }
});

function predict(request, response) {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const reading = parseReading(body);
    if (reading === null) {
      answer(response, 422, { error: '{"reading": [eight numbers]} was expected' });
      return;
    }
    const prediction = classifier.classify(reading, random);
    monitor?.observe(reading);
    answer(response, 200, prediction);
  });
}

function parseReading(body) {
  try {
    const { reading } = JSON.parse(body);
    return Array.isArray(reading) && reading.length === 8 && reading.every(Number.isFinite) ? reading : null;
  } catch {
    return null;
  }
}

function answer(response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

/** xorshift32: the same model at every start. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '127.0.0.1', () => {
  const { address, port } = server.address();
  process.stdout.write(`Listening on http://${address}:${port}\n`);
});
