import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What the system tells of a process and what it started. CPU in ms since each began; null unknown. */
export interface ProcessSample {
  /** Ms, of a clock that only goes forward. */
  readonly at: number;
  readonly cpu: number;
  readonly processes: number;
  readonly threads: number | null;
  /** By thread. */
  readonly threadCpu: ReadonlyMap<string, number> | null;
}

/** Between two samples. */
export interface ProcessLoad {
  /** Cores used by all of it, 1 = one core busy. */
  readonly cores: number;
  /** Of the thread that used most; null unknown. */
  readonly busiestThread: number | null;
  readonly processes: number;
  readonly threads: number | null;
}

const run = promisify(execFile);
/** The clock ticks in which Linux tells CPU time (USER_HZ) are 10 ms on every architecture that Node runs on. */
const TICK_MS = 10;
/** A shorter time between samples says little in ticks of 10 ms. */
const SHORTEST_MS = 500;

/** Null where the system does not tell, such as of another user's process. */
export async function sampleProcess(pid: number): Promise<ProcessSample | null> {
  try {
    return process.platform === 'linux' ? await sampleLinux(pid) : await sampleOther(pid);
  } catch {
    return null;
  }
}

/** Null where the samples are too near to each other. */
export function loadBetween(first: ProcessSample, last: ProcessSample): ProcessLoad | null {
  const ms = last.at - first.at;
  if (ms < SHORTEST_MS) return null;
  const { processes, threads, threadCpu } = last;
  const busiest = [...(threadCpu ?? [])].map(([thread, cpu]) => cpu - (first.threadCpu?.get(thread) ?? 0));
  return {
    cores: Math.max(0, last.cpu - first.cpu) / ms,
    busiestThread: threadCpu === null ? null : Math.max(0, ...busiest) / ms,
    processes,
    threads,
  };
}

async function sampleLinux(pid: number): Promise<ProcessSample | null> {
  const at = performance.now();
  const pids = await family(pid);
  const threads = (
    await Promise.all(
      pids.map(async (one) => {
        const names = await readdir(`/proc/${one}/task`).catch(() => []);
        return names.map((name) => `${one}/task/${name}`);
      }),
    )
  ).flat();
  const threadCpu = new Map<string, number>();
  for (const thread of threads) {
    const stat = await readFile(`/proc/${thread}/stat`, 'utf8').catch(() => null);
    if (stat !== null) threadCpu.set(thread, cpuOf(stat));
  }
  const own = await Promise.all(pids.map((one) => readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')));
  if (own[0] === '') return null;
  const cpu = own.reduce((sum, stat) => sum + cpuOf(stat), 0);
  return { at, cpu, processes: pids.length, threads: threadCpu.size, threadCpu };
}

/** User and system time in a `stat`, whose second field may hold spaces and brackets. */
function cpuOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

/** The process and all that it, and what it started, have started. */
async function family(pid: number): Promise<number[]> {
  const found = [pid];
  for (const parent of found) {
    const tasks = await readdir(`/proc/${parent}/task`).catch(() => []);
    for (const task of tasks) {
      const children = await readFile(`/proc/${parent}/task/${task}/children`, 'utf8').catch(() => '');
      found.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return found;
}

async function sampleOther(pid: number): Promise<ProcessSample | null> {
  const at = performance.now();
  const { stdout } = await run('ps', ['-o', 'time=', '-p', String(pid)]);
  const match = /^\s*(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(stdout);
  if (match === null) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const cpu = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return { at, cpu, processes: 1, threads: null, threadCpu: null };
}
