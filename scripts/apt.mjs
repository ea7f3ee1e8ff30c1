// Debian's packages, where root or sudo without a password allows.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { run } from './command.mjs';

/** Installs packages. False where apt-get cannot be used; throws where it fails. */
export async function aptInstall(packages, { log }) {
  const apt = await aptGet();
  if (apt === undefined) return false;
  const doing = `installing ${packages.join(', ')}`;
  try {
    await apt(['update'], { log, limit: 3 * 60_000, doing: 'apt-get update' });
    await apt(['install', '-y', '--no-install-recommends', ...packages], { log, limit: 8 * 60_000, doing });
  } catch (error) {
    throw new Error(`apt-get could not install ${packages.join(', ')}: ${error.message}`, { cause: error });
  }
  return true;
}

/** Unpacks a package into a folder, without its kin and without running what it would run. False where apt-get cannot be used. */
export async function aptUnpack(name, folder, { log }) {
  const apt = await aptGet();
  if (apt === undefined) return false;
  const download = mkdtempSync(path.join(os.tmpdir(), 'tailflame-apt-'));
  try {
    await apt(['update'], { log, limit: 3 * 60_000, doing: 'apt-get update' });
    await apt(['download', name], { cwd: download, log, limit: 8 * 60_000, doing: `downloading ${name}` });
    const [file] = readdirSync(download);
    await run('dpkg', ['-x', path.join(download, file), folder], { limit: 60_000, doing: `unpacking ${name}` });
  } catch (error) {
    throw new Error(`apt-get could not fetch ${name}: ${error.message}`, { cause: error });
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
  return true;
}

/** `apt-get` on Debian and its kin where it takes no password; undefined elsewhere. */
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
