import type { ListedRun } from './run-entry.ts';
import type { RunSummary } from './run-summary.ts';

/** The runs that one search or sweep made, in the order of the list. */
export interface SearchRuns {
  readonly id: string;
  readonly kind: NonNullable<RunSummary['search']>['kind'];
  readonly target: string;
  readonly runs: readonly ListedRun[];
}

/**
 * Runs as a list shows them: those of one search together, where the first of them stands. What a person has named, pinned or made a
 * baseline stands for itself.
 */
export function gathered(runs: readonly ListedRun[]): (ListedRun | SearchRuns)[] {
  const searches = new Map<string, ListedRun[]>();
  const list: (ListedRun | string)[] = [];
  for (const run of runs) {
    const { label, summary } = run;
    const search = label.name === null && !label.pinned && !label.baseline ? summary?.search : null;
    if (!search) list.push(run);
    else if (searches.has(search.id)) searches.get(search.id)!.push(run);
    else {
      searches.set(search.id, [run]);
      list.push(search.id);
    }
  }
  return list.map((entry) => (typeof entry === 'string' ? searchOf(entry, searches.get(entry)!) : entry));
}

function searchOf(id: string, runs: readonly ListedRun[]): SearchRuns {
  const { search, target } = runs[0]!.summary!;
  return { id, kind: search!.kind, target, runs };
}

export function isSearch(entry: ListedRun | SearchRuns): entry is SearchRuns {
  return 'runs' in entry;
}
