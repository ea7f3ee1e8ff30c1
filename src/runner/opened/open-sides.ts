import { type CodeDifference, codeDifference } from '../../correlate/code/code-difference.ts';
import type { CodeRun } from '../../correlate/code/line-times.ts';
import type { RunDocument } from '../../runs/run-document.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { openCodeRun } from './open-view.ts';

/** Runs of two sides that are held against each other. */
export interface ComparedSides {
  readonly first: readonly RunDocument[];
  readonly second: readonly RunDocument[];
  /** By those of either side that have a profile; null where a side has none. */
  readonly code: CodeDifference | null;
}

/** Throws a `RunError`. @param first folders of runs @param second those that are held against them */
export async function openSides(first: readonly string[], second: readonly string[]): Promise<ComparedSides> {
  const [before, now] = await Promise.all([first, second].map((side) => Promise.all(side.map(openRun))));
  const documents = (runs: readonly OpenedRun[]): RunDocument[] => runs.map(({ document }) => document);
  const [earlier, later] = [await codeRuns(before!), await codeRuns(now!)];
  const code = earlier.length > 0 && later.length > 0 ? codeDifference(earlier, later) : null;
  return { first: documents(before!), second: documents(now!), code };
}

async function codeRuns(runs: readonly OpenedRun[]): Promise<CodeRun[]> {
  const opened = await Promise.all(runs.filter(({ document }) => document.profile !== null).map(openCodeRun));
  return opened.filter((run) => run !== null);
}
