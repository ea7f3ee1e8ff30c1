import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { familyOf } from '../../telemetry/family.ts';
import type { MachineTimes } from '../../telemetry/machine-times.ts';
import { parsePsTable } from '../../telemetry/ps-table.ts';
import type { ProcessLook, TargetLook } from '../../telemetry/target-figures.ts';
import type { TargetReader } from './target-reader.ts';

/** A `ps` takes some milliseconds of a core. */
const EVERY_MS = 2000;
const TIMEOUT_MS = 2000;

const execute = promisify(execFile);

/** What one call of `ps` tells of a process and all that came of it, where there is no `/proc`: CPU time and memory. */
export class PsTarget implements TargetReader {
  readonly pause = EVERY_MS;
  readonly #now: () => number;
  #family: ReadonlySet<number>;

  /** @param now run time, ms */
  constructor(pid: number, now: () => number) {
    this.#family = new Set([pid]);
    this.#now = now;
  }

  close(): void {
    // Nothing is kept open.
  }

  async look(): Promise<TargetLook | null> {
    const options = { timeout: TIMEOUT_MS };
    const { stdout } = await execute('ps', ['-axo', 'pid=,ppid=,rss=,time='], options).catch(() => ({ stdout: '' }));
    if (stdout === '') return null;
    const at = this.#now();
    const rows = parsePsTable(stdout);
    const family = familyOf(this.#family, new Map(rows.map(({ pid, parent }) => [pid, parent])));
    this.#family = family;
    const own = rows.filter(({ pid }) => family.has(pid));
    if (own.length === 0) return null;
    const unknown = { threadCount: Number.NaN, fds: Number.NaN, fdLimit: Number.NaN, threads: new Map() };
    const processes = new Map(
      own.map(({ pid, parent, resident, taken }): [number, ProcessLook] => [
        pid,
        // Neither is told here: numbers come round too seldom to matter, and what ended between two looks is lost.
        { parent, started: 0, taken, ofChildren: 0, resident, ...unknown },
      ]),
    );
    const machine = machineTimes();
    return { at, processes, machine, memoryTaken: NaN, throttling: [], connections: NaN, unaccepted: NaN };
  }
}

function machineTimes(): MachineTimes {
  const times = os.cpus().map((core) => core.times);
  const idle = times.reduce((sum, core) => sum + core.idle, 0);
  const total = times.reduce((sum, { user, nice, sys, idle: rest, irq }) => sum + user + nice + sys + rest + irq, 0);
  return { taken: total - idle, total, begun: Number.NaN };
}
