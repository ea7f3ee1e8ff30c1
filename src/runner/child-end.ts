import type { ChildProcess } from 'node:child_process';

/**
 * Calls back when a forked process has ended and all that it said has been heard. That it has ended is often known before its last message
 * is read: of sixteen that end at once, each with a megabyte to tell, two or three are.
 *
 * @param ended is told how: {@link endText}
 */
export function onceEnded(child: ChildProcess, ended: (how: string) => void): void {
  child.on('exit', (code, signal) => {
    const how = endText(code, signal);
    if (child.connected) child.once('disconnect', () => ended(how));
    else ended(how);
  });
}

/** `ended with 0`, `was ended by SIGKILL`, of what a process's `exit` tells. */
export function endText(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with ${code}` : `was ended by ${signal}`;
}
