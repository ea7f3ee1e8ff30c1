import { once } from 'node:events';
import net from 'node:net';
import { STREAM_CASES, type StreamCase } from './stream-cases.ts';

/**
 * Answers POST /N/… as the Nth of `STREAM_CASES` does, with its waits counted from the moment the request had come. A process of its own,
 * so that what it sends is on time whatever the test does.
 */
const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let came = '';
  socket.on('data', (data) => {
    came += data.toString('latin1');
    const length = Number(/content-length: (\d+)/i.exec(came)?.[1] ?? 0);
    const head = came.indexOf('\r\n\r\n');
    if (head < 0 || came.length < head + 4 + length) return;
    const number = Number(/^POST \/(\d+)\//.exec(came)?.[1]);
    came = '';
    answer(socket, STREAM_CASES[number]!);
  });
});

function answer(socket: net.Socket, one: StreamCase): void {
  const { status = 200, contentType, headers = {}, headWait = 0, parts, end = 'whole' } = one;
  const fields = { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = performance.now();
  const at = (ms: number, send: () => void): void => {
    setTimeout(send, Math.max(0, start + ms - performance.now()));
  };
  at(headWait, () => socket.write(`HTTP/1.1 ${status} OK\r\n${lines.join('')}transfer-encoding: chunked\r\n\r\n`));
  let when = headWait;
  for (const [wait, part] of parts) {
    when += wait;
    const bytes = Buffer.from(part);
    at(when, () =>
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])),
    );
  }
  if (end === 'whole') at(when, () => socket.write('0\r\n\r\n'));
  if (end === 'reset') at(when + 10, () => socket.destroy());
}

server.listen({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.send?.((server.address() as net.AddressInfo).port);
process.on('disconnect', () => process.exit());
