import type { ChildProcess } from 'node:child_process';

/**
 * Calls back when a forked process has ended and all that it said has been heard. That it has ended is often known before its last message
 * is read: of sixteen that end at once, each with a megabyte to tell, two or three are.
 *
 * @param ended is told how, such as `ended with 0` or `was ended by SIGKILL`
 */
export function onceEnded(child: ChildProcess, ended: (how: string) => void): void {
  child.on('exit', (code, signal) => {
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    if (child.connected) child.once('disconnect', () => ended(how));
    else ended(how);
  });
}
