import type { ChildProcess } from 'node:child_process';
import { kill } from './kill.ts';
import { until } from './until.ts';

/**
 * Waits until a program that was just started answers well at a URL.
 * @param limit ms
 * @throws where it ends before, or takes longer; it is killed then
 */
export async function untilServing(program: ChildProcess, url: string, limit = 60_000): Promise<void> {
  try {
    await until(`an answer of ${url}`, limit, async () => {
      const end = program.exitCode ?? program.signalCode;
      if (end !== null) throw new Error(`${program.spawnfile} ended (${end}) before it answered at ${url}.`);
      const answer = await fetch(url).catch(() => null);
      return answer?.ok === true ? true : null;
    });
  } catch (error) {
    await kill(program);
    throw error;
  }
}
