import http from 'node:http';

/**
 * In even seconds of wall time a request spends 4 ms in `tokenize`, in odd ones 8 ms in `launchKernels`: beside a GPU that is busy in
 * odd seconds, `tokenize` is what ran while it was idle, though it is not the hottest.
 */
function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
function tokenize(): void {
  spin(4);
}
function launchKernels(): void {
  spin(8);
}

const server = http.createServer((_request, response) => {
  if (Math.floor(Date.now() / 1000) % 2 === 0) tokenize();
  else launchKernels();
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
