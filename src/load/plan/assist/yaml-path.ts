import { type Document, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { SchemaPath } from './schema-walk.ts';

/** As plan files are read, with all that is wrong in it left aside as far as can be. */
export function parse(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, schema: 'core', merge: false, logLevel: 'error' });
}

/** What leads through nodes of a document, each within the one before. */
export function pathThrough(nodes: readonly unknown[]): SchemaPath {
  const steps: (string | number)[] = [];
  const beside: string[][] = [];
  nodes.forEach((node, at) => {
    const next = nodes[at + 1];
    if (isMap(node) && isPair(next)) {
      steps.push(isScalar(next.key) ? String(next.key.value) : '');
      beside.push(keysOf(node));
    } else if (isSeq(node) && next !== undefined) {
      steps.push(node.items.indexOf(next));
      beside.push([]);
    }
  });
  return { steps, beside };
}

export function keysOf(map: { readonly items: readonly unknown[] }): string[] {
  return map.items.flatMap((pair) => (isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : []));
}
