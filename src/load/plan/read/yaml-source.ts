import { isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { Fault, PlanFault } from './plan-fault.ts';
import { yamlFaults } from './yaml-fault.ts';
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
    const faults = yamlFaults(document, text).map(({ offset, message }) => this.#at(offset, message));
    const heard = new Set<number>();
    const complain = (offset: number, message: string): void => {
      // What stands in the file once may be read for many aliases.
      if (!heard.has(offset)) faults.push(this.#at(offset, message));
      heard.add(offset);
    };
    this.faults = faults;
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
    const [node, start] =
      at === 'key' && place.key !== null ? [place.key, place.key.range[0]] : [place.node, startOf(place)];
    return start + (part === null ? 0 : this.#partOffset(node, part));
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
}

/** Where nothing is written, its key says where that is. */
function startOf({ node, key }: YamlValue): number {
  if (node === null || (isScalar(node) && node.range[0] === node.range[1])) return key?.range[0] ?? node?.range[0] ?? 0;
  return node.range[0];
}
