// The browser the editor tests look through: one that is there, or Debian's.
import process from 'node:process';
import { aptInstall } from './apt.mjs';
import { findProgram, isExecutable } from './search-path.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const advice = 'Install Chromium or Google Chrome, or set TAILFLAME_CHROMIUM to its path.';

/** The path of a Chromium; on Debian and its kin it is installed when missing, with the icons of speedscope's toolbar, if that takes no password. */
export async function chromium({ log }) {
  const asked = process.env.TAILFLAME_CHROMIUM;
  if (asked) {
    if (!isExecutable(asked)) throw new Error(`TAILFLAME_CHROMIUM names ${asked}, which is not a program.`);
    return asked;
  }
  const found = find();
  if (found !== undefined) return found;
  if (!(await aptInstall(['chromium', 'fonts-noto-color-emoji'], { log })))
    throw new Error(`The editor tests need a browser. ${advice}`);
  const installed = find();
  if (installed === undefined) throw new Error(`apt-get installed no browser that can be found. ${advice}`);
  return installed;
}

function find() {
  return findProgram(names) ?? (process.platform === 'darwin' ? applications.find(isExecutable) : undefined);
}
