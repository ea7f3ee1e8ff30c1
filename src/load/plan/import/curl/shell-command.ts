import { TemplateText } from '../template-text.ts';

/** A command as a shell would start it. Words are templates: a shell's variables are `${env.NAME}` in them. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** What it is given on standard input, a template; null: nothing that stands in the text. */
  readonly stdin: string | null;
  /** Variables its words ask for, with what stands in where they are not set; null: nothing does. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** What stands there and is not done here. */
  readonly notes: readonly string[];
}

/** Gathers commands word by word. */
export class CommandGatherer {
  readonly commands: ShellCommand[] = [];
  #words: string[] = [];
  #word = new TemplateText();
  #stdin: string | null = null;
  #variables: Record<string, string | null> = {};
  #notes: string[] = [];
  /** Whether the next word is a redirection's: a file that no longer matters, or what is read from standard input. */
  #redirection: 'none' | 'file' | 'stdin' = 'none';

  get inWord(): boolean {
    return !this.#word.isEmpty;
  }

  /** Of the word under way. */
  get written(): string {
    return this.#word.toString();
  }

  text(text: string): void {
    this.#word.text(text);
  }

  variable(name: string, otherwise: string | null = null): void {
    this.#word.placeholder(`env.${name}`);
    this.#variables[name] ??= otherwise;
  }

  note(note: string): void {
    this.#notes.push(note);
  }

  /** Puts what was gathered elsewhere at the end of the word under way. */
  append(other: CommandGatherer): void {
    this.#word.append(other.#word);
    this.#learn(other);
  }

  setStdin(other: CommandGatherer): void {
    this.#stdin = other.written;
    this.#learn(other);
  }

  #learn(other: CommandGatherer): void {
    this.#variables = { ...other.#variables, ...this.#variables };
    this.#notes.push(...other.#notes);
  }

  /** Takes back the word under way: it was part of an operator. */
  dropWord(): void {
    this.#word = new TemplateText();
  }

  redirect(kind: 'file' | 'stdin'): void {
    this.endWord();
    this.#redirection = kind;
  }

  endWord(): void {
    if (!this.inWord) return;
    const word = this.written;
    if (this.#redirection === 'none') this.#words.push(word);
    else if (this.#redirection === 'stdin') this.#stdin = `${word}\n`;
    this.#redirection = 'none';
    this.dropWord();
  }

  endCommand(): void {
    this.endWord();
    if (this.#words.length > 0) {
      this.commands.push({
        words: this.#words,
        stdin: this.#stdin,
        variables: this.#variables,
        notes: this.#notes,
      });
    }
    this.#words = [];
    this.#stdin = null;
    this.#variables = {};
    this.#notes = [];
    this.#redirection = 'none';
  }
}
