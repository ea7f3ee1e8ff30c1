import type { Socket } from 'node:net';

/**
 * Has a socket write what comes between `cork` and `uncork` as one buffer. undici writes a request's head and body so, and Node would hand
 * them to the system as a list of two, which costs a tenth of the whole request.
 */
export function joinWrites(socket: Socket): void {
  const write = socket.write.bind(socket);
  let parts: (string | Uint8Array)[] | null = null;
  socket.cork = () => {
    parts ??= [];
  };
  socket.uncork = () => {
    const joined = parts;
    parts = null;
    if (joined !== null && joined.length > 0) write(joinedBuffer(joined));
  };
  // undici passes text in latin1 and takes no note of callbacks while corked.
  socket.write = ((chunk: string | Uint8Array, ...rest: [BufferEncoding]): boolean => {
    if (parts === null) return write(chunk, ...rest);
    parts.push(chunk);
    return socket.writableLength < socket.writableHighWaterMark;
  }) as Socket['write'];
}

function joinedBuffer(parts: readonly (string | Uint8Array)[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') at += joined.write(part, at, 'latin1');
    else {
      joined.set(part, at);
      at += part.length;
    }
  }
  return joined;
}
