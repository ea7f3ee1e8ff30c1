import path from 'node:path';
import type { Frame } from './profile.ts';

/** Folders whose code somebody else wrote, wherever they lie. */
const LIBRARY_FOLDERS =
  /(^|[\\/])(node_modules|site-packages|dist-packages|\.venv|venv|\.tox|\.yarn|bower_components|lib(32|64)?[\\/](python|pypy)\d[\d.]*[a-z]*|__pypackages__)([\\/]|$)/;

/** Python's own modules on Windows and where it is built: a program may have a folder `Lib` too. */
const PYTHON_LIB =
  /(^|[\\/])(Python[-.\d]*|PythonSoftwareFoundation\.[^\\/]+|([Mm]ini|[Aa]na)conda\w*|(mini|mamba)forge\w*|cpython[^\\/]*|envs[\\/][^\\/]+|([Pp]ython|versions)[\\/]\d[\w.-]*([\\/]x(64|86))?)[\\/]Lib[\\/]/;

/** The lines of ours that a service may have in it, wherever they were copied to. */
const OWN_LINES = /(^|[\\/])tailflame[_-]attribution\.(py|cjs)$/;

const OF_OTHERS = [LIBRARY_FOLDERS, PYTHON_LIB, OWN_LINES];

/**
 * Whether a frame is code the user can change: it has a file with a path, not of the runtime (`node:…`, `<frozen …>`, `evalmachine`),
 * and not below a library folder.
 */
export function isUserFrame(frame: Frame): boolean {
  const { file } = frame;
  return file !== null && path.isAbsolute(file) && !OF_OTHERS.some((files) => files.test(file));
}

/** A path as sentences and tables name it: relative to `root` where it lies below it. */
export function shortPath(file: string, root: string): string {
  const relative = path.relative(root, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
