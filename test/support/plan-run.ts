import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { type Environment, tailflameWith } from './tailflame.ts';

export interface PlanRun {
  readonly code: number | null;
  readonly stderr: string;
  /** Null where none came about. */
  readonly run: RunDocument | null;
}

/** Writes a plan into a folder and runs it there. @param name of its file @param options of `tailflame run` */
export async function runPlanFile(
  cwd: string,
  name: string,
  text: string,
  options: readonly string[] = [],
  environment: Environment = {},
): Promise<PlanRun> {
  await writeFile(path.join(cwd, name), text);
  const { code, stdout, stderr } = await tailflameWith(environment, cwd, 'run', name, '--json', ...options);
  return { code, stderr, run: stdout === '' ? null : (JSON.parse(stdout) as RunDocument) };
}
