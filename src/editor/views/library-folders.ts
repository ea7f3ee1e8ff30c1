/** Folders whose files somebody else wrote, or that Tailflame keeps its runs in: they are no list of what one works with. */
const LIBRARIES = [
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
/** With the folders that builds write into, whose programs declare the routes of the sources once more. */
const NO_SOURCES = [...LIBRARIES, 'dist', 'out', 'build'];

/** As `findFiles` leaves them out. */
export const LIBRARY_GLOB = globOf(LIBRARIES);
export const NO_SOURCE_GLOB = globOf(NO_SOURCES);

/** Whether a path lies below a library's folder. @param file relative to the workspace: what that lies in does not matter */
export function isInLibrary(file: string): boolean {
  return liesBelow(file, LIBRARIES);
}

/** Whether a path lies below a library's folder, or one that a build writes into. @param file relative to the workspace */
export function isNoSource(file: string): boolean {
  return liesBelow(file, NO_SOURCES);
}

function globOf(folders: readonly string[]): string {
  return `**/{${folders.join(',')}}/**`;
}

function liesBelow(file: string, folders: readonly string[]): boolean {
  return file.split(/[\\/]/).some((part) => folders.includes(part));
}
