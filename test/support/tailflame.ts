import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DIST } from './dist.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables on top of those of this process, which other tests have too. */
export type Environment = Readonly<Record<string, string>>;

interface Surroundings {
  readonly environment?: Environment;
  /** A command to run it under, such as `taskset` with its options. */
  readonly under?: readonly string[];
}

export function spawnTailflame(
  cwd: string,
  args: readonly string[],
  { environment = {}, under = [] }: Surroundings = {},
): ChildProcess {
  const [command, ...rest] = [...under, process.execPath, path.join(DIST, 'cli.cjs'), ...args];
  return spawn(command!, rest, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the built command line to its end. */
export async function tailflame(cwd: string, ...args: string[]): Promise<CommandResult> {
  return resultOf(spawnTailflame(cwd, args));
}

/** The same, with variables of its own. */
export async function tailflameWith(environment: Environment, cwd: string, ...args: string[]): Promise<CommandResult> {
  return resultOf(spawnTailflame(cwd, args, { environment }));
}

/**
 * Asserts that a run ended with `expected`. Where the machine was too busy to send on time it says so, on stderr if its document is on
 * stdout, and ends with 98, and what it did is right all the same; of the tests that ask this none is of time.
 */
export function assertRan(
  { code, stderr, stdout = '' }: Pick<CommandResult, 'code' | 'stderr'> & Partial<CommandResult>,
  expected = 0,
): void {
  if (code === 98 && /^Not valid: Tailflame sent late/m.test(`${stdout}\n${stderr}`)) return;
  assert.equal(code, expected, stderr);
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
