import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DIST } from './dist.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param under a command to run it under, such as `taskset` with its options */
export function spawnTailflame(cwd: string, args: readonly string[], under: readonly string[] = []): ChildProcess {
  const [command, ...rest] = [...under, process.execPath, path.join(DIST, 'cli.cjs'), ...args];
  return spawn(command!, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the built command line to its end. */
export async function tailflame(cwd: string, ...args: string[]): Promise<CommandResult> {
  return resultOf(spawnTailflame(cwd, args));
}

export async function resultOf(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr!.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
