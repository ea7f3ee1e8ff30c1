import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Address } from '../../load/http/transport.ts';
import { listeningSockets, socketInodes, socketsFor } from './listening-socket.ts';
import { parseLsof, parseLsofAddress } from './lsof-output.ts';

/** A process of this machine as the system tells of it. */
export interface TargetProcess {
  readonly pid: number;
  readonly parent: number;
  /** Path of the executable; its name as started where the system does not give it. */
  readonly executable: string;
  readonly args: readonly string[];
}

const execute = promisify(execFile);

/** The process, or null where there is none we may see. */
export async function readProcess(pid: number): Promise<TargetProcess | null> {
  return process.platform === 'linux' ? readLinuxProcess(pid) : readOtherProcess(pid);
}

/**
 * The process that listens for what comes to a port of an address of this machine: of several sharing the socket (a server and its
 * workers) the one that started the others. Null where none is found: another user's, another machine's, or a system that does not tell.
 */
export async function findListener(address: Address, port: number): Promise<TargetProcess | null> {
  const pids = process.platform === 'linux' ? await linuxListeners(address, port) : await otherListeners(address, port);
  const processes = (await Promise.all(pids.map(readProcess))).filter((found) => found !== null);
  return processes.find(({ parent }) => !pids.includes(parent)) ?? null;
}

/** Local TCP ports the process listens on (Linux only). */
export async function listeningPorts(pid: number): Promise<number[]> {
  const inodes = new Set(await socketInodes(pid));
  return (await listeningSockets()).filter(({ inode }) => inodes.has(inode)).map(({ port }) => port);
}

async function readLinuxProcess(pid: number): Promise<TargetProcess | null> {
  try {
    const [status, line] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    const args = line.split('\0').slice(0, -1);
    const executable = await readlink(`/proc/${pid}/exe`).catch(() => args[0] ?? '');
    return { pid, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0), executable, args };
  } catch {
    return null;
  }
}

async function readOtherProcess(pid: number): Promise<TargetProcess | null> {
  try {
    const { stdout } = await execute('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
    if (command === undefined) return null;
    const args = command.split(' ');
    return { pid, parent: Number(parent), executable: args[0]!, args };
  } catch {
    return null;
  }
}

async function linuxListeners(address: Address, port: number): Promise<number[]> {
  const wanted = new Set(socketsFor(await listeningSockets(), address, port).map(({ inode }) => inode));
  if (wanted.size === 0) return [];
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const holds = await Promise.all(
    pids.map(async (pid) => (await socketInodes(pid)).some((inode) => wanted.has(inode))),
  );
  return pids.filter((_, index) => holds[index] === true);
}

async function otherListeners(address: Address, port: number): Promise<number[]> {
  try {
    const { stdout } = await execute('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn']);
    const sockets = parseLsof(stdout).flatMap(({ pid, name }) => {
      const bound = parseLsofAddress(name);
      // Of all addresses it does not say of which kind.
      return bound === null ? [] : [{ pid, port: bound.port, address: name.startsWith('*') ? '::' : bound.address }];
    });
    return [...new Set(socketsFor(sockets, address, port).map(({ pid }) => pid))];
  } catch {
    return [];
  }
}
