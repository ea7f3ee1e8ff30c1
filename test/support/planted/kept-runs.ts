import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlantedRun } from './planted-run.ts';
import { type Recording, readRecording, writeRecording } from './recording.ts';

/** Which run: `large-answer/16u-3`, `large-answer/16u-off-1`. */
export function runName(server: string, cell: string, slowPath: 'on' | 'off', seed: number): string {
  return `${server}/${cell}-${slowPath === 'off' ? 'off-' : ''}${seed}`;
}

export function isKept(folder: string, name: string): boolean {
  return existsSync(path.join(folder, `${name}.json`));
}

/** The recording first: a run whose figures are there is complete. */
export async function keepRun(
  folder: string,
  name: string,
  run: PlantedRun,
  recording: Recording | null,
): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  if (recording !== null) await writeFile(`${file}.recording`, writeRecording(recording));
  await writeFile(`${file}.json`, `${JSON.stringify(run, null, 1)}\n`);
}

export interface KeptRun {
  readonly name: string;
  readonly run: PlantedRun;
  readonly recording: Recording | null;
}

/** All runs that a folder has, by name. */
export async function* keptRuns(folder: string): AsyncGenerator<KeptRun, void, undefined> {
  if (!existsSync(folder)) return;
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort();
  for (const file of files) {
    const name = file.slice(0, -'.json'.length).split(path.sep).join('/');
    const run = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as PlantedRun;
    const recorded = path.join(folder, `${name}.recording`);
    yield { name, run, recording: existsSync(recorded) ? readRecording(await readFile(recorded)) : null };
  }
}
