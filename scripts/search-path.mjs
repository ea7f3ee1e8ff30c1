// Looking for programs in the search path.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The path of the first of these programs that is there; undefined: none is. */
export function findProgram(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
}

/** Throws where one of these programs is missing, with how to install it: Debian's packages have the same names. */
export function needPrograms(names) {
  const missing = names.filter((name) => findProgram([name]) === undefined).join(' ');
  if (missing !== '') throw new Error(`Not found: ${missing}. Install it (Debian: apt install ${missing}).`);
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
