import { execFile } from 'node:child_process';
import { readdir, readlink, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { listeningSockets, socketInodes } from './listening-socket.ts';
import { type OpenedFile, parseLsof, parseLsofAddress } from './lsof-output.ts';
import { readProcess, type TargetProcess } from './target-process.ts';

/** A process of this user with a port that takes connections. */
export interface LocalServer extends TargetProcess {
  readonly port: number;
  /** Where the port is reached, as in a URL: `127.0.0.1`, `[::1]`. */
  readonly host: string;
  /** Working folder; null where the system does not tell. */
  readonly cwd: string | null;
  /** Its parent, that one's parent, and so on. */
  readonly ancestors: readonly number[];
}

interface Listening {
  readonly pid: number;
  readonly address: string;
  readonly port: number;
}

const execute = promisify(execFile);
const MOST_ANCESTORS = 20;

/**
 * Every listening port of this user's processes, one entry a port: of several processes that share it the one that started the others.
 * Null where the system does not tell: it is not Linux, and has no lsof.
 */
export async function localServers(): Promise<LocalServer[] | null> {
  const listening = process.platform === 'linux' ? await linuxListening() : await otherListening();
  if (listening === null) return null;
  const pids = [...new Set(listening.map(({ pid }) => pid))];
  const folders = process.platform === 'linux' ? await linuxFolders(pids) : await otherFolders(pids);
  const processes = new Map(await Promise.all(pids.map(async (pid) => [pid, await readProcess(pid)] as const)));
  const servers: LocalServer[] = [];
  for (const port of new Set(listening.map((one) => one.port))) {
    const sharing = listening.filter((one) => one.port === port);
    const first = sharing.find(({ pid }) => !sharing.some((other) => other.pid === processes.get(pid)?.parent));
    const found = first && processes.get(first.pid);
    if (!first || !found) continue;
    const host = reachedAt(sharing.filter(({ pid }) => pid === first.pid).map(({ address }) => address));
    const ancestors = await ancestorsOf(found);
    servers.push({ ...found, port, host, cwd: folders.get(first.pid) ?? null, ancestors });
  }
  return servers.sort((a, b) => a.port - b.port);
}

/** One address of those a port is bound to. What takes any IPv6 connection need not take IPv4 ones. */
export function reachedAt(addresses: readonly string[]): string {
  const isIpv4 = (address: string): boolean => !address.includes(':');
  if (addresses.some((address) => address === '0.0.0.0' || address === '127.0.0.1')) return '127.0.0.1';
  const address = addresses.find(isIpv4) ?? addresses[0] ?? '127.0.0.1';
  if (isIpv4(address)) return address;
  return address === '::' ? '[::1]' : `[${address}]`;
}

async function linuxListening(): Promise<Listening[]> {
  const sockets = new Map((await listeningSockets()).map((socket) => [socket.inode, socket]));
  if (sockets.size === 0) return [];
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (!(await isOwn(pid))) return [];
      const own = (await socketInodes(pid)).map((inode) => sockets.get(inode));
      return own.filter((socket) => socket !== undefined).map(({ address, port }) => ({ pid, address, port }));
    }),
  );
  return found.flat();
}

async function isOwn(pid: number): Promise<boolean> {
  return stat(`/proc/${pid}`).then(
    ({ uid }) => uid === process.getuid?.(),
    () => false,
  );
}

async function linuxFolders(pids: readonly number[]): Promise<Map<number, string>> {
  const links = await Promise.all(
    pids.map(async (pid) => [pid, await readlink(`/proc/${pid}/cwd`).catch(() => null)] as const),
  );
  return new Map(links.filter((link): link is [number, string] => link[1] !== null));
}

async function otherListening(): Promise<Listening[] | null> {
  const user = process.getuid === undefined ? [] : ['-a', '-u', String(process.getuid())];
  const found = await lsof([...user, '-nP', '-iTCP', '-sTCP:LISTEN']);
  if (found === null) return null;
  return found.flatMap(({ pid, name }) => {
    const at = parseLsofAddress(name);
    return at === null ? [] : [{ pid, ...at }];
  });
}

async function otherFolders(pids: readonly number[]): Promise<Map<number, string>> {
  if (pids.length === 0) return new Map();
  const found = await lsof(['-a', '-d', 'cwd', '-p', pids.join(',')]);
  return new Map((found ?? []).map(({ pid, name }) => [pid, name]));
}

/** Null where there is no lsof. */
async function lsof(args: readonly string[]): Promise<OpenedFile[] | null> {
  try {
    return parseLsof((await execute('lsof', [...args, '-Fpn'])).stdout);
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    // It ends with 1 where only some of what was asked for was found, or nothing.
    return code === 'ENOENT' ? null : parseLsof(stdout ?? '');
  }
}

async function ancestorsOf({ parent }: TargetProcess): Promise<number[]> {
  const found: number[] = [];
  for (let pid = parent; pid > 0 && found.length < MOST_ANCESTORS; ) {
    found.push(pid);
    pid = (await readProcess(pid))?.parent ?? 0;
  }
  return found;
}
