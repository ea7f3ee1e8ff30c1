import { isScalar, LineCounter, type ParsedNode, parseDocument, type YAMLError } from 'yaml';
import type { Fault, PlanFault } from './plan-fault.ts';
import { type YamlValue, yamlValue } from './yaml-value.ts';

/** A YAML file that knows where its values stand. */
export class YamlSource {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #root: YamlValue;
  /** What makes it no YAML that can be read; the value means nothing then. */
  readonly faults: readonly PlanFault[];

  constructor(text: string) {
    this.#text = text;
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      schema: 'core',
      merge: false,
    });
    const faults = syntaxErrors([...document.errors, ...document.warnings]).map((error) => this.#syntaxFault(error));
    this.faults = faults;
    const complain = (offset: number, message: string): void => {
      faults.push(this.#at(offset, message));
    };
    const readable = document.errors.length === 0;
    this.#root = readable ? yamlValue(document, complain) : { value: null, node: null, key: null, members: new Map() };
  }

  /** As JSON has it. */
  get value(): unknown {
    return this.#root.value;
  }

  located(fault: Fault): PlanFault {
    return this.#at(this.#offsetOf(fault), fault.message);
  }

  #at(offset: number, message: string): PlanFault {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col, message };
  }

  #offsetOf({ path, at, part }: Fault): number {
    let place = this.#root;
    for (const segment of path) {
      const member = place.members.get(String(segment));
      if (member === undefined) return startOf(place);
      place = member;
    }
    if (at === 'key' && place.key !== null) return place.key.range[0];
    return startOf(place) + (part === null ? 0 : this.#partOffset(place.node, part));
  }

  /** Escapes and line breaks make a text another one in the file, but what is looked for is the same, and as often before. */
  #partOffset(node: ParsedNode | null, { text, offset }: NonNullable<Fault['part']>): number {
    if (!isScalar(node) || typeof node.value !== 'string') return 0;
    const written = this.#text.slice(node.range[0], node.range[1]);
    let found = written.indexOf(text);
    for (let at = node.value.indexOf(text); at >= 0 && at < offset; at = node.value.indexOf(text, at + 1)) {
      found = written.indexOf(text, found + 1);
    }
    return Math.max(0, found);
  }

  #syntaxFault({ code, message, pos: [offset] }: YAMLError): PlanFault {
    const rest = this.#text.slice(offset);
    switch (code) {
      case 'DUPLICATE_KEY':
        return this.#at(offset, `"${/^["']?([^"':\n]*)/.exec(rest)![1]!.trim()}" is here twice: write it once.`);
      case 'TAB_AS_INDENT':
        return this.#at(offset, 'A tab cannot indent YAML: use blanks.');
      case 'MULTIPLE_DOCS':
        return this.#at(offset, 'A plan is a single YAML document: take out the ---.');
      case 'BLOCK_AS_IMPLICIT_KEY': {
        // A text goes on in lines that are indented further.
        const [further] = /^[^\n]*[^\n:\s][ \t]*\n\s+(?=\S)/.exec(rest) ?? [];
        return further === undefined || /:\s/.test(further.trim())
          ? this.#at(offset, 'A text that holds ": " needs quotes around it.')
          : this.#at(offset + further.length, 'This is indented too far: it goes on with the text before it.');
      }
      case 'TAG_RESOLVE_FAILED':
        return this.#at(offset, `${/^!\S*/.exec(rest)?.[0] ?? 'This tag'} means nothing in a plan.`);
      default: {
        const plain = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
        return this.#at(offset, `This is not YAML: ${plain}.${this.#advice(offset)}`);
      }
    }
  }

  /** Within { } and [ ], what begins with ${ ends the text for YAML. */
  #advice(offset: number): string {
    const line = this.#text.slice(this.#text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0]!;
    return /[[{].*[^"'\w]\$\{|[[{].*\$\{[^}"']*$/.test(line)
      ? ' Within { } and [ ], a text with ${…} needs quotes around it.'
      : '';
  }
}

/** The first error brings others with it; keys that are there twice do not. */
function syntaxErrors(errors: readonly YAMLError[]): YAMLError[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const first = sorted.find(({ code }) => code !== 'DUPLICATE_KEY');
  return sorted.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

/** Where nothing is written, its key says where that is. */
function startOf({ node, key }: YamlValue): number {
  if (node === null || (isScalar(node) && node.range[0] === node.range[1])) return key?.range[0] ?? node?.range[0] ?? 0;
  return node.range[0];
}
