'use strict';
// Requests in turns on one event loop, one of which waits for a file and for another server: what is told of them against what they say.
const http = require('node:http');
const { readFile } = require('node:fs/promises');
const { performance } = require('node:perf_hooks');

const truth = {};
const burn = (name, ms) => {
  const begun = performance.now();
  while (performance.now() - begun < ms);
  truth[name] = (truth[name] ?? 0) + performance.now() - begun;
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function fetchProfile(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/other`);
  return answer.text();
}

const server = http.createServer(async (request, response) => {
  const name = request.url.slice(1);
  if (name === 'other') {
    setTimeout(() => response.end('{}'), 40);
    return;
  }
  const [turns, ms] = name === 'a' ? [5, 8] : [3, 3];
  for (let i = 0; i < turns; i++) {
    burn(name, ms);
    await turn();
  }
  await readFile(__filename);
  if (name === 'a') await fetchProfile(server.address().port);
  burn(name, ms);
  response.end('{}');
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  // Its first call brings in undici.
  await fetchProfile(port);
  const traces = { ...JSON.parse(process.argv[2]), c: undefined };
  await Promise.all(
    Object.entries(traces).map(
      ([name, traceparent]) =>
        new Promise((resolve) => {
          const headers = traceparent === undefined ? {} : { traceparent };
          http.get({ port, path: `/${name}`, headers, agent: false }, (answer) => answer.resume().on('end', resolve));
        }),
    ),
  );
  process.stdout.write(`${JSON.stringify({ truth, thread: String(process.pid) })}\n`, () => process.exit());
});
