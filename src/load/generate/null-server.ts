import net from 'node:net';

// Answers at once and looks at nothing: what is left of a request's time against it is the generator's own.

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
const HEAD_END = Buffer.from('\r\n\r\n');

const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    for (let at = data.indexOf(HEAD_END); at >= 0; at = data.indexOf(HEAD_END, at + 4)) socket.write(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
// The terminal sends these to the whole group; whoever measures against this ends it.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('disconnect', () => process.exit());
