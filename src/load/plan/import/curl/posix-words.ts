import { cutShort } from '../../../scenario/value-text.ts';
import { PlanError } from '../../plan-error.ts';
import { ansiCText } from './ansi-c-text.ts';
import { CommandGatherer, type ShellCommand } from './shell-command.ts';

/** Blanks after the backslash make it another thing to a shell, and are never meant. */
const CONTINUATION = /(?:\\|`)[ \t]*(?:\r?\n|$)/y;
const BLANK = /[ \t]+|\r(?=\n)/y;
const COMMENT = /#[^\n]*/y;
const SINGLE = /'([^']*)'/y;
const ANSI_C = /\$'((?:[^'\\]|\\[\s\S])*)'/y;
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?[-=]([^{}]*))?\})/y;
const OTHER_VARIABLE = /\$\{[^}]*\}/y;
const HERE_IN_COMMAND = /\$\(\s*cat\s*<<(-?)\s*(['"]?)(\w+)\2[ \t]*\r?\n([\s\S]*?)^[ \t]*\3\s*\)/my;
const HERE = /<<(-?)[ \t]*(['"]?)(\w+)\2/y;
const HERE_STRING = /<<<[ \t]*/y;
const REDIRECTION = /&?>>?&?[ \t]*|<[ \t]*/y;
const SEPARATOR = /;;?|&&|\|\|?&?|[()]|&(?=\s|$)/y;
const PLAIN = /[^\s'"\\$`|;<>()&]+/y;

/**
 * The commands of a text in the words of a POSIX shell, as far as bash goes beyond it in what people paste: `$'…'`, here-documents and
 * here-strings. Nothing is run and nothing is looked up: variables stay open, and a command between `$(` and `)` becomes one.
 *
 * The package string-argv does not do for this: it knows no backslash, no `$'…'` and no end of a command, and cannot tell a variable
 * from a dollar between single quotes.
 */
export function posixCommands(text: string): ShellCommand[] {
  return new PosixReader(text).read();
}

interface HereDocument {
  readonly stripTabs: boolean;
  readonly expand: boolean;
  readonly end: string;
}

class PosixReader {
  readonly #text: string;
  readonly #gathered = new CommandGatherer();
  /** Begun on this line; their text begins on the next. */
  #hereDocuments: HereDocument[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#step();
    this.#gathered.endCommand();
    return this.#gathered.commands;
  }

  #step(): void {
    const gathered = this.#gathered;
    if (this.#match(CONTINUATION)) return;
    if (this.#match(BLANK)) gathered.endWord();
    else if (!gathered.inWord && this.#match(COMMENT)) return;
    else if (this.#text[this.#at] === '\n') this.#endLine();
    else if (!this.#quoted() && !this.#operator() && !this.#escapedLetter() && !this.#expansion()) {
      const plain = this.#match(PLAIN);
      gathered.text(plain?.[0] ?? this.#text[this.#at]!);
      if (plain === null) this.#at++;
    }
  }

  #escapedLetter(): boolean {
    if (this.#text[this.#at] !== '\\') return false;
    this.#gathered.text(this.#text[this.#at + 1] ?? '');
    this.#at += 2;
    return true;
  }

  #quoted(): boolean {
    const single = this.#match(SINGLE);
    const ansi = single === null ? this.#match(ANSI_C) : null;
    if (single !== null) this.#gathered.text(single[1]!);
    else if (ansi !== null) this.#gathered.text(ansiCText(ansi[1]!));
    else if (/^\$?"/.test(this.#text.slice(this.#at, this.#at + 2))) this.#doubleQuoted();
    else if (this.#text[this.#at] === "'") throw this.#unclosed(this.#at);
    else return false;
    return true;
  }

  #doubleQuoted(): void {
    const start = this.#text.indexOf('"', this.#at);
    this.#at = start + 1;
    this.#expanding('"');
    if (this.#text[this.#at] !== '"') throw this.#unclosed(start);
    this.#at++;
  }

  /** Text in which only variables, commands and some backslashes are more than text. @param end where it stops; null: at the end of all */
  #expanding(end: '"' | null): void {
    this.#gathered.text('');
    for (;;) {
      const letter = this.#text[this.#at];
      if (letter === undefined || letter === end) return;
      if (letter === '\\') this.#escaped(end);
      else if (!this.#expansion()) {
        this.#gathered.text(letter);
        this.#at++;
      }
    }
  }

  #escaped(end: '"' | null): void {
    if (this.#match(CONTINUATION)) return;
    const next = this.#text[this.#at + 1] ?? '';
    const special = '$`\\'.includes(next) || next === end;
    this.#gathered.text(special ? next : `\\${next}`);
    this.#at += 2;
  }

  #unclosed(start: number): PlanError {
    return new PlanError(`The quote that opens at ${cutShort(this.#text.slice(start, start + 40))} is not closed.`);
  }

  #operator(): boolean {
    const gathered = this.#gathered;
    if (this.#match(HERE_STRING)) {
      gathered.redirect('stdin');
      return true;
    }
    const here = this.#match(HERE);
    if (here !== null) {
      gathered.endWord();
      this.#hereDocuments.push({ stripTabs: here[1] === '-', expand: here[2] === '', end: here[3]! });
      return true;
    }
    if (this.#match(REDIRECTION)) {
      if (/^\d+$/.test(gathered.written)) gathered.dropWord();
      gathered.redirect('file');
      return true;
    }
    if (this.#match(SEPARATOR)) {
      gathered.endCommand();
      return true;
    }
    return false;
  }

  #endLine(): void {
    this.#at++;
    for (const { stripTabs, expand, end } of this.#hereDocuments) {
      const lines: string[] = [];
      while (this.#at < this.#text.length) {
        const written = this.#line();
        const line = stripTabs ? written.replace(/^\t+/, '') : written;
        if (line === end) break;
        lines.push(`${line}\n`);
      }
      this.#gathered.setStdin(this.#here(lines.join(''), expand));
    }
    this.#hereDocuments = [];
    this.#gathered.endCommand();
  }

  #line(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return line.replace(/\r$/, '');
  }

  /** A here-document: what stands in it is taken as it is, or as between double quotes. */
  #here(text: string, expand: boolean): CommandGatherer {
    const inside = new PosixReader(text);
    if (expand) inside.#expanding(null);
    else inside.#gathered.text(text);
    return inside.#gathered;
  }

  /** A variable or a command's output, where one begins here. */
  #expansion(): boolean {
    const gathered = this.#gathered;
    const variable = this.#match(VARIABLE);
    if (variable !== null) {
      gathered.variable((variable[1] ?? variable[2])!, variable[3] ?? null);
      return true;
    }
    const other = this.#match(OTHER_VARIABLE);
    if (other !== null) {
      gathered.text(other[0]);
      gathered.note(`${other[0]} is not filled in: only \${NAME} and \${NAME:-default} are.`);
      return true;
    }
    const here = this.#match(HERE_IN_COMMAND);
    if (here !== null) {
      const text = here[1] === '-' ? here[4]!.replace(/^\t+/gm, '') : here[4]!;
      gathered.append(this.#here(text.replace(/\n+$/, ''), here[2] === ''));
      return true;
    }
    return this.#commandOutput();
  }

  #commandOutput(): boolean {
    const start = this.#at;
    const end = this.#text[start] === '`' ? this.#text.indexOf('`', start + 1) : this.#closing(start);
    if (end < 0) return false;
    const command = this.#text.slice(start + (this.#text[start] === '`' ? 1 : 2), end).trim();
    const words = command.match(/[A-Za-z]\w*/g)?.slice(0, 4) ?? [];
    const name = words.length === 0 ? 'OUTPUT' : words.join('_').toUpperCase();
    this.#gathered.variable(name);
    this.#gathered.note(`"${command}" is not run: ${name} stands for what it prints.`);
    this.#at = end + 1;
    return true;
  }

  /** Where the `$(` that begins here ends; -1: none does. */
  #closing(start: number): number {
    if (!this.#text.startsWith('$(', start)) return -1;
    let depth = 0;
    for (const { 0: found, index } of this.#text
      .slice(start)
      .matchAll(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[()]/g)) {
      if (found === '(') depth++;
      else if (found === ')' && --depth === 0) return start + index;
    }
    return -1;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}
