import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';

/** The lines for each runtime, in the package's `attribution` folder. */
const FILES = { python: 'tailflame_attribution.py', node: 'tailflame-attribution.cjs' } as const;
type AttributionRuntime = keyof typeof FILES;

/** @param dist the folder of the bundles, beside which that of the lines is */
export function attributionCommand(dist: string): Command {
  const pathOf = (runtime: AttributionRuntime): string => path.join(dist, '..', 'attribution', FILES[runtime]);
  return new Command('attribution')
    .description(
      'Lines for a service of yours by which it tells run --attribution which request each of its threads works for.',
    )
    .addOption(new Option('--print <runtime>', 'write the file to standard output').choices(Object.keys(FILES)))
    .action(async ({ print }: { print?: AttributionRuntime }) => {
      process.stdout.write(print === undefined ? guide(pathOf) : await readFile(pathOf(print), 'utf8'));
    });
}

function guide(pathOf: (runtime: AttributionRuntime) => string): string {
  return [
    `Python  ${path.resolve(pathOf('python'))}`,
    '        Copy it beside your service, then wrap the application: app.add_middleware(tailflame_attribution.asgi)',
    `Node    ${path.resolve(pathOf('node'))}`,
    '        Copy it beside your service, then start that with node --require ./tailflame-attribution.cjs',
    '',
    'Both say more at their top. They do nothing unless TAILFLAME_ATTRIBUTION names a folder, as it does under',
    "tailflame run <plan|url> --start '<command>' --profile auto --attribution.",
    '',
  ].join('\n');
}
