import type { CodeDifference } from '../correlate/code/code-difference.ts';
import { type ComparedFigures, compareRuns } from '../find/comparison.ts';
import { type Difference, differences } from '../find/differences.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { planOf, surroundingsOf } from './run-surroundings.ts';

/** `compare --json`: the names here are relied on by other programs. Times in ms, shares 0–1, unknown is null. */
export interface ComparisonDocument {
  schema: 'tailflame.comparison/1';
  /** The runs of either side. */
  first: string[];
  second: string[];
  figures: ComparedFigures[];
  /** What of the code took longer or shorter, ms a request; null where a side has no profile. */
  code: CodeDifference | null;
  /** Where the plan and the surroundings of the two sides differ, by the first run of each. */
  differences: Difference[];
  /** Where those of one side differ among themselves: its runs are no repetitions of each other. */
  mixed: { side: 'first' | 'second'; path: string }[];
  /** Runs that count, though they were void or did not end, and why. */
  unfit: { run: string; why: string }[];
}

export function comparisonDocument(
  first: readonly RunDocument[],
  second: readonly RunDocument[],
  code: CodeDifference | null,
): ComparisonDocument {
  const sides = { first, second };
  const names = (runs: readonly RunDocument[]): string[] => runs.map(({ run }) => run);
  const mixed = Object.entries(sides).flatMap(([side, runs]) => {
    const paths = runs.flatMap((run) => differences(made(runs[0]!), made(run)).map(({ path }) => path));
    return [...new Set(paths)].map((path) => ({ side: side as keyof typeof sides, path }));
  });
  return {
    schema: 'tailflame.comparison/1',
    first: names(first),
    second: names(second),
    figures: compareRuns(first, second),
    code,
    differences: differences(made(first[0]!), made(second[0]!)),
    mixed,
    unfit: [...first, ...second].flatMap(unfit),
  };
}

function unfit({ run, state, verdict }: RunDocument): { run: string; why: string }[] {
  if (state !== 'finished') return [{ run, why: 'It was stopped before its end.' }];
  return verdict.status === 'void' ? [{ run, why: verdict.sentence }] : [];
}

/** How a run was made, as far as it is meant to be the same: its seed may be another one. */
function made(run: RunDocument): unknown {
  const plan = planOf(run);
  return {
    plan: typeof plan === 'object' && plan !== null ? { ...plan, seed: null } : plan,
    surroundings: surroundingsOf(run),
  };
}
