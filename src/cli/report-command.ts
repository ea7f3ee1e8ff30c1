import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { stepNames } from '../load/plan/plan-steps.ts';
import { requestsCsv } from '../report/requests-csv.ts';
import { runText } from '../report/run-text.ts';
import { groupNames, type OpenedRun, openRun, requestTables } from '../runner/opened/open-run.ts';
import { sourceAndJson, writeJson } from './json-output.ts';
import { peopleOf } from './people.ts';
import { writePage } from './write-page.ts';

/** @param dist the folder of the bundles */
export function reportCommand(dist: string): Command {
  return new Command('report')
    .description('Show a run again; one that was cut off is completed from its log.')
    .argument('[run]', 'a folder from .tailflame/runs')
    .option('--json [file]', 'write the run as JSON; without a file, or with -, to standard output')
    .option('--csv <file>', 'write its requests as CSV; with - to standard output')
    .option('--html <file>', 'write it as one page that opens without a network; with - to standard output')
    .action(async (given: string | undefined, options: { json?: string | true; csv?: string; html?: string }) => {
      const { source, json } = sourceAndJson(given, options.json, 'a run: a folder from .tailflame/runs');
      const { stream, colour } = peopleOf({ ...options, json });
      const run = await openRun(source);
      if (options.csv !== undefined) await writeCsv(run, options.csv);
      if (options.html !== undefined) await writePage(dist, run, options.html);
      await writeJson(run.document, json);
      // What is asked for on standard output is all that is wanted of it.
      if (stream === process.stdout) stream.write(runText(run.document, colour));
    });
}

async function writeCsv(run: OpenedRun, file: string): Promise<void> {
  const text = requestsCsv(requestTables(run), stepNames(run.plan), groupNames(run));
  if (file === '-') await pipeline(text, process.stdout, { end: false });
  else await pipeline(text, createWriteStream(file));
}
