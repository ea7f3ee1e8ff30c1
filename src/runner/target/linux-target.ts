import { readdirSync } from 'node:fs';
import { parseProcessStat } from '../../runs/process-stat.ts';
import { familyOf } from '../../telemetry/family.ts';
import { parseMachineTimes, parseMemoryTaken } from '../../telemetry/machine-times.ts';
import type { TargetLook } from '../../telemetry/target-figures.ts';
import { ControlGroups } from './control-groups.ts';
import { type LinuxLook, LinuxProcess } from './linux-process.ts';
import { ProcFile, readProcFile } from './proc-file.ts';
import type { TargetReader } from './target-reader.ts';
import type { TargetSockets } from './target-sockets.ts';

const EVERY_MS = 500;
/** Of a core, at the most, for looking. */
const MOST_SHARE = 0.005;

/** What `/proc` tells of a process, all that came of it, and the machine. */
export class LinuxTarget implements TargetReader {
  readonly #groups: ControlGroups;
  readonly #sockets: TargetSockets;
  readonly #now: () => number;
  readonly #machine = new ProcFile('/proc/stat');
  readonly #memory = new ProcFile('/proc/meminfo');
  readonly #processes = new Map<number, LinuxProcess>();
  #others: ReadonlySet<number> = new Set();
  /** Processes and threads the machine had begun when the family was last looked for. */
  #begun = Number.NaN;
  /** Of a core, ms, for the last two looks. */
  #costs: readonly [number, number] = [0, 0];

  /** @param now run time, ms */
  constructor(pid: number, sockets: TargetSockets, now: () => number) {
    this.#processes.set(pid, new LinuxProcess(pid, now));
    this.#groups = new ControlGroups(pid);
    this.#sockets = sockets;
    this.#now = now;
  }

  get pause(): number {
    // One look may have had to pay for something else, such as collecting garbage.
    return Math.max(EVERY_MS, Math.min(...this.#costs) / MOST_SHARE);
  }

  look(): TargetLook | null {
    const before = process.cpuUsage();
    const found = this.#look();
    const { user, system } = process.cpuUsage(before);
    this.#costs = [this.#costs[1], (user + system) / 1000];
    return found;
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
    this.#processes.clear();
    this.#machine.close();
    this.#memory.close();
  }

  #look(): TargetLook | null {
    const at = this.#now();
    const machine = parseMachineTimes(this.#machine.read() ?? '');
    // To list all processes and threads costs more than the rest; where none was begun, none has come.
    const mayHaveGrown = machine?.begun !== this.#begun;
    if (mayHaveGrown) this.#findFamily();
    this.#begun = machine?.begun ?? Number.NaN;
    const processes = new Map<number, LinuxLook>();
    for (const [pid, process] of this.#processes) {
      const look = process.look(mayHaveGrown);
      if (look !== null) processes.set(pid, look);
      else this.#processes.delete(pid);
    }
    if (processes.size === 0) return null;
    const { connections, unaccepted } = this.#sockets.look(at);
    const memoryTaken = Math.max(parseMemoryTaken(this.#memory.read() ?? ''), this.#groups.memoryTaken());
    return { at, processes, machine, memoryTaken, throttling: this.#groups.throttling(), connections, unaccepted };
  }

  #findFamily(): void {
    const pids = readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
    const parents = new Map<number, number>();
    for (const pid of pids) {
      if (this.#others.has(pid)) continue;
      if (this.#processes.has(pid)) parents.set(pid, 0);
      else parents.set(pid, parseProcessStat(readProcFile(`/proc/${pid}/stat`) ?? '')?.parent ?? 0);
    }
    const family = familyOf(this.#processes.keys(), parents);
    for (const pid of family) {
      if (!this.#processes.has(pid)) this.#processes.set(pid, new LinuxProcess(pid, this.#now));
    }
    this.#others = new Set(pids.filter((pid) => !family.has(pid)));
  }
}
