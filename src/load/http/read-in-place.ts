import type { OnReadOpts, Socket } from 'node:net';

/** Enough for most answers; a connection keeps it, and there may be a thousand. */
const BUFFER_BYTES = 16 * 1024;

/**
 * Has a socket read into one buffer again and again, where Node would get a new one of 64 KB for every read and cut it to size: a tenth of
 * what a small request costs. undici takes what was read by `read()` when it hears `readable`, as of any stream.
 *
 * What undici hands on of an answer are views of that buffer. So while an answer has begun and is not whole, the next read goes to another.
 */
export class ReadInPlace {
  /** For `net.connect`. */
  readonly onread: OnReadOpts;
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #read: Buffer | null = null;
  #socket: Socket | null = null;

  /** @param midAnswer whether an answer has begun to come and is not whole */
  constructor(midAnswer: () => boolean) {
    this.onread = {
      buffer: () => {
        if (midAnswer()) this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
        return this.#buffer;
      },
      callback: (bytes: number, buffer: Uint8Array): boolean => {
        this.#read = Buffer.from(buffer.buffer, buffer.byteOffset, bytes);
        this.#socket?.emit('readable');
        return true;
      },
    };
  }

  attach(socket: Socket): void {
    const read = socket.read.bind(socket);
    this.#socket = socket;
    socket.read = (size?: number): Buffer | null => {
      const chunk = this.#read;
      if (chunk === null || size === 0) return read(size);
      this.#read = null;
      return chunk;
    };
  }
}
