import {
  Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Of what is below these keys, what is short stands on one line: all of it, or only its `items`. */
const INLINE: ReadonlyMap<string, 'whole' | 'items'> = new Map([
  ...['target', 'tls', 'query', 'headers', 'form', 'extract', 'timings', 'tags', 'load'].map(
    (key) => [key, 'whole'] as const,
  ),
  ...['json', 'equals', 'multipart', 'status', 'body'].map((key) => [key, 'whole'] as const),
  ...['stages', 'objectives', 'data'].map((key) => [key, 'items'] as const),
]);
/** They begin after a blank line. */
const SECTIONS = new Set(['setup', 'steps', 'scenarios', 'load', 'objectives']);
const ABOUT_SECRETS = ' The environment variables that hold them. What they hold is never written down.';
const SHORT = 72;

/** The YAML of a plan file's content. @param first lines of a comment before it @param last lines of a comment after it */
export function yamlText(content: object, first: readonly string[], last: readonly string[]): string {
  const document = new Document(content, { schema: 'core', aliasDuplicateObjects: false });
  visit(document, { Scalar: (_, node) => writeAsItIs(node) });
  for (const pair of pairsOf(document.contents)) {
    if (!isScalar(pair.key)) continue;
    pair.key.spaceBefore = SECTIONS.has(keyOf(pair));
    if (keyOf(pair) === 'secrets') pair.key.commentBefore = ABOUT_SECRETS;
  }
  layOut(document.contents, false, false);
  if (first.length > 0) document.commentBefore = comment(first);
  if (last.length > 0) document.comment = comment(last);
  return document.toString({ lineWidth: 0 });
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join('\n');
}

/** @param inline whether what is short stands on one line @param deep also what holds other maps and lists */
function layOut(node: unknown, inline: boolean, deep: boolean): void {
  if (!isCollection(node)) return;
  if (inline && isShort(node, deep)) {
    node.flow = true;
    return;
  }
  if (!isMap(node)) for (const item of childrenOf(node)) layOut(item, inline, deep);
  for (const pair of pairsOf(node)) {
    const key = keyOf(pair);
    const below = INLINE.get(key);
    if (below === 'items') for (const item of childrenOf(pair.value)) layOut(item, true, deep);
    else layOut(pair.value, inline || below === 'whole', deep || key === 'json');
  }
}

function isShort(node: YAMLMap | YAMLSeq, deep: boolean): boolean {
  if (!deep && !childrenOf(node).every(isScalar)) return false;
  const text = JSON.stringify(node);
  // A text of several lines is easier to read in a block.
  return text.length <= SHORT && !text.includes('\\n');
}

function pairsOf(node: unknown): Pair[] {
  return isMap(node) ? node.items : [];
}

function childrenOf(node: unknown): unknown[] {
  if (!isCollection(node)) return [];
  return node.items.map((item) => (isPair(item) ? item.value : item));
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

/** Where YAML's shorter forms would change a text, it stands in quotes. */
function writeAsItIs(node: Scalar): void {
  if (typeof node.value !== 'string') return;
  const merges = node.value === '<<';
  // A block's first line says how far it is indented, and a line feed alone is kept.
  const lines = node.value.includes('\n') && !/^[^\s][\t\n -~\u00a1-\ud7ff]*$/.test(node.value);
  if (merges || lines) node.type = 'QUOTE_DOUBLE';
}
