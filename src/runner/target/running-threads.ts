import { readdirSync } from 'node:fs';
import { parseProcessStat } from '../../runs/process-stat.ts';
import { readProcFile } from './proc-file.ts';

/** Whether a thread of one of these processes runs, or would if it had a core (Linux); false where the system does not tell. */
export function isAnyRunning(pids: readonly number[]): boolean {
  return pids.some((pid) =>
    threadsOf(pid).some((thread) => {
      const stat = parseProcessStat(readProcFile(`/proc/${pid}/task/${thread}/stat`) ?? '');
      return stat?.state === 'R';
    }),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
