// What the scripts install once for all checkouts is kept here.
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

export function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'tailflame');
}
