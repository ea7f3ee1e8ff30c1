import { GroupNames, NO_GROUP } from '../../runs/group-names.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Redactor } from '../plan/redaction.ts';

/** As much of a value as can be read in a table. */
const LONGEST = 64;
/** Values whose group is looked up at once: made readable anew each time, a value that is never the same twice would cost time. */
const MOST_KNOWN = 256;

/** Puts answers into groups by the value of one of their headers, without secrets. */
export class AnswerGroups {
  readonly #header: string | null;
  readonly #redactor: Redactor;
  readonly #met: (index: number, name: string) => void;
  readonly #names = new GroupNames();
  readonly #known = new Map<string, number>();

  /** @param header in lower case; null: there are no groups @param met told of each group when its first answer comes */
  constructor(header: string | null, redactor: Redactor, met: (index: number, name: string) => void) {
    this.#header = header;
    this.#redactor = redactor;
    this.#met = met;
  }

  /** The group's number; NaN where no answer came. */
  of(exchange: Exchange | null): number {
    if (this.#header === null || exchange === null || exchange.status === 0) return Number.NaN;
    const value = exchange.header(this.#header) ?? '';
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const before = this.#names.names.length;
    const index = this.#names.indexOf(this.#readable(this.#header, value));
    if (this.#known.size < MOST_KNOWN) this.#known.set(value, index);
    if (index === before) this.#met(index, this.#names.names[index]!);
    return index;
  }

  #readable(header: string, value: string): string {
    const text = this.#redactor.headers([[header, value.trim()]])[header]!;
    if (text === '') return NO_GROUP;
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  }
}
