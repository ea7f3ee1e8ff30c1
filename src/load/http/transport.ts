import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { type buildConnector, Client } from 'undici';
import type { Target } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import { joinWrites } from './join-writes.ts';
import { ReadInPlace } from './read-in-place.ts';
import { hostOf, portOf } from './this-machine.ts';
import { NO_H2 } from './tls-failure.ts';

/** The protocol a connection speaks, in ALPN's names. */
export type Protocol = 'http/1.1' | 'h2';

/** Where a host name leads, looked up once, so that no request waits for a name and all go to the same machine. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}
/** By origin: what listens on two ports of a name may do so at two addresses of it. */
export type Addresses = Readonly<Record<string, Address>>;

/** An IPv4 address in one of IPv6, as URLs spell it: `::ffff:7f00:1`. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** One of several addresses of a name is not waited for longer, ms. */
const CONNECT_MS = 1000;

const allAddresses = (name: string): Promise<LookupAddress[]> => lookup(name, { all: true });

/**
 * Looks a host up as the system does. Null for a name that is not known. An address is its own; an IPv4 address written as one of IPv6
 * leads to where the IPv4 address does, and sockets are bound to that. Of several addresses it is the first that takes a connection:
 * `localhost` often is `::1` before it is 127.0.0.1, which is where most servers listen.
 * @param look asks the system for all addresses of a name, in its order
 */
export async function resolveHost(url: URL, look = allAddresses): Promise<Address | null> {
  const name = hostOf(url);
  const mapped = MAPPED.exec(name);
  if (mapped !== null) {
    const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
    return { address: [high >> 8, high & 255, low >> 8, low & 255].join('.'), family: 4 };
  }
  const literal = net.isIP(name);
  if (literal !== 0) return { address: name, family: literal as 4 | 6 };
  const found = (await look(name).catch(() => [])) as Address[];
  if (found.length < 2) return found[0] ?? null;
  for (const one of found) if (await isListening(one, portOf(url))) return one;
  return found.find(({ family }) => family === 4) ?? found[0]!;
}

async function isListening({ address }: Address, port: number): Promise<boolean> {
  const socket = net.connect({ host: address, port, timeout: CONNECT_MS });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/** Opens connections as a target wants them: address, TLS, protocol. */
export class Transport {
  readonly #target: Target;
  readonly #addresses: Addresses;
  readonly #timeout: number;
  readonly #secure: tls.SecureContext | null;
  readonly #protocols = new Map<string, Protocol>();
  #opened = 0;

  /** @param timeout of making a connection, ms. Throws a {@link PlanError} where a certificate or key cannot be read. */
  constructor(target: Target, addresses: Addresses, timeout: number) {
    this.#target = target;
    this.#addresses = addresses;
    this.#timeout = timeout;
    this.#secure = secureContext(target);
  }

  /** Connections made so far. */
  get opened(): number {
    return this.#opened;
  }

  /** By origin, what the last connection to it agreed to speak. */
  get protocols(): ReadonlyMap<string, Protocol> {
    return this.#protocols;
  }

  /**
   * A client of one connection. `streams`: how many requests it carries at a time, where it speaks HTTP/2. `midAnswer`: whether an answer
   * on it has begun to come and is not whole.
   */
  open(origin: string, streams: number, midAnswer: () => boolean): Client {
    const { http, keepAlive } = this.#target;
    const plainH2 = http === '2' && origin.startsWith('http:');
    const options = {
      // With 1 undici lets a turn of the event loop pass between two requests. Two never go out at once: the pool sees to that.
      pipelining: keepAlive ? Math.max(2, streams) : 0,
      maxConcurrentStreams: streams,
      // Our own timeout counts from the intended start; undici's would count from the send.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Servers close idle connections after 5 s (Node, uvicorn): closing first avoids a reset that no server bug caused.
      keepAliveTimeout: 4000,
      allowH2: http !== '1.1',
      useH2c: plainH2,
      connect: this.#connector(origin, plainH2, midAnswer),
    };
    return new Client(origin, options);
  }

  #connector(origin: string, plainH2: boolean, midAnswer: () => boolean): buildConnector.connector {
    return ({ hostname, protocol, port, servername }, callback) => {
      const secure = protocol === 'https:';
      const host = hostOf({ hostname });
      const place =
        this.#target.socket === null
          ? { host: this.#addresses[origin]?.address ?? host, port: portOf({ port, protocol }) }
          : { path: this.#target.socket };
      const reading = secure || plainH2 ? null : new ReadInPlace(midAnswer);
      const socket = secure
        ? this.#secureSocket(place, servername || host)
        : net.connect(reading === null ? place : { ...place, onread: reading.onread });
      reading?.attach(socket);
      socket.setNoDelay(true);
      const timer = setTimeout(() => {
        socket.destroy(Object.assign(new Error('The connection took too long.'), { code: 'ETIMEDOUT' }));
      }, this.#timeout);
      let answered = false;
      const fail = (error: Error): void => {
        clearTimeout(timer);
        if (!answered) callback(error, null);
        // A server may refuse the client's certificate after the handshake. Left open, the socket ends next, and undici knows no more.
        else socket.destroy();
        answered = true;
      };
      socket.on('error', fail);
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        const offered = socket instanceof tls.TLSSocket ? socket.alpnProtocol : plainH2 ? 'h2' : null;
        if (this.#target.http === '2' && offered !== 'h2') {
          socket.destroy();
          fail(new Error(NO_H2));
          return;
        }
        if (plainH2) Object.assign(socket, { alpnProtocol: 'h2' });
        this.#opened++;
        this.#protocols.set(origin, offered === 'h2' ? 'h2' : 'http/1.1');
        answered = true;
        if (offered !== 'h2') joinWrites(socket);
        callback(null, socket as net.Socket);
      });
    };
  }

  #secureSocket(place: net.NetConnectOpts, host: string): tls.TLSSocket {
    const { http, tls: wanted } = this.#target;
    const name = wanted.serverName ?? host;
    const protocols = { '1.1': ['http/1.1'], '2': ['h2'], auto: ['h2', 'http/1.1'] }[http];
    return tls.connect({
      ...place,
      ...(net.isIP(name) === 0 ? { servername: name } : {}),
      ...(this.#secure === null ? {} : { secureContext: this.#secure }),
      rejectUnauthorized: wanted.verify,
      // An address has no server name to be sent, and its certificate is checked against it all the same.
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
      ALPNProtocols: protocols,
    });
  }
}

function secureContext({ tls: { ca, cert, key } }: Target): tls.SecureContext | null {
  if (ca === null && cert === null && key === null) return null;
  if ((cert === null) !== (key === null)) {
    throw new PlanError('A client certificate needs both: give tls.cert and tls.key.');
  }
  const options = { ca: pem(ca), cert: pem(cert), key: pem(key) };
  try {
    return tls.createSecureContext({
      ...(options.ca === null ? {} : { ca: [...tls.rootCertificates, options.ca] }),
      ...(options.cert === null ? {} : { cert: options.cert }),
      ...(options.key === null ? {} : { key: options.key }),
    });
  } catch (error) {
    throw new PlanError(`The certificate or key of the target is not usable: ${(error as Error).message}.`);
  }
}

function pem(file: string | null): string | null {
  if (file === null) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new PlanError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : (error as Error).message}.`);
  }
}
