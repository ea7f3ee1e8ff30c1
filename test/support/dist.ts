import path from 'node:path';

/** Where the built programs are that the tests run. */
export const DIST = path.resolve(process.env['TAILFLAME_DIST'] ?? 'dist');
