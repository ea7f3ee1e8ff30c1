/** Folders whose files somebody else wrote, or that Tailflame keeps its runs in: they are no list of what one works with. */
const FOLDERS = [
  'node_modules',
  'bower_components',
  'site-packages',
  'dist-packages',
  '__pypackages__',
  'venv',
  '.venv',
  '.tox',
  '.yarn',
  '.git',
  '.tailflame',
];

/** As `findFiles` leaves them out. */
export const LIBRARY_GLOB = `**/{${FOLDERS.join(',')}}/**`;

/** Whether a path lies below one of them. @param file relative to the workspace */
export function isInLibrary(file: string): boolean {
  return file.split(/[\\/]/).some((part) => FOLDERS.includes(part));
}
