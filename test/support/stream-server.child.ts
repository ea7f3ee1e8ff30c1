import { once } from 'node:events';
import net from 'node:net';
import { inOrder } from './in-order.ts';
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
  const head = `HTTP/1.1 ${status} OK\r\n${lines.join('')}transfer-encoding: chunked\r\n\r\n`;
  const chunks = parts.map(([wait, part]) => ({ wait, write: () => socket.write(chunkOf(part)) }));
  const last = {
    whole: [{ wait: 0, write: () => socket.write('0\r\n\r\n') }],
    reset: [{ wait: 10, write: () => socket.destroy() }],
    never: [],
  }[end];
  inOrder([{ wait: headWait, write: () => socket.write(head) }, ...chunks, ...last]);
}

function chunkOf(part: string | Buffer): Buffer {
  const bytes = Buffer.from(part);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

server.listen({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.send?.((server.address() as net.AddressInfo).port);
process.on('disconnect', () => process.exit());
