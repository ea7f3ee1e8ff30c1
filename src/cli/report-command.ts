import { Command } from 'commander';
import { runText } from '../report/run-text.ts';
import { openRun } from '../runner/open-run.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('Show a run again; one that was cut off is completed from its log.')
    .argument('<run>', 'a folder from .tailflame/runs')
    .option('--json', 'print the run as one JSON document')
    .action(async (folder: string, options: { json?: true }) => {
      const { document } = await openRun(folder);
      process.stdout.write(
        options.json
          ? `${JSON.stringify(document, null, 2)}\n`
          : runText(document, process.stdout.hasColors?.() ?? false),
      );
    });
}
