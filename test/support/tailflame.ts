import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function spawnTailflame(cwd: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [path.resolve('dist/cli.cjs'), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the built command line to its end. */
export async function tailflame(cwd: string, ...args: string[]): Promise<CommandResult> {
  const child = spawnTailflame(cwd, args);
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
