import { parseProcessStat, TICK_MS } from '../../runs/process-stat.ts';
import { readProcFile } from './proc-file.ts';
import { processTree } from './process-tree.ts';
import { readProcess, type TargetProcess } from './target-process.ts';

/**
 * When what the target runs was loaded, ms since 1970: when the youngest of its processes of one program began, which a server that watches
 * its files starts anew, as its first one does. To a hundredth of a second; null where the system does not tell (Linux does).
 */
export async function targetStart({ pid, executable }: TargetProcess): Promise<number | null> {
  // Both at one moment.
  const booted = Date.now() - Number.parseFloat(readProcFile('/proc/uptime') ?? '') * 1000;
  const processes = await Promise.all((await processTree(pid)).map(readProcess));
  const starts = processes
    .filter((found) => found?.executable === executable)
    .map((found) => parseProcessStat(readProcFile(`/proc/${found!.pid}/stat`) ?? ''))
    .filter((stat) => stat !== null)
    .map(({ started }) => started * TICK_MS);
  return Number.isNaN(booted) || starts.length === 0 ? null : booted + Math.max(...starts);
}
