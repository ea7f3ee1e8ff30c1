import type { MetricSample } from '../runs/metric-sample.ts';
import type { SeriesChoice } from '../runs/series-choice.ts';
import type { SeriesFacts } from '../runs/series-facts.ts';
import { DCGM_UNITS } from './dcgm.ts';
import { type Bucket, histogramQuantile } from './histogram-quantile.ts';
import { metricUnit, rateUnit } from './metric-unit.ts';
import type { TypeOf } from './prometheus-text.ts';

/** What one scrape came to. */
export interface Readings {
  /** Series that were met for the first time, numbered after those before. */
  readonly added: readonly SeriesFacts[];
  /** By number of the series; NaN where it was not told, or nothing happened that it could be told of. */
  readonly values: Float64Array;
  /** Series that were wanted and are not kept, since there are too many. */
  readonly left: number;
}

/** Of one endpoint; there is no reading a chart of more. */
const MOST_SERIES = 200;
/** Of a histogram, per set of labels. */
const MOST_BUCKETS = 200;

type Kind = 'gauge' | 'counter' | 'histogram';

/** A counter or gauge with its labels, or a histogram with all of its buckets. */
interface Track {
  readonly kind: Kind;
  /** Numbers of its series: a histogram has its mean's, and its quantiles' where they are wanted. */
  readonly numbers: readonly number[];
  readonly scale: number;
  /** NaN where it was not told. */
  before: Standing;
  now: Standing;
}

interface Standing {
  /** A histogram's sum. */
  value: number;
  count: number;
  buckets: Map<number, number>;
}

const QUANTILES = [
  ['p50', 0.5],
  ['p99', 0.99],
] as const;

/**
 * The chosen series of one endpoint over its scrapes: gauges as they are, counters as what they grew by a second, of histograms the mean
 * and, where they were asked for by name, p50 and p99 of what was counted since the scrape before. A counter that falls belongs to a
 * server that was started anew, and tells nothing of that time.
 */
export class ScrapedSeries {
  readonly #choice: SeriesChoice;
  readonly #quantiles: boolean;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #tracks = new Map<string, Track>();
  #count = 0;
  #told = 0;
  #added: SeriesFacts[] = [];
  /** Series of the scrape that are too many to be told. A histogram comes as several samples. */
  readonly #left = new Set<string>();
  #before: number | null = null;

  /** @param quantiles whether histograms' are wanted @param labels that each series has besides its own */
  constructor(choice: SeriesChoice, quantiles: boolean, labels: Readonly<Record<string, string>>) {
    this.#choice = choice;
    this.#quantiles = quantiles;
    this.#labels = labels;
  }

  /** How many series have been told. */
  get told(): number {
    return this.#told;
  }

  /** Whether a name may be of interest: the reader passes over all others. */
  readonly wants = (name: string): boolean =>
    this.#choice.names(name) || PARTS.some((part) => name.endsWith(part) && this.#choice.names(familyOf(name, part)));

  /** One sample of the scrape that is being read. @param typeOf what has been said of types in it */
  add({ name, labels, value }: MetricSample, typeOf: TypeOf): void {
    const { kind, family, part } = meaningOf(name, typeOf);
    if (kind === null) return;
    if (kind === 'histogram' && this.#choice.has(family, labels)) {
      const { le, ...rest } = labels;
      const track = this.#track('histogram', family, rest);
      if (track === null) return;
      if (part === '_sum') track.now.value = value;
      else if (part !== '_bucket') track.now.count = value;
      else if (track.now.buckets.size < MOST_BUCKETS) track.now.buckets.set(boundOf(le), value);
      return;
    }
    // Parts of a histogram may be chosen by their own names.
    const own = kind === 'histogram' ? 'counter' : kind;
    if (!this.#choice.has(name, labels) && !this.#choice.has(family, labels)) return;
    const track = this.#track(own, name, labels);
    if (track !== null) track.now.value = value;
  }

  /** Ends the scrape. @param time run time, ms */
  end(time: number): Readings {
    const values = new Float64Array(this.#count).fill(NaN);
    const seconds = this.#before === null ? NaN : (time - this.#before) / 1000;
    for (const track of this.#tracks.values()) {
      const told = readingsOf(track, seconds);
      track.numbers.forEach((number, at) => {
        values[number] = (told[at] ?? NaN) * track.scale;
      });
      track.before = track.now;
      track.now = unknown();
    }
    const readings = { added: this.#added, values, left: this.#left.size };
    this.#before = time;
    this.#told = this.#count;
    this.#added = [];
    this.#left.clear();
    return readings;
  }

  /** Forgets what was read of a scrape that is not to count. */
  drop(): void {
    for (const track of this.#tracks.values()) track.now = unknown();
    this.#left.clear();
  }

  #track(kind: Kind, name: string, labels: Readonly<Record<string, string>>): Track | null {
    // A copy: the labels of a line keep all of its scrape in memory.
    const text = JSON.stringify([kind, name, labels]);
    const known = this.#tracks.get(text);
    if (known !== undefined) return known;
    const made = kind === 'histogram' ? (this.#quantiles ? ['mean', ...QUANTILES.map(([q]) => q)] : ['mean']) : [''];
    if (this.#count + made.length > MOST_SERIES) {
      this.#left.add(text);
      return null;
    }
    const [, ownName, ownLabels] = JSON.parse(text) as [Kind, string, Record<string, string>];
    const { unit, scale } = kind === 'counter' ? rateUnit(ownName) : metricUnit(ownName);
    const numbers = made.map((what) => {
      this.#added.push({
        name: what === '' ? ownName : `${ownName} ${what}`,
        labels: { ...ownLabels, ...this.#labels },
        unit,
      });
      return this.#count++;
    });
    // One that comes later has counted from 0 since the scrape before, at which it was not there.
    const track = { kind, numbers, scale, before: this.#before === null ? unknown() : nothing(), now: unknown() };
    this.#tracks.set(text, track);
    return track;
  }
}

const PARTS = ['_bucket', '_sum', '_count', '_total'] as const;
type Part = (typeof PARTS)[number] | '';

/** What a name stands for, by what was said of its type: OpenMetrics names a counter without its `_total`. */
function meaningOf(name: string, typeOf: TypeOf): { kind: Kind | null; family: string; part: Part } {
  // Older exporters call rates of DCGM counters.
  if (DCGM_UNITS[name] !== undefined) return { kind: 'gauge', family: name, part: '' };
  const own = typeOf(name);
  if (own !== null) return { kind: OWN_KINDS[own] ?? null, family: name, part: '' };
  const part = PARTS.find((end) => name.endsWith(end)) ?? '';
  const family = familyOf(name, part);
  const type = part === '' ? null : typeOf(family);
  if (type === 'counter' && part === '_total') return { kind: 'counter', family, part };
  if (type === 'histogram' && part !== '_total') return { kind: 'histogram', family, part };
  if (type === 'summary' && (part === '_sum' || part === '_count')) return { kind: 'histogram', family, part };
  if (name.endsWith('_created')) return { kind: null, family: name, part: '' };
  return { kind: part === '' || part === '_bucket' ? 'gauge' : 'counter', family: name, part: '' };
}

/** A summary's own samples are its quantiles. What only tells names and states has no kind. */
const OWN_KINDS: Readonly<Record<string, Kind>> = {
  counter: 'counter',
  gauge: 'gauge',
  summary: 'gauge',
  unknown: 'gauge',
  untyped: 'gauge',
};

function familyOf(name: string, part: string): string {
  return part === '' ? name : name.slice(0, -part.length);
}

function boundOf(le: string | undefined): number {
  return le === undefined ? NaN : le.replace(/^\+/, '') === 'Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function readingsOf({ kind, before, now }: Track, seconds: number): number[] {
  if (kind === 'gauge') return [now.value];
  const grown = now.value - before.value;
  if (kind === 'counter') return [grown >= 0 ? grown / seconds : NaN];
  const count = now.count - before.count;
  const mean = count > 0 && !Number.isNaN(seconds) ? grown / count : NaN;
  const buckets = [...now.buckets].map(([le, upTo]): Bucket => ({ le, count: upTo - (before.buckets.get(le) ?? 0) }));
  const fell = Number.isNaN(seconds + before.value) || buckets.some((bucket) => !(bucket.count >= 0));
  return [mean, ...QUANTILES.map(([, q]) => (fell ? NaN : histogramQuantile(q, buckets)))];
}

function unknown(): Standing {
  return { value: NaN, count: NaN, buckets: new Map() };
}

function nothing(): Standing {
  return { value: 0, count: 0, buckets: new Map() };
}
