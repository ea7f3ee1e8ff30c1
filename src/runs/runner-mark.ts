import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { EVENT_LOG, REQUEST_LOG } from './run-log.ts';
import { findProcess, processSpace } from './system-process.ts';

/** Who measures a run: it stands in the run's folder from before the run does until everything is written. */
export const RUNNER_FILE = 'runner.json';
/** A run in progress logs its own health every second. */
const SILENT_MS = 15_000;

interface RunnerMark {
  readonly pid: number;
  readonly started: string | null;
  /** Where that number is the process's. */
  readonly space: string;
}

/** Says in a run's folder that this process measures it. */
export async function markRunner(folder: string): Promise<void> {
  const found = await findProcess(process.pid);
  const mark: RunnerMark = { pid: process.pid, started: found?.started ?? null, space: await processSpace() };
  await writeAtomically(path.join(folder, RUNNER_FILE), `${JSON.stringify(mark)}\n`);
}

/**
 * Whether the process that measures a run is alive. It cannot go and leave that behind: what is asked is the system, and by number and
 * start. Of another machine or container nothing can be asked but its log, which grows every second.
 */
export async function isBeingMeasured(folder: string): Promise<boolean> {
  const mark = await readMark(folder);
  if (mark === null) return false;
  if (mark.space !== (await processSpace())) return isLogged(folder);
  const found = await findProcess(mark.pid);
  if (found === null) return false;
  if (mark.started === null || found.started === null) return isLogged(folder);
  return found.started === mark.started;
}

async function readMark(folder: string): Promise<RunnerMark | null> {
  try {
    const { pid, started, space } = JSON.parse(
      await readFile(path.join(folder, RUNNER_FILE), 'utf8'),
    ) as Partial<RunnerMark>;
    return Number.isInteger(pid) && pid! > 0 && space !== undefined
      ? { pid: pid!, started: started ?? null, space }
      : null;
  } catch {
    return null;
  }
}

async function isLogged(folder: string): Promise<boolean> {
  const logs = [REQUEST_LOG, EVENT_LOG].map((name) => stat(path.join(folder, name)).catch(() => null));
  return (await Promise.all(logs)).some((log) => log !== null && Date.now() - log.mtimeMs < SILENT_MS);
}
