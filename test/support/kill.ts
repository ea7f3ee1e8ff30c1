import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Kills a process that this one started, where it still runs, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
