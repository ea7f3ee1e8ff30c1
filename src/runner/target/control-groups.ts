import {
  controlGroupFolders,
  isCpuLimited,
  parseMemoryLimit,
  parseReclaimable,
  parseThrottleTimes,
  type ThrottleTimes,
} from '../../telemetry/control-group.ts';
import { readProcFile } from './proc-file.ts';

interface LimitedMemory {
  /** Of what is taken, bytes. */
  readonly file: string;
  readonly folder: string;
  /** Bytes. */
  readonly limit: number;
}

const UNKNOWN: ThrottleTimes = { throttled: Number.NaN, taken: Number.NaN };

/** The control groups of a process that have a limit, a container's for example, as they were when it was first looked at. */
export class ControlGroups {
  readonly #cpu: readonly string[];
  readonly #memory: readonly LimitedMemory[];

  constructor(pid: number) {
    const groups = readProcFile(`/proc/${pid}/cgroup`) ?? '';
    const { cpu, memory } = controlGroupFolders(groups, readProcFile('/proc/self/mountinfo') ?? '');
    this.#cpu = cpu.filter((folder) =>
      isCpuLimited(readProcFile(`${folder}/cpu.max`) ?? readProcFile(`${folder}/cpu.cfs_quota_us`) ?? ''),
    );
    this.#memory = memory.flatMap((folder) => {
      const second = readProcFile(`${folder}/memory.max`);
      const limit = parseMemoryLimit(second ?? readProcFile(`${folder}/memory.limit_in_bytes`) ?? '');
      const file = `${folder}/${second === null ? 'memory.usage_in_bytes' : 'memory.current'}`;
      return limit === null ? [] : [{ file, folder, limit }];
    });
  }

  throttling(): ThrottleTimes[] {
    return this.#cpu.map((folder) => {
      const times = parseThrottleTimes(readProcFile(`${folder}/cpu.stat`) ?? '') ?? UNKNOWN;
      if (!Number.isNaN(times.taken)) return times;
      // Version 1 tells what was taken in a file of its own.
      return { ...times, taken: Number.parseInt(readProcFile(`${folder}/cpuacct.usage`) ?? '', 10) / 1e6 };
    });
  }

  /** Of the one nearest to its limit, 0–1; 0 where none has one. */
  memoryTaken(): number {
    return Math.max(
      0,
      ...this.#memory.map(({ file, folder, limit }) => {
        const taken =
          Number.parseInt(readProcFile(file) ?? '', 10) - parseReclaimable(readProcFile(`${folder}/memory.stat`) ?? '');
        return Number.isNaN(taken) ? 0 : taken / limit;
      }),
    );
  }
}
