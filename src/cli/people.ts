import { PlanError } from '../load/plan/plan-error.ts';
import { isJsonOnStdout } from './json-output.ts';

/** Where a result goes that people read, and whether it shows colours. */
export interface People {
  readonly stream: NodeJS.WriteStream;
  readonly colour: boolean;
}

/** Where the other forms of a result go; `-` is standard output, as is `--json` without a file. */
interface OutputOptions {
  readonly json?: string | true | undefined;
  readonly html?: string;
  readonly csv?: string;
}

/**
 * Standard output; standard error where the other is for a document, a page or a table alone. Throws a {@link PlanError} where it would be
 * for several.
 * @param options of a command, as far as it has them
 */
export function peopleOf(options: OutputOptions): People {
  const { html, csv } = options;
  const taken = [
    ...(isJsonOnStdout(options) ? ['--json'] : []),
    ...(html === '-' ? ['--html'] : []),
    ...(csv === '-' ? ['--csv'] : []),
  ];
  if (taken.length > 1) {
    throw new PlanError(`Only one of ${taken.join(', ')} can go to standard output: name a file for the rest.`);
  }
  const stream = taken.length > 0 ? process.stderr : process.stdout;
  return { stream, colour: stream.isTTY === true && (stream.hasColors?.() ?? false) };
}
