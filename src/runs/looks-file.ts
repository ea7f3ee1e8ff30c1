import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import type { Look } from './look.ts';

/** What the target was seen in while requests were late, in the run's folder; not there where nothing was looked at. */
const LOOKS_FILE = 'looks.json';

/** Writes nothing where there are none. */
export async function writeLooks(folder: string, looks: readonly Look[]): Promise<void> {
  if (looks.length > 0) await writeAtomically(path.join(folder, LOOKS_FILE), `${JSON.stringify(looks, null, 1)}\n`);
}

/** Empty where the run has none. */
export async function readLooks(folder: string): Promise<Look[]> {
  const text = await readFile(path.join(folder, LOOKS_FILE), 'utf8').catch(() => '[]');
  return JSON.parse(text) as Look[];
}
