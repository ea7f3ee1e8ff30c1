import { readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Address } from '../../load/http/transport.ts';

/** A TCP socket of this machine that takes connections. */
export interface ListeningSocket {
  /** As people write it: `127.0.0.1`, `0.0.0.0`, `::`. */
  readonly address: string;
  readonly port: number;
  /** What `/proc/PID/fd` knows it by. */
  readonly inode: string;
}

/** `/proc/net/tcp`'s state of a listening socket. */
const LISTEN = '0A';

/** Those of a table such as `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseSocketTable(table: string): ListeningSocket[] {
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => {
      const [address, port] = fields[1]!.split(':');
      return { address: readableAddress(address!), port: Number.parseInt(port!, 16), inode: fields[9]! };
    });
}

/** All of this machine's (Linux only). */
export async function listeningSockets(): Promise<ListeningSocket[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables.flatMap(parseSocketTable);
}

/** Of sockets those that are given what comes to an address: bound to it, else to all there are. */
export function socketsFor<Socket extends Pick<ListeningSocket, 'address' | 'port'>>(
  sockets: readonly Socket[],
  { address, family }: Address,
  port: number,
): Socket[] {
  const own = sockets.filter((socket) => socket.port === port);
  const bound = family === 4 ? [address, '0.0.0.0', '::'] : [address, '::'];
  const nearest = bound.find((one) => own.some((socket) => socket.address === one));
  return own.filter((socket) => socket.address === nearest);
}

/** What the process has open (Linux only); empty where it may not be looked at. */
export async function socketInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(path.join(folder, name)).catch(() => '')));
  return links.map(inodeOf).filter((inode) => inode !== undefined);
}

/** The same at once, without leaving this thread. */
export function socketInodesNow(pid: number): Set<string> {
  try {
    const folder = `/proc/${pid}/fd`;
    const inodes = readdirSync(folder).map((name) => inodeOf(linkOf(path.join(folder, name))));
    return new Set(inodes.filter((inode) => inode !== undefined));
  } catch {
    return new Set();
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function inodeOf(link: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(link)?.[1];
}

/** The kernel prints words of four bytes in the machine's order, which on all that run this is the little end first. */
export function readableAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)));
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
