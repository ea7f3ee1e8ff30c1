import { writeFile } from 'node:fs/promises';
import { PlanError } from '../load/plan/plan-error.ts';

/** Whether standard output is for the document alone. */
export function isJsonOnStdout({ json }: { readonly json?: string | true | undefined }): boolean {
  return json === true || json === '-';
}

/**
 * The one argument of a command and its `--json`, which takes the next word: in `report --json RUN` that is the argument. Throws a
 * {@link PlanError} where there is none. @param what it is, such as `a run`
 */
export function sourceAndJson(
  source: string | undefined,
  json: string | true | undefined,
  what: string,
): { source: string; json: string | true | undefined } {
  if (source !== undefined) return { source, json };
  if (typeof json !== 'string' || json === '-') throw new PlanError(`Name ${what}.`);
  return { source: json, json: true };
}

export async function writeJson(document: object, target: string | true | undefined): Promise<void> {
  if (target === undefined) return;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (target === true || target === '-') process.stdout.write(text);
  else await writeFile(target, text);
}
