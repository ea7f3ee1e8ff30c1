import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from './atomic-file.ts';

export const LABEL_FILE = 'label.json';
const LONGEST_FILE = 64 * 1024;
const LONGEST_NAME = 200;

/** What a person gave a run, kept beside it: what was measured stays as it was. */
export interface RunLabel {
  readonly name: string | null;
  readonly pinned: boolean;
  /** Whether later runs of its target are held against it. */
  readonly baseline: boolean;
}

export const NO_LABEL: RunLabel = { name: null, pinned: false, baseline: false };

export interface ReadLabel {
  readonly label: RunLabel;
  /** Why the file could not be used, as a sentence; null where it could, or where there is none. */
  readonly problem: string | null;
}

/** The label in a run's folder. A damaged one is as good as none, and says so: it never costs the run. */
export async function readLabel(folder: string): Promise<ReadLabel> {
  const file = path.join(folder, LABEL_FILE);
  try {
    const text = await readBounded(file, LONGEST_FILE);
    if (text === null) return damaged(file, 'it is far longer than a label');
    return parseLabel(text, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { label: NO_LABEL, problem: null } : damaged(file, message);
  }
}

/** Reads a label's text, and takes of it what can be understood. @param file its name, for the sentence */
export function parseLabel(text: string, file: string): ReadLabel {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    return damaged(file, (error as Error).message);
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return damaged(file, 'it is no JSON object');
  const { name = null, pinned = false, baseline = false } = read as Readonly<Record<string, unknown>>;
  const wrong = [
    ...(name === null || typeof name === 'string' ? [] : ['name']),
    ...(typeof pinned === 'boolean' ? [] : ['pinned']),
    ...(typeof baseline === 'boolean' ? [] : ['baseline']),
  ];
  const label = {
    name: typeof name === 'string' ? cleanName(name) : null,
    pinned: pinned === true,
    baseline: baseline === true,
  };
  return {
    label,
    problem: wrong.length === 0 ? null : damaged(file, `"${wrong.join('", "')}" cannot be read`).problem,
  };
}

/** Keeps a label in the run's folder. One that says nothing leaves no file. */
export async function writeLabel(folder: string, { name, pinned, baseline }: RunLabel): Promise<void> {
  const file = path.join(folder, LABEL_FILE);
  if (name === null && !pinned && !baseline) await rm(file, { force: true });
  else await writeAtomically(file, `${JSON.stringify({ name, pinned, baseline }, null, 2)}\n`);
}

/** A name as it is kept: on one line, of a length that people can read; null where nothing is left. */
export function cleanName(text: string): string | null {
  const name = text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME).trim();
  return name === '' ? null : name;
}

/** A file's text; null where it has more than `limit` bytes: then none of it is read. */
export async function readBounded(file: string, limit: number): Promise<string | null> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return size > limit ? null : await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function damaged(file: string, why: string): ReadLabel {
  return { label: NO_LABEL, problem: `${file} is damaged: ${why}. Its name and marks are left out.` };
}
