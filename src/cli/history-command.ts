import { Command } from 'commander';
import { historyOf } from '../find/history.ts';
import { PlanError } from '../load/plan/plan.ts';
import { historyText } from '../report/history-text.ts';
import { targetKey } from '../report/run-summary.ts';
import { storedPlan } from '../runner/stored-plan.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { listRuns, readRunDocument } from '../runs/run-folder.ts';
import { isJsonOnStdout, writeJson } from './json-output.ts';

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
  const runs = await readRuns(folders.length === 0 ? ['.'] : folders);
  const targetOf = ({ plan }: RunDocument): string => targetKey(storedPlan(plan));
  const newest = runs.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))[0];
  if (newest === undefined)
    throw new PlanError('There are no runs. Make some with tailflame run, or name the folder they are in.');
  const target = options.target ?? targetOf(newest);
  const own = runs.filter((run) => targetOf(run) === target);
  if (own.length === 0) {
    const others = [...new Set(runs.map(targetOf))].join(', ');
    throw new PlanError(`There are no runs of ${target}. There are of ${others}.`);
  }
  const document = historyOf(own, target);
  const people = isJsonOnStdout(options) ? process.stderr : process.stdout;
  people.write(historyText(document, people.isTTY === true && (people.hasColors?.() ?? false)));
  await writeJson(document, options.json);
}

/** A folder may be a run, or have runs. One that cannot be read is left out where it is one of many. */
async function readRuns(folders: readonly string[]): Promise<RunDocument[]> {
  const documents: RunDocument[] = [];
  for (const folder of folders) {
    const listed = await listRuns(folder);
    if (listed.length === 0 && folder !== '.') documents.push(await readRunDocument(folder));
    for (const run of listed) {
      const document = await readRunDocument(run).catch(() => null);
      if (document !== null && document.search === undefined) documents.push(document);
    }
  }
  return documents;
}
