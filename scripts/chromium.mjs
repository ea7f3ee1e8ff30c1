// The browser the editor tests look through: one that is there, or Debian's.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run } from './code-server.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const advice = 'Install Chromium or Google Chrome, or set TAILFLAME_CHROMIUM to its path.';

/** The path of a Chromium; on Debian and its kin it is installed when missing, if that takes no password. */
export async function chromium({ log }) {
  const asked = process.env.TAILFLAME_CHROMIUM;
  if (asked) {
    if (!isExecutable(asked)) throw new Error(`TAILFLAME_CHROMIUM names ${asked}, which is not a program.`);
    return asked;
  }
  const found = find();
  if (found !== undefined) return found;
  const apt = await aptGet();
  if (apt === undefined) throw new Error(`The editor tests need a browser. ${advice}`);
  try {
    await apt(['update'], { log, limit: 3 * 60_000, doing: 'apt-get update' });
    await apt(['install', '-y', '--no-install-recommends', 'chromium'], {
      log,
      limit: 8 * 60_000,
      doing: 'installing Chromium',
    });
  } catch (error) {
    throw new Error(`Chromium could not be installed: ${error.message} ${advice}`, { cause: error });
  }
  const installed = find();
  if (installed === undefined) throw new Error(`apt-get installed no browser that can be found. ${advice}`);
  return installed;
}

function find() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...candidates, ...(process.platform === 'darwin' ? applications : [])].find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function aptGet() {
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return undefined;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0) {
    try {
      await run('sudo', ['-n', 'true'], { limit: 10_000, doing: 'asking sudo' });
    } catch {
      return undefined;
    }
  }
  const waiting = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  return (args, options) => {
    options.log(`${options.doing} …`);
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...waiting, ...args];
    return run(command, rest, options);
  };
}
