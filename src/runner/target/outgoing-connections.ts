import { parseSocketTable } from './listening-socket.ts';
import { parseConnections } from './open-connections.ts';

/**
 * Connections that some sockets' owner made itself, by where they lead (`127.0.0.1:5432`): those that are open and not to a port it listens
 * on. @param tables such as `/proc/net/tcp` and `/proc/net/tcp6` @param inodes of its sockets
 */
export function outgoingConnections(tables: readonly string[], inodes: ReadonlySet<string>): Map<string, number> {
  const listening = new Set(
    tables
      .flatMap(parseSocketTable)
      .filter(({ inode }) => inodes.has(inode))
      .map(({ port }) => port),
  );
  const places = new Map<string, number>();
  for (const { state, inode, localPort, remote } of tables.flatMap(parseConnections)) {
    if (state !== 'open' || !inodes.has(inode) || listening.has(localPort)) continue;
    places.set(remote, (places.get(remote) ?? 0) + 1);
  }
  return places;
}
