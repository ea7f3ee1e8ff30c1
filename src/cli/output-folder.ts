import { access } from 'node:fs/promises';
import path from 'node:path';
import { PlanError } from '../load/plan/plan-error.ts';

/**
 * Throws a {@link PlanError} where there is no folder that one of the files could be written to, before minutes are spent on it.
 * @param files as options name them: `-`, or no name, is standard output
 */
export async function requireFolders(...files: (string | true | undefined)[]): Promise<void> {
  for (const file of files) {
    if (typeof file !== 'string' || file === '-') continue;
    await access(path.dirname(path.resolve(file))).catch(() => {
      throw new PlanError(`${file} cannot be written: its folder is not there.`);
    });
  }
}
