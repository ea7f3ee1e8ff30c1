import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Ms that `score` takes in either build of examples/pipeline. */
export const SCORE_MS = { old: 4, new: 8 };

/** Puts both builds of examples/pipeline below a folder, as `old/server.mjs` and `new/server.mjs`. */
export async function twoBuilds(folder: string): Promise<void> {
  for (const build of ['old', 'new']) {
    await mkdir(path.join(folder, build));
    await cp('examples/pipeline/server.mjs', path.join(folder, build, 'server.mjs'));
  }
  execFileSync('git', ['apply', '--directory=new', path.resolve('examples/pipeline/slower.patch')], { cwd: folder });
}

/** The line of a build's file in which `score` computes. */
export async function scoreLine(file: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.findIndex((line) => line.includes('result = (result * 31')) + 1;
}
