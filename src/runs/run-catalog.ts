import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunDocument } from './run-document.ts';
import { listRuns, parseRunDocument, RUN_FILE } from './run-folder.ts';
import { LABEL_FILE, NO_LABEL, type ReadLabel, type RunLabel, readBounded, readLabel } from './run-label.ts';
import { isBeingMeasured } from './runner-mark.ts';

/** A run's document holds its plan, so one with a million recorded arrivals is long; a list cannot wait for that. */
export const LONGEST_LISTED = 8 * 1024 * 1024;
/** Files open at a time: a terminal may be allowed no more than 256. */
const AT_ONCE = 32;

/** A run as it stands in a list. `S` is what is kept of its document. */
export interface RunEntry<S> {
  /** Absolute. */
  readonly folder: string;
  /** Null where it cannot be read. */
  readonly summary: S | null;
  /** Why it cannot be read, as a sentence. */
  readonly problem: string | null;
  readonly label: RunLabel;
  /** Why its label was left out. */
  readonly labelProblem: string | null;
  /** Whether somebody is measuring it. */
  readonly underWay: boolean;
  /** When `run.json` was written, ms since 1970. */
  readonly writtenAt: number;
}

interface Known<S> extends Pick<RunEntry<S>, 'summary' | 'problem'> {
  readonly stamp: string;
  /** Whether the document says that it has not ended. */
  readonly open: boolean;
}

/** Lists the runs of folders, and reads again only what has changed since. */
export class RunCatalog<S> {
  readonly #summarize: (document: RunDocument) => S;
  #runs = new Map<string, Known<S>>();
  #labels = new Map<string, ReadLabel & { readonly stamp: string }>();

  /** @param summarize what is kept of a document; may throw on one that is not whole */
  constructor(summarize: (document: RunDocument) => S) {
    this.#summarize = summarize;
  }

  /** @param bases working directories @returns in no particular order */
  async read(bases: readonly string[]): Promise<RunEntry<S>[]> {
    const folders = (await Promise.all(bases.map(listRuns))).flat();
    const runs = new Map<string, Known<S>>();
    const labels = new Map<string, ReadLabel & { readonly stamp: string }>();
    const entries: RunEntry<S>[] = [];
    for (let first = 0; first < folders.length; first += AT_ONCE) {
      const read = folders.slice(first, first + AT_ONCE).map((folder) => this.#entry(folder, runs, labels));
      entries.push(...(await Promise.all(read)).filter((entry) => entry !== null));
    }
    this.#runs = runs;
    this.#labels = labels;
    return entries;
  }

  async #entry(
    folder: string,
    runs: Map<string, Known<S>>,
    labels: Map<string, ReadLabel & { readonly stamp: string }>,
  ): Promise<RunEntry<S> | null> {
    const [written, labelled] = await Promise.all([
      statOf(path.join(folder, RUN_FILE)),
      statOf(path.join(folder, LABEL_FILE)),
    ]);
    // Deleted a moment ago.
    if (written === null) return null;
    const known = this.#runs.get(folder);
    const run = known?.stamp === stampOf(written) ? known : await this.#run(folder, written);
    runs.set(folder, run);
    let label: ReadLabel = { label: NO_LABEL, problem: null };
    if (labelled !== null) {
      const stamp = stampOf(labelled);
      const cached = this.#labels.get(folder);
      const read = cached?.stamp === stamp ? cached : { ...(await readLabel(folder)), stamp };
      labels.set(folder, read);
      label = read;
    }
    return {
      folder,
      summary: run.summary,
      problem: run.problem,
      label: label.label,
      labelProblem: label.problem,
      underWay: run.open && (await isBeingMeasured(folder)),
      writtenAt: written.mtimeMs,
    };
  }

  async #run(folder: string, written: Stats): Promise<Known<S>> {
    const file = path.join(folder, RUN_FILE);
    const stamp = stampOf(written);
    const unreadable = (problem: string): Known<S> => ({ summary: null, problem, stamp, open: false });
    try {
      const text = await readBounded(file, LONGEST_LISTED);
      if (text === null) {
        const size = Math.round(written.size / 1024 / 1024);
        return unreadable(`${file} has ${size} MB, too much for a list. It can be opened all the same.`);
      }
      const document = parseRunDocument(text, file);
      try {
        return { summary: this.#summarize(document), problem: null, stamp, open: document.state === 'running' };
      } catch (error) {
        return unreadable(`${file} is not whole: ${(error as Error).message}.`);
      }
    } catch (error) {
      return unreadable((error as Error).message);
    }
  }
}

function stampOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`;
}

async function statOf(file: string): Promise<Stats | null> {
  return stat(file).catch(() => null);
}
