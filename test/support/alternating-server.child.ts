import http from 'node:http';
import { isBusyTurn } from './fake-nvidia-smi.ts';

/**
 * While a GPU that is busy in turns is idle a request spends 8 ms in `tokenize`, else 20 ms in `launchKernels`: `tokenize` is what ran
 * while it was idle, though it is not the hottest.
 */
function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
function tokenize(): void {
  spin(8);
}
function launchKernels(): void {
  spin(20);
}

const server = http.createServer((_request, response) => {
  if (isBusyTurn(Date.now())) launchKernels();
  else tokenize();
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
