import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Command {
  readonly id: number;
  readonly method: string;
}

/** What the Chrome DevTools Protocol says to a command. */
export type Reply = { readonly result: Record<string, unknown> } | { readonly error: { readonly message: string } };

const TEXT = 0x81;
const CLOSE = 0x88;

/** An inspector that replies as a test has it reply, over the little of WebSocket that this takes. */
export class FakeInspector {
  readonly #server = createServer();
  readonly #sockets = new Set<Duplex>();
  readonly #reply: (command: Command) => Reply | Promise<Reply>;
  /** How many sessions were begun, and how many their clients have ended. */
  begun = 0;
  ended = 0;

  private constructor(reply: (command: Command) => Reply | Promise<Reply>) {
    this.#reply = reply;
    this.#server.on('upgrade', (request, socket) => {
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      socket.write(`${head.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      this.#serve(socket);
    });
  }

  static async start(reply: (command: Command) => Reply | Promise<Reply>): Promise<FakeInspector> {
    const inspector = new FakeInspector(reply);
    inspector.#server.listen(0, '127.0.0.1');
    await once(inspector.#server, 'listening');
    return inspector;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/session`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Duplex): void {
    this.begun++;
    this.#sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      for (let frame = frameOf(received); frame !== null; frame = frameOf(received)) {
        received = received.subarray(frame.length);
        if (frame.kind === TEXT) void this.#answer(socket, JSON.parse(frame.text) as Command);
        if (frame.kind !== CLOSE) continue;
        this.ended++;
        socket.end(Buffer.of(CLOSE, 0));
      }
    });
  }

  async #answer(socket: Duplex, command: Command): Promise<void> {
    const reply = Buffer.from(JSON.stringify({ id: command.id, ...(await this.#reply(command)) }));
    if (socket.writable) socket.write(Buffer.concat([Buffer.of(TEXT, reply.length), reply]));
  }
}

/** The first frame of what a client sent, up to 64 KiB long; null while it is not whole. */
function frameOf(data: Buffer): { kind: number; text: string; length: number } | null {
  if (data.length < 2) return null;
  const short = data[1]! & 0x7f;
  const head = short === 126 ? 8 : 6;
  if (data.length < head) return null;
  const length = head + (short === 126 ? data.readUInt16BE(2) : short);
  if (data.length < length) return null;
  const mask = data.subarray(head - 4, head);
  const text = Buffer.from(data.subarray(head, length).map((byte, at) => byte ^ mask[at % 4]!)).toString();
  return { kind: data[0]!, text, length };
}
