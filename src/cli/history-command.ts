import { Command } from 'commander';
import { historyOf } from '../find/history.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { historyText } from '../report/history-text.ts';
import { runSummary } from '../report/run-summary.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { listRuns, RunError, readRunDocument } from '../runs/run-folder.ts';
import { writeJson } from './json-output.ts';
import { peopleOf } from './people.ts';

interface HistoryOptions {
  readonly target?: string;
  readonly json?: string | true;
}

export function historyCommand(): Command {
  return new Command('history')
    .description('How the figures of a target went from run to run, and where their level changed.')
    .argument('[folder...]', 'runs, or working directories with runs in .tailflame/runs (default: this one)')
    .option('--target <name>', 'such as "POST /predict" (default: that of the newest run)')
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output')
    .action(history);
}

async function history(folders: readonly string[], options: HistoryOptions): Promise<void> {
  const { runs, damaged } = await readRuns(folders.length === 0 ? ['.'] : folders);
  const newest = runs.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  if (newest === undefined)
    throw new PlanError('There are no runs. Make some with tailflame run, or name the folder they are in.');
  const target = options.target ?? newest.target;
  const own = runs.filter((run) => run.target === target).map(({ document }) => document);
  if (own.length === 0) {
    const others = [...new Set(runs.map((run) => run.target))].join(', ');
    throw new PlanError(`There are no runs of ${target}. There are of ${others}.`);
  }
  const document = historyOf(own, target, damaged);
  const people = peopleOf(options);
  people.stream.write(historyText(document, people.colour));
  await writeJson(document, options.json);
}

interface ReadRun {
  readonly document: RunDocument;
  readonly target: string;
  /** Since 1970, ms. */
  readonly startedAt: number;
}

/**
 * A folder may be a run, or have runs. One that cannot be read is counted where it is one of many. Throws a {@link RunError} or a
 * {@link PlanError} otherwise.
 */
async function readRuns(folders: readonly string[]): Promise<{ runs: ReadRun[]; damaged: number }> {
  const runs: ReadRun[] = [];
  let damaged = 0;
  for (const folder of folders) {
    const listed = await listRuns(folder);
    if (listed.length === 0 && folder !== '.') {
      runs.push(
        await readRun(folder).catch((error: Error) => {
          // It names the folder, and says what to do.
          if (error instanceof RunError) throw error;
          throw new PlanError(`The run in ${folder} cannot be read: ${error.message}.`);
        }),
      );
    }
    for (const run of listed) {
      const read = await readRun(run).catch(() => null);
      if (read === null) damaged++;
      else if (read.document.search === undefined) runs.push(read);
    }
  }
  return { runs, damaged };
}

/** Rejects where the run is not whole. */
async function readRun(folder: string): Promise<ReadRun> {
  const document = await readRunDocument(folder);
  const { target, startedAt } = runSummary(document);
  // What is asked of it among the others is asked here first, where a damaged run is but one.
  historyOf([document], target);
  return { document, target, startedAt };
}
