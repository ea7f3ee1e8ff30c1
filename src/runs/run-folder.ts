import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import type { RunDocument } from './run-document.ts';

export const RUNS_FOLDER = path.join('.tailflame', 'runs');
export const RUN_FILE = 'run.json';

/** The working directory that a run is kept under, which relative paths in it start from. @param folder of the run, absolute */
export function baseOfRun(folder: string): string {
  return path.resolve(folder, '..', path.relative(RUNS_FOLDER, '.'));
}

/** A run that cannot be opened, said to the person who asked for it. */
export class RunError extends Error {
  override readonly name: string = 'RunError';
}

/** A run that cannot be opened yet. */
export class RunUnderWayError extends RunError {
  override readonly name = 'RunUnderWayError';

  constructor(folder: string) {
    super(`${path.basename(folder)} is still being measured. It can be opened when it has ended.`);
  }
}

/** Makes a new, empty run folder under `base` (a working directory), named by time. @returns its absolute path */
export async function createRunFolder(base: string, now: Date): Promise<string> {
  const runs = path.join(base, RUNS_FOLDER);
  await mkdir(runs, { recursive: true });
  await writeFile(path.join(runs, '.gitignore'), '*\n');
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const folder = path.join(runs, `${stamp}-${randomBytes(2).toString('hex')}`);
  await mkdir(folder);
  return folder;
}

export async function writeRunDocument(folder: string, document: RunDocument): Promise<void> {
  await writeAtomically(path.join(folder, RUN_FILE), `${JSON.stringify(document, null, 2)}\n`);
}

/** Throws a {@link RunError} where the folder holds no run, or one written by a newer Tailflame. */
export async function readRunDocument(folder: string): Promise<RunDocument> {
  const file = path.join(folder, RUN_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new RunError(`${folder} is not a run: it has no ${RUN_FILE}. Give a folder from ${RUNS_FOLDER}.`);
  }
  return parseRunDocument(text, file);
}

/** Reads a run's document. Throws a {@link RunError} where it is damaged, or written by a newer Tailflame. @param file its name */
export function parseRunDocument(text: string, file: string): RunDocument {
  let document: { schema?: unknown } | null;
  try {
    document = JSON.parse(text) as { schema?: unknown } | null;
  } catch (error) {
    throw new RunError(`${file} is damaged: ${(error as Error).message}.`);
  }
  if (document?.schema !== 'tailflame.run/1') {
    throw new RunError(
      `${file} was written as ${String(document?.schema)}, and this Tailflame reads tailflame.run/1. Update it.`,
    );
  }
  return document as RunDocument;
}

/** Run folders under `base`, the newest first. */
export async function listRuns(base: string): Promise<string[]> {
  const runs = path.join(base, RUNS_FOLDER);
  const names = await readdir(runs).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = path.join(runs, name);
      const made = await stat(path.join(folder, RUN_FILE)).catch(() => null);
      return made ? [folder] : [];
    }),
  );
  return found.flat().sort().reverse();
}
