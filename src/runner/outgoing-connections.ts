import { readableAddress } from './listening-socket.ts';

const ESTABLISHED = '01';
const LISTEN = '0A';
/** Columns of `/proc/net/tcp` and `tcp6`, by blanks. */
const [LOCAL, REMOTE, STATE, INODE] = [1, 2, 3, 9];

/**
 * Connections that some sockets' owner made itself, by where they lead (`127.0.0.1:5432`): those that are open and not to a port it listens
 * on. @param tables such as `/proc/net/tcp` and `/proc/net/tcp6` @param inodes of its sockets
 */
export function outgoingConnections(tables: readonly string[], inodes: ReadonlySet<string>): Map<string, number> {
  const own = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/, INODE + 1))
    .filter((fields) => inodes.has(fields[INODE] ?? ''));
  const listening = new Set(own.flatMap((fields) => (fields[STATE] === LISTEN ? [portOf(fields[LOCAL]!)] : [])));
  const places = new Map<string, number>();
  for (const fields of own) {
    if (fields[STATE] !== ESTABLISHED || listening.has(portOf(fields[LOCAL]!))) continue;
    const [address, port] = fields[REMOTE]!.split(':') as [string, string];
    const host = readableAddress(address);
    const place = `${host.includes(':') ? `[${host}]` : host}:${Number.parseInt(port, 16)}`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  return places;
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}
