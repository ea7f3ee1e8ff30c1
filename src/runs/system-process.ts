import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { parseProcessStat } from './process-stat.ts';

const run = promisify(execFile);

/**
 * When a process began, as the system writes it: a number that is given to another process later has another start. `started` is null
 * where the system does not tell; null where there is no such process, or only the remains of one.
 */
export async function findProcess(pid: number): Promise<{ readonly started: string | null } | null> {
  if (!exists(pid)) return null;
  if (process.platform === 'linux') return findLinuxProcess(pid);
  if (process.platform === 'win32') return { started: null };
  return findOtherProcess(pid);
}

/** Where numbers of processes mean the same processes: one start of one machine, and on Linux one namespace of it. */
export async function processSpace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return [os.hostname(), boot.trim(), namespace].filter((part) => part !== '').join(' ');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function findLinuxProcess(pid: number): Promise<{ started: string | null } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // One that is there and not shown belongs to somebody else.
  if (text === null) return exists(pid) ? { started: null } : null;
  const stat = parseProcessStat(text);
  if (stat === null) return { started: null };
  return stat.state === 'Z' || stat.state === 'X' ? null : { started: String(stat.started) };
}

async function findOtherProcess(pid: number): Promise<{ started: string | null } | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env });
    const [, state, started] = /^\s*(\S+)\s+(.*\S)\s*$/m.exec(stdout) ?? [];
    return state === undefined || state.startsWith('Z') ? null : { started: started ?? null };
  } catch {
    return exists(pid) ? { started: null } : null;
  }
}
