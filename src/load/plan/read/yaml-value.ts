import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { knownNames } from '../nearest.ts';

/** A value of a YAML document, as JSON has it, with the nodes it was written as. */
export interface YamlValue {
  readonly value: unknown;
  /** null: nothing is written there. */
  readonly node: ParsedNode | null;
  readonly key: ParsedNode | null;
  /** By key or index. */
  readonly members: ReadonlyMap<string, YamlValue>;
}

/** Hears of what is no value. @param offset in the file, UTF-16 units */
type Complain = (offset: number, message: string) => void;

/**
 * What the keys of a map mean. Where they are the `plan`'s own, they say what is below: `named` is a map whose keys people choose, `data`
 * is JSON, and of a `text` what looks like a number stays as it was written, because version 1.10 is not 1.1.
 */
type Mode = 'plan' | 'named' | 'data' | 'text';

const MODES: ReadonlyMap<string, Mode> = new Map([
  ...['extract', 'data'].map((key) => [key, 'named'] as const),
  ...['json', 'equals'].map((key) => [key, 'data'] as const),
  ...['environment', 'headers', 'query', 'form', 'multipart', 'tags'].map((key) => [key, 'text'] as const),
]);
const TEXTS = new Set(['name', 'body', 'contains', 'matches', 'default', 'refresh', 'serverName']);

/** A small file may not become larger than this by its aliases. */
const MOST_REPEATED = 100_000;
const NOTHING: ReadonlyMap<string, YamlValue> = new Map();
const MERGE = '<<';

/**
 * The content of a document, with its aliases and merge keys (`<<`) resolved. Complains of what JSON has no value for, and of aliases
 * that lead nowhere, to themselves or to too much.
 */
export function yamlValue(document: Document.Parsed, complain: Complain): YamlValue {
  return new Reader(complain).read(document.contents, null, 'plan');
}

class Reader {
  readonly #complain: Complain;
  readonly #anchors = new Map<string, ParsedNode>();
  /** The collections that are being read, the outermost first. */
  readonly #within: ParsedNode[] = [];
  #aliases = 0;
  #repeated = 0;
  #wasTooMuch = false;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  read(node: ParsedNode | null, key: ParsedNode | null, mode: Mode): YamlValue {
    if (node === null) return { value: null, node, key, members: NOTHING };
    if (isAlias(node)) return this.#alias(node, key, mode);
    if (this.#aliases === 0 && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (this.#aliases > 0) this.#repeated++;
    if (isScalar(node)) return { value: this.#scalar(node, mode), node, key, members: NOTHING };
    this.#within.push(node);
    const members = isMap(node) ? this.#map(node, mode) : this.#list(node, mode);
    this.#within.pop();
    const values = [...members].map(([name, { value }]) => [name, value] as const);
    return { value: isMap(node) ? Object.fromEntries(values) : values.map(([, value]) => value), node, key, members };
  }

  #alias(alias: Alias.Parsed, key: ParsedNode | null, mode: Mode): YamlValue {
    const target = this.#anchors.get(alias.source);
    const fault = this.#aliasFault(alias.source, target);
    if (fault !== null) this.#complain(alias.range[0], fault);
    this.#aliases++;
    const value = this.read(fault === null && target !== undefined && !this.#isTooMuch() ? target : null, key, mode);
    this.#aliases--;
    // Said of the alias that brought all the others, once.
    if (this.#isTooMuch() && this.#aliases === 0 && !this.#wasTooMuch) {
      this.#wasTooMuch = true;
      this.#complain(
        alias.range[0],
        `*${alias.source} repeats too much: aliases make ${MOST_REPEATED} values at most in a file.`,
      );
    }
    return value;
  }

  #isTooMuch(): boolean {
    return this.#repeated > MOST_REPEATED;
  }

  #aliasFault(name: string, target: ParsedNode | undefined): string | null {
    if (target === undefined) {
      return `No &${name} stands before this *${name}; ${knownNames(name, [...this.#anchors.keys()])}`;
    }
    return this.#within.includes(target) ? `*${name} is inside of what it stands for, which would have no end.` : null;
  }

  #map(node: YAMLMap.Parsed, mode: Mode): Map<string, YamlValue> {
    const members = new Map<string, YamlValue>();
    const merged: YamlValue[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) {
        this.#complain(
          (key.range ?? node.range)[0],
          'A key has to be a text. Put quotes around it, or around a value that begins with { or [.',
        );
      } else if (key.value === MERGE && key.type === 'PLAIN') {
        merged.push(this.read(value, key, mode));
      } else {
        const name = typeof key.value === 'string' ? key.value : key.source;
        members.set(name, this.read(value, key, modeBelow(mode, name, value)));
      }
    }
    for (const [name, member] of merged.flatMap((source) => this.#merged(source))) {
      if (!members.has(name)) members.set(name, member);
    }
    return members;
  }

  #merged({ node, key, value, members }: YamlValue): [string, YamlValue][] {
    if (Array.isArray(value)) return [...members.values()].flatMap((source) => this.#merged(source));
    if (isMap(node)) return [...members];
    this.#complain((key?.range ?? node?.range ?? [0])[0], '<< takes in the keys of a map, such as <<: *common.');
    return [];
  }

  #list(node: YAMLSeq.Parsed, mode: Mode): Map<string, YamlValue> {
    return new Map(node.items.map((item, at) => [String(at), this.read(item as ParsedNode, null, mode)]));
  }

  #scalar(node: Scalar.Parsed, mode: Mode): unknown {
    const { value, source } = node;
    if (typeof value === 'string' || value === null) return value;
    if (mode === 'text') return source;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#complain(node.range[0], `${source} is no number that JSON has.`);
    } else if (typeof value === 'number' && /^[-+]?\d+$/.test(source) && !isKept(value, source)) {
      this.#complain(
        node.range[0],
        `${source} is too large to be kept as it is. Put it in quotes, or write the body as a text.`,
      );
    }
    return value;
  }
}

/** Whether a whole number is the same when it is written again: beyond 2⁵³ not all are. */
function isKept(value: number, source: string): boolean {
  return Number.isSafeInteger(value) || String(value) === source;
}

function modeBelow(mode: Mode, key: string, value: ParsedNode | null): Mode {
  if (mode === 'named') return 'plan';
  if (mode !== 'plan') return mode;
  return MODES.get(key) ?? (TEXTS.has(key) && isScalar(value) ? 'text' : 'plan');
}
