import { type Document, visit, type YAMLError } from 'yaml';

/** Something that makes a text no YAML. */
export interface YamlFault {
  /** In the text, UTF-16 units. */
  readonly offset: number;
  /** A sentence. */
  readonly message: string;
}

/** What is wrong with a document, as people would say it. */
export function yamlFaults(document: Document.Parsed, text: string): YamlFault[] {
  const errors = [...document.errors, ...document.warnings].toSorted((a, b) => a.pos[0] - b.pos[0]);
  // The first error brings others with it; keys that are there twice do not.
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors
    .filter((error) => error === first || error.code === 'DUPLICATE_KEY')
    .map((error) => yamlFault(error, document, text));
}

function yamlFault({ code, message, pos: [offset] }: YAMLError, document: Document.Parsed, text: string): YamlFault {
  const rest = text.slice(offset);
  const notYaml = `This is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
  switch (code) {
    case 'DUPLICATE_KEY': {
      const [, key] = /^["']?([^"':\r\n]*)/.exec(rest)!;
      return { offset, message: `"${key!.trim()}" is here twice: write it once.` };
    }
    case 'TAB_AS_INDENT':
      return { offset, message: 'A tab cannot indent YAML: use blanks.' };
    case 'MULTIPLE_DOCS':
      return { offset, message: 'A plan is a single YAML document: take out the ---.' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return misplacedKey(offset, rest);
    case 'TAG_RESOLVE_FAILED':
      return { offset, message: `${/^!\S*/.exec(rest)?.[0] ?? 'This tag'} means nothing in a plan.` };
    case 'UNEXPECTED_TOKEN':
      if (!/flow-(?:map|seq)-start at node end/.test(message)) return { offset, message: notYaml };
      return { offset, message: 'Within { } and [ ], a text that holds {, [ or ${…} needs quotes around it.' };
    case 'MISSING_CHAR': {
      const [, quote] = /^Missing closing (['"])/.exec(message) ?? [];
      if (quote === undefined) return { offset, message: notYaml };
      return {
        offset: startOfTextTo(offset, document),
        message: `This text begins with ${quote} and does not end with it.`,
      };
    }
    default:
      return { offset, message: notYaml };
  }
}

/** A text goes on in lines that are indented further: `name: a` and below it, further in, a key. */
function misplacedKey(offset: number, rest: string): YamlFault {
  const [further] = /^[^\n]*[^\s:][ \t]*\r?\n\s+(?=\S)/.exec(rest) ?? [];
  return further === undefined || /:\s/.test(further.trim())
    ? { offset, message: 'A text that holds ": " needs quotes around it.' }
    : { offset: offset + further.length, message: 'This is indented too far: it goes on with the text before it.' };
}

function startOfTextTo(end: number, document: Document.Parsed): number {
  let start = end;
  visit(document, {
    Scalar: (_, { range }) => {
      if (range && range[0] < end && range[1] >= end) start = range[0];
    },
  });
  return start;
}
