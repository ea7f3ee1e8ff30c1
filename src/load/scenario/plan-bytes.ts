import { readFileSync } from 'node:fs';
import { PlanError } from '../plan/plan-error.ts';

/** A file a plan sends, read whole. Throws a {@link PlanError} where it cannot be. @param file absolute */
export function planBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new PlanError(`${file}: there is no such file.`);
    if (code === 'EISDIR') throw new PlanError(`${file} is a folder, not a file.`);
    throw new PlanError(`${file} cannot be read: ${message}.`);
  }
}
