// The Prometheus that the tests have evaluate our rules: one that is there, or Debian's, unpacked into the cache.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { aptUnpack } from './apt.mjs';
import { cacheFolder } from './cache-folder.mjs';

const PROGRAMS = ['prometheus', 'promtool'];
const ADVICE = 'Install it, or set TAILFLAME_PROMETHEUS to the folder with its programs.';

/** The folder with `prometheus` and `promtool`. */
export async function prometheus({ log }) {
  const asked = process.env.TAILFLAME_PROMETHEUS;
  if (asked) {
    if (!hasAll(asked)) throw new Error(`TAILFLAME_PROMETHEUS names ${asked}, which has no ${PROGRAMS.join(' and ')}.`);
    return asked;
  }
  const found = (process.env.PATH ?? '').split(path.delimiter).find((folder) => folder !== '' && hasAll(folder));
  if (found !== undefined) return found;
  const cached = path.join(cacheFolder(), 'prometheus');
  const programs = path.join(cached, 'usr', 'bin');
  if (hasAll(programs)) return programs;
  const unpacked = `${cached}.${process.pid}`;
  try {
    mkdirSync(unpacked, { recursive: true });
    if (!(await aptUnpack('prometheus', unpacked, { log }))) throw new Error(`The tests need Prometheus. ${ADVICE}`);
    if (!hasAll(path.join(unpacked, 'usr', 'bin')))
      throw new Error(`Debian's package has no ${PROGRAMS.join(' and ')}. ${ADVICE}`);
    // Another checkout may have been quicker.
    if (!hasAll(programs)) {
      rmSync(cached, { recursive: true, force: true });
      renameSync(unpacked, cached);
    }
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
  return programs;
}

function hasAll(folder) {
  return PROGRAMS.every((name) => existsSync(path.join(folder, name)));
}
