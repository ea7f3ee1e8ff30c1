import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findNodeAtLocation, getNodeValue, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { isPlainKind, readView, type View } from '../../correlate/views/view.ts';
import { writeAtomically } from '../../runs/atomic-file.ts';
import { RunError } from '../../runs/run-folder.ts';
import { cleanName, readBounded } from '../../runs/run-label.ts';

export const VIEWS_FILE = 'views.json';
const SCHEMA = 'tailflame.views/1';
const LONGEST_FILE = 256 * 1024;
const MOST_VIEWS = 100;

/** A view that a person gave a name, kept in its run's folder. */
export interface SavedView {
  /** No two of a run are the same, large letters and small ones being alike. */
  readonly name: string;
  readonly view: View;
}

/** A run's saved views that cannot be read or changed, said to the person who asked for it. */
export class SavedViewError extends RunError {
  override readonly name = 'SavedViewError';
}

/** The views kept in a run's folder, in the order they were saved. Throws a {@link SavedViewError} that names file, line and fault. */
export async function readSavedViews(folder: string): Promise<SavedView[]> {
  const file = path.join(folder, VIEWS_FILE);
  let text: string | null;
  try {
    text = await readBounded(file, LONGEST_FILE);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new SavedViewError(`${file} cannot be read: ${message}.`);
  }
  if (text === null) throw new SavedViewError(`${file} is far longer than saved views are.`);
  return parseSavedViews(text, file);
}

/** Reads the text of such a file. @param file its name, for the sentence of the {@link SavedViewError} */
export function parseSavedViews(text: string, file: string): SavedView[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const fault = (offset: number, why: string): SavedViewError => {
    const line = text.slice(0, offset).split('\n').length;
    return new SavedViewError(`${file}:${line}: ${why}. Mend it, or delete the file.`);
  };
  const [error] = errors;
  if (error !== undefined) throw fault(error.offset, `it is no JSON (${printParseErrorCode(error.error)})`);
  const document: unknown = root === undefined ? null : getNodeValue(root);
  const { schema, views } = (document ?? {}) as { schema?: unknown; views?: unknown };
  if (schema !== SCHEMA) {
    throw fault(0, `"schema" is ${JSON.stringify(schema) ?? 'missing'}, and this Tailflame reads ${SCHEMA}`);
  }
  if (!Array.isArray(views)) throw fault(0, '"views" must be a list');
  const saved: SavedView[] = [];
  for (const [index, entry] of views.entries()) {
    const read = readEntry(entry, saved);
    if (typeof read !== 'string') saved.push(read);
    else throw fault(findNodeAtLocation(root!, ['views', index])?.offset ?? 0, `views[${index}]: ${read}`);
  }
  return saved;
}

/** @returns a sentence without its end where it is none */
function readEntry(entry: unknown, before: readonly SavedView[]): SavedView | string {
  const { name, view } = (entry ?? {}) as { name?: unknown; view?: unknown };
  const clean = typeof name === 'string' ? cleanName(name) : null;
  if (clean === null) return '"name" must be a text';
  if (findSavedView(before, clean) !== undefined) return `a view before it is named ${clean} too`;
  const read = readView(view);
  return typeof read === 'string' ? read : { name: clean, view: read };
}

/** Keeps a view under a name, in place of the one that had the name before. @returns all that are kept then */
export async function saveView(folder: string, name: string, view: View): Promise<SavedView[]> {
  const clean = wantedName(name);
  const kept = await readSavedViews(folder);
  const known = findSavedView(kept, clean);
  const saved = { name: clean, view };
  if (known === undefined && kept.length >= MOST_VIEWS) {
    throw new SavedViewError(`A run keeps at most ${MOST_VIEWS} views: remove one first.`);
  }
  return write(folder, known === undefined ? [...kept, saved] : kept.map((one) => (one === known ? saved : one)));
}

/** Throws a {@link SavedViewError} where no view has the name, or another one has the new one. @returns all that are kept then */
export async function renameView(folder: string, name: string, newName: string): Promise<SavedView[]> {
  const clean = wantedName(newName);
  const kept = await readSavedViews(folder);
  const known = namedView(kept, name);
  const other = findSavedView(kept, clean);
  if (other !== undefined && other !== known) throw new SavedViewError(`Another view is named ${other.name}.`);
  return write(
    folder,
    kept.map((one) => (one === known ? { ...one, name: clean } : one)),
  );
}

/** Throws a {@link SavedViewError} where no view has the name. @returns all that are kept then */
export async function removeView(folder: string, name: string): Promise<SavedView[]> {
  const kept = await readSavedViews(folder);
  const known = namedView(kept, name);
  return write(
    folder,
    kept.filter((one) => one !== known),
  );
}

/** The view of a name, large letters and small ones being alike. */
export function findSavedView(views: readonly SavedView[], name: string): SavedView | undefined {
  return views.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function namedView(views: readonly SavedView[], name: string): SavedView {
  const known = findSavedView(views, name);
  if (known === undefined) throw new SavedViewError(`The run has no saved view named ${name}.`);
  return known;
}

function wantedName(name: string): string {
  const clean = cleanName(name);
  if (clean === null) throw new SavedViewError('A view needs a name to be saved.');
  if (isPlainKind(clean.toLowerCase()) || clean.toLowerCase() === 'tail') {
    throw new SavedViewError(`${clean} is a view that every run may have: choose another name.`);
  }
  return clean;
}

async function write(folder: string, views: readonly SavedView[]): Promise<SavedView[]> {
  const file = path.join(folder, VIEWS_FILE);
  if (views.length === 0) await rm(file, { force: true });
  else await writeAtomically(file, `${JSON.stringify({ schema: SCHEMA, views }, null, 2)}\n`);
  return [...views];
}
