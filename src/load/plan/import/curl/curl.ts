import { cutShort } from '../../../scenario/value-text.ts';
import { PlanError } from '../../plan-error.ts';
import type { ImportedRequest } from '../imported-request.ts';
import { plainText } from '../template-text.ts';
import { cmdCommands, isForCmd } from './cmd-words.ts';
import { type CurlWord, curlWords } from './curl-options.ts';
import { CurlRequest } from './curl-request.ts';
import { posixCommands } from './posix-words.ts';
import type { ShellCommand } from './shell-command.ts';

/** The requests of one or more curl lines, at least one. Throws a {@link PlanError} where the text has none. */
export function importCurlLines(text: string): ImportedRequest[] {
  const requests: ImportedRequest[] = [];
  /** Variables the text itself sets. */
  const known: Record<string, string> = {};
  for (const command of isForCmd(text) ? cmdCommands(text) : posixCommands(text)) {
    const { assigned, rest } = withoutPrelude(command.words);
    Object.assign(known, assigned);
    if (rest === null) continue;
    for (const words of groups(curlWords(rest))) requests.push(...requestsOf(words, command, known));
  }
  if (requests.length > 0) return requests;
  const found = text.trim() === '' ? 'nothing' : `"${cutShort(text.trim())}"`;
  throw new PlanError(
    `This is not a curl line: ${found}. Paste one such as curl -d '{"x": 1}' http://127.0.0.1:8000/predict.`,
  );
}

/** Whether a text has a line that begins with `curl`, so that it is worth reading as a shell would. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:[$%>]\s+)?(?:\w+=\S*\s+)*(?:[\w./\\:-]*[\\/])?curl(?:\.exe)?[ \t^\\`]/m.test(text);
}

const CURL = /^(?:.*[\\/])?curl(?:\.exe)?$/i;
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** The words after `curl`, null where it is another command; and what the words before it set. */
function withoutPrelude(words: readonly string[]): { assigned: Record<string, string>; rest: string[] | null } {
  const assigned: Record<string, string> = {};
  for (const [at, word] of words.entries()) {
    if (CURL.test(word)) return { assigned, rest: words.slice(at + 1) };
    const [, name, value] = ASSIGNMENT.exec(word) ?? [];
    const plain = value === undefined ? null : plainText(value);
    if (name !== undefined && plain !== null) assigned[name] = plain;
    // A prompt's sign, or what runs or repeats the command after it.
    else if (!/^(?:[$%>#]|export|set|time|sudo|exec|env|do|then|while|until|if|!|\{)$/.test(word))
      return { assigned: {}, rest: null };
  }
  return { assigned, rest: null };
}

/** Between one `--next` and another. */
function groups(words: readonly CurlWord[]): CurlWord[][] {
  const found: CurlWord[][] = [[]];
  for (const word of words) {
    if ('name' in word && word.name === 'next') found.push([]);
    else found.at(-1)!.push(word);
  }
  return found;
}

function requestsOf(
  words: readonly CurlWord[],
  command: ShellCommand,
  known: Readonly<Record<string, string>>,
): ImportedRequest[] {
  const request = new CurlRequest(command.stdin);
  for (const word of words) request.take(word);
  const variables = Object.fromEntries(
    Object.entries(command.variables).map(([name, otherwise]) => [name, known[name] ?? otherwise]),
  );
  return request.finish().map((made) => ({
    ...made,
    variables: { ...variables, ...made.variables },
    notes: [...command.notes, ...made.notes],
  }));
}
