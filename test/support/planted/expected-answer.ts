import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../../../src/runs/run-document.ts';

/** What is right to say of a planted server's slow requests: `expected.json`, which was written before anything was measured. */
export interface ExpectedAnswer {
  readonly name: string;
  /** The cause, in words. */
  readonly planted: string;
  readonly answer: 'line' | 'resource' | 'waited';
  /** Kinds of findings that may be right. */
  readonly kinds: readonly Finding['kind'][];
  /** `file:line`, files from the repository's root. */
  readonly lines: ReadonlySet<string>;
  /** Functions that the plain flame graph would be right to have on top, without the class they belong to; null: none. */
  readonly functions: RegExp | null;
  /** Words that are right where no line of the user's runs; null: there is always a line. */
  readonly says: RegExp | null;
  /** A resource that is right in some cells besides. */
  readonly resource: { readonly says: RegExp; readonly cells: readonly string[] } | null;
}

export interface ExpectedAnswers {
  readonly byServer: ReadonlyMap<string, ExpectedAnswer>;
  /** Words for what is used up where a load cannot be carried. */
  readonly overload: RegExp;
}

interface Written {
  readonly overload: string;
  readonly servers: readonly {
    readonly name: string;
    readonly planted: string;
    readonly answer: ExpectedAnswer['answer'];
    readonly kinds: readonly Finding['kind'][];
    readonly lines: readonly { readonly file: string; readonly text: string }[];
    readonly functions: string | null;
    readonly says: string | null;
    readonly resource: { readonly says: string; readonly cells: readonly string[] } | null;
  }[];
}

/** Reads `expected.json`, and finds its lines in the sources. Throws where a text stands in no line of its file. */
export async function readExpectedAnswers(root: string): Promise<ExpectedAnswers> {
  const file = path.join(root, 'test/support/planted/expected.json');
  const written = JSON.parse(await readFile(file, 'utf8')) as Written;
  const byServer = new Map<string, ExpectedAnswer>();
  for (const { name, planted, answer, kinds, lines, functions, says, resource } of written.servers) {
    const found = await Promise.all(lines.map((marker) => linesWith(root, marker.file, marker.text)));
    byServer.set(name, {
      name,
      planted,
      answer,
      kinds,
      lines: new Set(found.flat()),
      functions: functions === null ? null : new RegExp(functions),
      says: says === null ? null : new RegExp(says, 'i'),
      resource: resource && { says: new RegExp(resource.says, 'i'), cells: resource.cells },
    });
  }
  return { byServer, overload: new RegExp(written.overload, 'i') };
}

/** Whether a function, as a profiler names it, is one of those expected. */
export function isExpectedFunction({ functions }: ExpectedAnswer, name: string): boolean {
  return functions?.test(name.slice(name.lastIndexOf('.') + 1)) === true;
}

async function linesWith(root: string, file: string, text: string): Promise<string[]> {
  const lines = (await readFile(path.join(root, file), 'utf8')).split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [`${file}:${index + 1}`] : []));
  if (found.length === 0) throw new Error(`${file} has no line with "${text}", which expected.json wants there.`);
  return found;
}
