import path from 'node:path';
import { Command } from 'commander';
import { PlanError } from '../load/plan/plan-error.ts';
import { compareText } from '../report/compare-text.ts';
import { comparisonDocument } from '../report/comparison-document.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { openSides } from '../runner/opened/open-sides.ts';
import { writeJson } from './json-output.ts';
import { peopleOf } from './people.ts';

export function compareCommand(): Command {
  return new Command('compare')
    .description('Hold runs against each other: two, or several of each of two builds with -- between them.')
    .argument('<run...>', 'folders from .tailflame/runs')
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output')
    .action(async (_: string[], options: { json?: string | true }, command: Command) => {
      const { first, second, code } = await openSides(...sidesOf(command));
      const document = comparisonDocument(first, second, code);
      const root = process.cwd();
      const { stream, colour } = peopleOf(options);
      const isPair = first.length === 1 && second.length === 1;
      stream.write(
        isPair
          ? compareText({ document: first[0]!, name: null }, { document: second[0]!, name: null }, code, root, colour)
          : comparisonText(document, root, colour),
      );
      await writeJson(document, options.json);
    });
}

/** The runs before the `--` and after it; of two runs without one, either. Commander tells only that there were so many. */
function sidesOf(command: Command): [string[], string[]] {
  const { args } = command;
  const given = process.argv.slice(2);
  const at = given.indexOf('--');
  const after = at < 0 ? [] : given.slice(at + 1);
  const sides: [string[], string[]] =
    at < 0 && args.length === 2
      ? [args.slice(0, 1), args.slice(1)]
      : [args.slice(0, args.length - after.length), after];
  if (sides.some((side) => side.length === 0)) {
    throw new PlanError('Say which runs are held against which: two, or several with -- between the two sides.');
  }
  const folders = sides.flat().map((folder) => path.resolve(folder));
  const twice = folders.find((folder, at) => folders.indexOf(folder) !== at);
  if (twice !== undefined) throw new PlanError(`${twice} is given twice, and a run counts once.`);
  return sides;
}
