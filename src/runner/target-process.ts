import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { listeningSockets, socketInodes } from './listening-socket.ts';

/** A process of this machine as the system tells of it. */
export interface TargetProcess {
  readonly pid: number;
  readonly parent: number;
  /** Path of the executable; its name as started where the system does not give it. */
  readonly executable: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);

/** The process, or null where there is none we may see. */
export async function readProcess(pid: number): Promise<TargetProcess | null> {
  return process.platform === 'linux' ? readLinuxProcess(pid) : readOtherProcess(pid);
}

/**
 * The process that listens on a local TCP port: of several sharing the socket (a server and its workers) the one that started the
 * others. Null where none is found: another user's, another machine's, or a system that does not tell.
 */
export async function findListener(port: number): Promise<TargetProcess | null> {
  const pids = process.platform === 'linux' ? await linuxListeners(port) : await otherListeners(port);
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
    const { stdout } = await run('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
    if (command === undefined) return null;
    const args = command.split(' ');
    return { pid, parent: Number(parent), executable: args[0]!, args };
  } catch {
    return null;
  }
}

async function linuxListeners(port: number): Promise<number[]> {
  const wanted = new Set((await listeningSockets()).filter((socket) => socket.port === port).map(({ inode }) => inode));
  if (wanted.size === 0) return [];
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const holds = await Promise.all(
    pids.map(async (pid) => (await socketInodes(pid)).some((inode) => wanted.has(inode))),
  );
  return pids.filter((_, index) => holds[index] === true);
}

async function otherListeners(port: number): Promise<number[]> {
  try {
    const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']);
    return stdout
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}
