import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { stepNames } from '../load/plan/plan.ts';
import { requestsCsv } from '../report/requests-csv.ts';
import { runText } from '../report/run-text.ts';
import { groupNames, type OpenedRun, openRun, requestTables } from '../runner/open-run.ts';
import { writePage } from './write-page.ts';

/** @param dist the folder of the bundles */
export function reportCommand(dist: string): Command {
  return new Command('report')
    .description('Show a run again; one that was cut off is completed from its log.')
    .argument('<run>', 'a folder from .tailflame/runs')
    .option('--json', 'print the run as one JSON document')
    .option('--csv <file>', 'write its requests as CSV; with - to standard output')
    .option('--html <file>', 'write it as one page that opens without a network; with - to standard output')
    .action(async (folder: string, options: { json?: true; csv?: string; html?: string }) => {
      const run = await openRun(folder);
      if (options.csv !== undefined) await writeCsv(run, options.csv);
      if (options.html !== undefined) await writePage(dist, run, options.html);
      if (options.csv === '-' || options.html === '-') return;
      process.stdout.write(
        options.json
          ? `${JSON.stringify(run.document, null, 2)}\n`
          : runText(run.document, process.stdout.hasColors?.() ?? false),
      );
    });
}

async function writeCsv(run: OpenedRun, file: string): Promise<void> {
  const text = requestsCsv(requestTables(run), stepNames(run.plan), groupNames(run));
  if (file === '-') await pipeline(text, process.stdout, { end: false });
  else await pipeline(text, createWriteStream(file));
}
