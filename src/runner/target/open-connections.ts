import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { SeenSocket } from '../../runs/look.ts';
import { readableAddress, socketInodesNow } from './listening-socket.ts';

/** A socket of a table such as `/proc/net/tcp` that is, or is to be, connected. */
export interface ConnectionRow extends Omit<SeenSocket, 'pid'> {
  readonly localPort: number;
  /** What `/proc/PID/fd` knows it by. */
  readonly inode: string;
}

/** `/proc/net/tcp`'s states. */
const STATES: Readonly<Record<string, SeenSocket['state']>> = { '01': 'open', '02': 'opening' };
/** `/proc/net/unix`'s state of a connected socket, and its flag of one that listens. */
const UNIX_CONNECTED = '03';
const UNIX_LISTENS = '00010000';

const execute = promisify(execFile);
const SS_MS = 1000;
const SS_BYTES = 8 * 1024 * 1024;

/** The connections of a table such as `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseConnections(table: string): ConnectionRow[] {
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .flatMap((fields) => {
      const state = STATES[fields[3] ?? ''];
      if (state === undefined) return [];
      const [address, port] = fields[2]!.split(':');
      const host = readableAddress(address!);
      const [unsent, unread] = fields[4]!.split(':').map((hex) => Number.parseInt(hex, 16));
      return [
        {
          remote: `${host.includes(':') ? `[${host}]` : host}:${Number.parseInt(port!, 16)}`,
          state,
          localPort: Number.parseInt(fields[1]!.split(':')[1]!, 16),
          unsent: unsent!,
          unread: unread!,
          inode: fields[9]!,
        },
      ];
    });
}

/** The connected sockets of `/proc/net/unix` with a path that nobody among `inodes` listens at, by inode. The kernel names only one of two ends. */
export function parseUnixConnections(table: string, inodes: ReadonlySet<string>): Map<string, string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields.length >= 8 && inodes.has(fields[6]!));
  const own = new Set(rows.filter((fields) => fields[3] === UNIX_LISTENS).map((fields) => fields[7]!));
  const connected = rows.filter((fields) => fields[5] === UNIX_CONNECTED && !own.has(fields[7]!));
  return new Map(connected.map((fields) => [fields[6]!, fields[7]!]));
}

/** A connection that a process has made, or is making. */
export interface OpenConnection {
  readonly seen: SeenSocket;
  readonly inode: string;
}

/**
 * The connections that processes have made, not those that were made to them (Linux only); null where they cannot be seen. Which sockets the
 * processes have is seen at once, where they lead in the ms after it: the kernel takes long to tell.
 *
 * @param listening ports of the processes: a server and its workers listen at the same ones, and any of them may take a connection
 */
export async function openConnections(
  pids: readonly number[],
  listening: ReadonlySet<number>,
): Promise<readonly OpenConnection[] | null> {
  if (process.platform !== 'linux') return null;
  const found = await Promise.all(pids.map((pid) => connectionsOf(pid, listening)));
  return found.some((one) => one !== null) ? found.flatMap((one) => one ?? []) : null;
}

/** In what `ss -tneiHO` prints the sockets, by inode, that have sent after they last received. */
export function parseAwaiting(output: string): Set<string> {
  const awaiting = new Set<string>();
  for (const line of output.split('\n')) {
    const [inode, sent, received] = ['ino', 'lastsnd', 'lastrcv'].map(
      (name) => new RegExp(` ${name}:(\\d+)`).exec(line)?.[1],
    );
    // Ms ago, which are left out where they are 0.
    if (inode !== undefined && Number(received ?? 0) > Number(sent ?? 0)) awaiting.add(inode);
  }
  return awaiting;
}

/** The sockets of this machine, by inode, that await an answer. The kernel tells it over netlink only, and so `ss` where there is one; else null. */
export async function awaitingSockets(): Promise<ReadonlySet<string> | null> {
  const options = { timeout: SS_MS, maxBuffer: SS_BYTES };
  return execute('ss', ['-tneiHO'], options).then(
    ({ stdout }) => parseAwaiting(stdout),
    () => null,
  );
}

async function connectionsOf(pid: number, listening: ReadonlySet<number>): Promise<OpenConnection[] | null> {
  const inodes = socketInodesNow(pid);
  if (inodes.size === 0) return null;
  // Those of the process's own network, which in a container is another.
  const [tcp, tcp6, unix] = await Promise.all(
    ['tcp', 'tcp6', 'unix'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  const connections = [tcp!, tcp6!]
    .flatMap(parseConnections)
    .filter(({ inode, localPort }) => inodes.has(inode) && !listening.has(localPort))
    .map(({ remote, state, unsent, unread, inode }) => ({ seen: { pid, remote, state, unsent, unread }, inode }));
  const local = [...parseUnixConnections(unix!, inodes)].map(([inode, path]): OpenConnection => {
    return { seen: { pid, remote: path, state: 'open', unsent: 0, unread: 0 }, inode };
  });
  return [...connections, ...local];
}
