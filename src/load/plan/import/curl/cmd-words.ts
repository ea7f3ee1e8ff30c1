import { CommandGatherer, type ShellCommand } from './shell-command.ts';

/** A letter, or a variable. */
type Sign = string | { readonly variable: string };

/** Whether a text was written for the command prompt of Windows: a caret at a line's end, or before a quote as browsers copy it. */
export function isForCmd(text: string): boolean {
  return /[ \t]\^[ \t]*\r?\n|\s\^"/.test(text) && !/\\\r?\n/.test(text);
}

/**
 * The commands of a text in the words of the command prompt of Windows: first its carets and `%NAME%`, then the quotes and backslashes
 * as a C program there splits its command line. A word in single quotes is one too: they are none there, but nobody means anything else.
 */
export function cmdCommands(text: string): ShellCommand[] {
  const gathered = new CommandGatherer();
  for (const line of linesOf(text)) {
    gatherWords(line, gathered);
    gathered.endCommand();
  }
  return gathered.commands;
}

/** What the prompt does: one list for each command. */
function linesOf(text: string): Sign[][] {
  const lines: Sign[][] = [[]];
  const put = (sign: Sign): void => void lines.at(-1)!.push(sign);
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    const variable = /^%([A-Za-z_]\w*)%/.exec(text.slice(at, at + 80));
    if (variable !== null) {
      put({ variable: variable[1]! });
      at += variable[0].length - 1;
    } else if (letter === '^' && !quoted) {
      // The letter after the end of a line is the one that is escaped, and may be the end of a line itself.
      const end = /^\^[ \t]*\r?\n/.exec(text.slice(at, at + 20));
      at += end === null ? 1 : end[0].length;
      if (text.startsWith('\r\n', at)) at++;
      if (at < text.length) put(text[at]!);
    } else if (!quoted && (letter === '\n' || (letter === '&' && /\s/.test(text[at + 1] ?? ' ')))) {
      lines.push([]);
    } else {
      if (letter === '"') quoted = !quoted;
      put(letter);
    }
  }
  return lines;
}

/** What the program does. */
function gatherWords(line: readonly Sign[], gathered: CommandGatherer): void {
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (typeof letter !== 'string') {
      gathered.variable(letter.variable);
    } else if (letter === '\\' && quote !== "'") {
      const { count, quoteFollows } = backslashes(line, at);
      // Two stand for one where a quote follows, and for themselves elsewhere.
      gathered.text('\\'.repeat(quoteFollows ? Math.floor(count / 2) : count));
      at += count - 1;
      if (quoteFollows && count % 2 === 1) {
        gathered.text('"');
        at++;
      }
    } else if (letter === quote && letter === '"' && line[at + 1] === '"') {
      gathered.text('"');
      at++;
    } else if (letter === quote) {
      quote = null;
    } else if (quote === null && (letter === '"' || (letter === "'" && !gathered.inWord))) {
      quote = letter;
      gathered.text('');
    } else if (quote === null && /\s/.test(letter)) {
      gathered.endWord();
    } else {
      gathered.text(letter);
    }
  }
}

function backslashes(line: readonly Sign[], start: number): { count: number; quoteFollows: boolean } {
  let end = start;
  while (line[end] === '\\') end++;
  return { count: end - start, quoteFollows: line[end] === '"' };
}
