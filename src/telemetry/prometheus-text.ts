import type { MetricSample } from '../runs/metric-sample.ts';
import { LineSplitter } from './line-splitter.ts';

/** What a server says its metrics are: a counter, gauge, histogram, summary or another; null where it says nothing. */
export type TypeOf = (family: string) => string | null;

/** A line with more is not read to its end: no label of use is as long. */
const MOST_LETTERS = 16 * 1024;
/** Beyond so many names each line is looked at anew. */
const MOST_NAMES = 20_000;
/** No name is as long; a pattern with stars would be tried on it for long. */
const LONGEST_NAME = 200;

/**
 * Reads Prometheus' text format, and what OpenMetrics adds to it, as it comes: one sample a line. Lines that are no samples are left out,
 * since one that a server writes wrong must not hide the others. A histogram's parts come as `_bucket`, `_sum` and `_count`. What is not
 * wanted is passed over by its name, so that much of it costs little.
 */
export class PrometheusReader {
  readonly #wants: (name: string) => boolean;
  readonly #each: (sample: MetricSample) => void;
  readonly #lines = new LineSplitter(MOST_LETTERS);
  readonly #known = new Map<string, boolean>();
  readonly #types = new Map<string, string>();
  #told = 0;
  #strange = 0;
  #isOver = false;
  #last = '';
  #lastIsWanted = false;

  /** @param wants whether a name is of interest @param each is given every sample of such a name */
  constructor(wants: (name: string) => boolean, each: (sample: MetricSample) => void) {
    this.#wants = wants;
    this.#each = each;
  }

  /** Lines so far that begin as samples do, whether or not they are wanted. */
  get told(): number {
    return this.#told;
  }

  /** Lines so far that are neither samples nor comments. */
  get strange(): number {
    return this.#strange;
  }

  /** Whether `# EOF` was read, with which OpenMetrics ends. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** By the `# TYPE` lines so far. */
  readonly typeOf: TypeOf = (family) => this.#types.get(family) ?? null;

  push(text: string): void {
    this.#lines.push(text, (line) => this.#line(line));
  }

  end(): void {
    this.#line(this.#lines.end());
  }

  #line(line: string): void {
    if (this.#isOver || line === '') return;
    if (line.startsWith('#')) this.#comment(line);
    else if (this.#isOfLast(line)) this.#sample(line);
    else {
      const name = nameOf(line);
      if (name === null) {
        if (line.trim() !== '') this.#strange++;
        return;
      }
      this.#lastIsWanted = this.#isWanted(name);
      this.#last = name;
      this.#sample(line);
    }
  }

  /** Samples of one name stand together. */
  #isOfLast(line: string): boolean {
    if (this.#last === '' || !line.startsWith(this.#last)) return false;
    const next = line[this.#last.length];
    return next === '{' || next === ' ' || next === '\t';
  }

  #sample(line: string): void {
    this.#told++;
    if (!this.#lastIsWanted) return;
    const found = SAMPLE.exec(line);
    const value = found === null ? null : numberOf(found[3]!);
    if (found !== null && value !== null) this.#each({ name: found[1]!, labels: labelsOf(found[2] ?? ''), value });
  }

  #isWanted(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const wanted = name.length <= LONGEST_NAME && this.#wants(name);
    if (this.#known.size < MOST_NAMES) this.#known.set(copied(name), wanted);
    return wanted;
  }

  #comment(line: string): void {
    if (line.startsWith('# EOF')) this.#isOver = true;
    const [, family, type] = TYPE.exec(line) ?? [];
    if (family !== undefined && this.#types.size < MOST_NAMES) this.#types.set(copied(family), copied(type!));
  }
}

/** All samples of a text. */
export function readPrometheusText(text: string): MetricSample[] {
  const samples: MetricSample[] = [];
  const reader = new PrometheusReader(
    () => true,
    (sample) => samples.push(sample),
  );
  reader.push(text);
  reader.end();
  return samples;
}

const TYPE = /^#\s*TYPE\s+([a-zA-Z_:][a-zA-Z0-9_:]*)\s+([a-z]+)/;
/** Name, labels, value; a timestamp and an exemplar may follow. */
const SAMPLE = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{((?:[^"}]|"(?:\\.|[^"\\])*")*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:\\.|[^"\\])*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };

/** null: the line is no sample. */
function nameOf(line: string): string | null {
  const found = SAMPLE.exec(line);
  return found === null || numberOf(found[3]!) === null ? null : found[1]!;
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name, value]) => [
      name!,
      value!.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
    ]),
  );
}

/** null: it is no number. NaN is one. */
function numberOf(text: string): number | null {
  const infinity = /^([+-]?)inf$/i.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

/** A part of a text keeps all of it in memory; this does not. */
function copied(part: string): string {
  return Buffer.from(part).toString();
}
