import { PlanError } from '../load/plan/plan-error.ts';
import { isJsonOnStdout } from './json-output.ts';

/** Where a result goes that people read, and whether it shows colours. */
export interface People {
  readonly stream: NodeJS.WriteStream;
  readonly colour: boolean;
}

/**
 * Standard output; standard error where the other is for a document or a page alone. Throws a {@link PlanError} where it would be for both.
 * @param options of a command, as far as it has them
 */
export function peopleOf(options: { readonly json?: string | true; readonly html?: string }): People {
  const [isJson, isPage] = [isJsonOnStdout(options), options.html === '-'];
  if (isJson && isPage) {
    throw new PlanError('--json and --html cannot both go to standard output: name a file for one.');
  }
  const stream = isJson || isPage ? process.stderr : process.stdout;
  return { stream, colour: stream.isTTY === true && (stream.hasColors?.() ?? false) };
}
