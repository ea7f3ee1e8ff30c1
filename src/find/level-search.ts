import { type Dose, type Edge, edgeOf } from './edge.ts';
import { missedShare } from './misses.ts';
import type { Reading, Seen } from './reading.ts';

/** What is asked of a search. Levels are iterations a second, or users. */
export interface SearchTerms {
  /** Whether levels are whole numbers, as users are. */
  readonly whole: boolean;
  /** The lowest level that makes sense: where it fails there is no answer. */
  readonly least: number;
  readonly most: number;
  /** Tried first. */
  readonly start: number;
  /** A level about which the server is known to saturate; null unknown. */
  readonly capacity: number | null;
  /** The width of the band, as a share of its middle, that is narrow enough. */
  readonly precision: number;
}

/** What to try next: `bracket` finds out on which side of the edge a level is, `edge` narrows the band. */
export interface NextProbe {
  readonly level: number;
  readonly purpose: 'bracket' | 'edge';
}

export interface Band {
  readonly passesAt: number | null;
  readonly failsAt: number | null;
}

/** A band, of which one side may be told by all probes together, though none stands for itself there. */
export interface AnswerBand extends Band {
  readonly inferred: 'passesAt' | 'failsAt' | null;
}

/** How sure a level has to be to count as passing or as failing. */
const SURE = 0.92;
/** The flanks of the edge that are tried: sure enough if the edge is where it seems to be. */
const FLANK = 0.08;
/** Flanks are no farther from the edge than this, however little is known. */
const FARTHEST_FLANK = 0.12;
/** While the edge may lie within a stretch this wide, its middle is tried before the flanks. */
const WIDE = 0.3;
/** Levels that are taken for the same. */
const SAME = 0.02;
/** An answer that is wider than this, as a share of its middle, is none. */
const WIDEST = 0.5;
/** Void probes at about one level after which the generator is taken to be the limit there. */
const VOIDS = 2;
/** What is sent validly may be so much below where it no longer is, and is as much as can be sent. */
const NEAR = 1.25;
/** Void probes in a row after which the machine is taken to be too busy. */
const TOO_MANY_VOIDS = 4;

/**
 * Looks for the highest level at which objectives hold, from what probes at levels say: by doubling and halving to both sides of the edge,
 * then by trying where the edge most likely is and where it hardly can be. All probes together decide, see {@link edgeOf}.
 */
export class LevelSearch {
  readonly #terms: SearchTerms;
  readonly #readings: Reading[] = [];
  /** By objective, of the readings so far. */
  #edges: (Edge | null)[] = [];

  constructor(terms: SearchTerms) {
    this.#terms = terms;
  }

  add(reading: Reading): void {
    this.#readings.push(reading);
    const valid = this.#valid();
    this.#edges = reading.objectives.map((_, index) => {
      return edgeOf(valid.flatMap((one) => doseOf(one, one.objectives[index]!)));
    });
  }

  /** The level at and above which the generator is the limit; null where none was met. */
  get generatorLimit(): number | null {
    const voids = this.#readings.filter(({ limited }) => limited).map(({ level }) => level);
    const met = voids.filter(
      (level) =>
        voids.filter((other) => other <= level * (1 + SAME)).length >= VOIDS &&
        !this.#valid().some((reading) => reading.level >= level),
    );
    return met.length > 0 ? Math.min(...met) : null;
  }

  /** Whether one probe after the other was void. */
  get tooBusy(): boolean {
    const last = this.#readings.slice(-TOO_MANY_VOIDS);
    return last.length === TOO_MANY_VOIDS && last.every(({ valid }) => !valid);
  }

  /** The highest level that passes below the lowest that fails, and the lowest that fails above the highest that passes. */
  get band(): Band {
    const levels = [...new Set(this.#valid().map(({ level }) => level))];
    const standing = levels.map((level) => ({ level, ok: this.standing(level) }));
    const passing = standing.filter(({ ok }) => ok === true).map(({ level }) => level);
    const failing = standing.filter(({ ok }) => ok === false).map(({ level }) => level);
    const [lowestFail, highestPass] = [Math.min(...failing), Math.max(...passing)];
    const passesAt = Math.max(...passing.filter((level) => level < lowestFail));
    const failsAt = Math.min(...failing.filter((level) => level > highestPass));
    return { passesAt: finite(passesAt), failsAt: finite(failsAt) };
  }

  /** Where the edge most likely is, of the objective that is the first to break; null where too little is known. */
  get estimate(): number | null {
    return this.#edge()?.at ?? null;
  }

  /**
   * The band at the end. Where probes were made on both sides of the edge, but on one of them no level is sure by itself, that end is the
   * level beyond which the edge does not lie by all probes together, as surely as a level has to be.
   */
  get answer(): AnswerBand {
    const band = this.band;
    const { passesAt, failsAt } = band;
    const told = { ...band, inferred: null };
    const edge = this.#edge();
    const leaning = this.#valid().map(leansToHold);
    if (edge === null || !leaning.includes(true) || !leaning.includes(false)) return told;
    if ((passesAt === null) === (failsAt === null) || this.tooBusy) return told;
    const missing = passesAt === null ? 'passesAt' : 'failsAt';
    const level = passesAt === null ? this.#outward(edge.below(1 - SURE), -1) : this.#outward(edge.below(SURE), 1);
    const [low, high] = [passesAt ?? level, failsAt ?? level];
    const isNarrow = low < high && high - low <= (WIDEST * (low + high)) / 2;
    return isNarrow && low >= this.#terms.least ? { ...band, [missing]: level, inferred: missing } : told;
  }

  /** Whether a level that was tried passes: seen to hold there, and sure by all that was seen. Null: it cannot be told. */
  standing(level: number): boolean | null {
    const here = this.#valid().filter((reading) => reading.level === level);
    if (here.length === 0) return null;
    if (here.some(({ overwhelmed, pilesUp }) => overwhelmed || pilesUp === true)) return false;
    const objectives = here[0]!.objectives.map((_, index) => this.#standingOf(here, index, level));
    if (objectives.includes(false)) return false;
    const settled = objectives.every((ok) => ok === true) && here.some(({ pilesUp }) => pilesUp === false);
    return settled ? true : null;
  }

  /** What to try next; null where there is nothing left to find out. */
  next(): NextProbe | null {
    const { start, least, most } = this.#terms;
    if (this.tooBusy) return null;
    const valid = this.#valid();
    const limit = this.generatorLimit;
    if (valid.length === 0) {
      const last = this.#readings.at(-1);
      if (last === undefined) return this.#bracket(start);
      return limit === null ? this.#bracket(last.level) : limit <= least ? null : this.#bracket(limit / 2);
    }
    const highest = Math.max(...valid.map(({ level }) => level));
    const lowest = Math.min(...valid.map(({ level }) => level));
    const leaning = valid.map((reading) => ({ level: reading.level, holds: leansToHold(reading) }));
    if (leaning.every(({ holds }) => holds)) {
      if (limit !== null) return limit <= highest * NEAR ? null : this.#bracket(Math.sqrt(highest * limit));
      return highest >= most ? null : this.#bracket(Math.min(most, this.#higher(highest)));
    }
    if (leaning.every(({ holds }) => !holds) && this.band.passesAt === null) {
      if (lowest <= least * (1 + SAME)) return this.standing(lowest) === false ? null : this.#bracket(lowest);
      return this.#bracket(Math.max(least, this.#lower(lowest)));
    }
    return this.#narrow();
  }

  #bracket(level: number): NextProbe {
    return { level: this.#rounded(level), purpose: 'bracket' };
  }

  #higher(highest: number): number {
    const { capacity } = this.#terms;
    if (capacity !== null && highest < capacity * 0.9) return Math.min(highest * 2, (highest + capacity * 1.1) / 2);
    return highest * (capacity !== null && highest < capacity * 1.5 ? 1.25 : 2);
  }

  #lower(lowest: number): number {
    const edge = this.#edge();
    return Math.max(lowest / 2, edge === null ? 0 : edge.below(0.25));
  }

  /** Both sides of the edge were seen. */
  #narrow(): NextProbe | null {
    const { precision, whole, least, most } = this.#terms;
    const { passesAt, failsAt } = this.band;
    if (passesAt !== null && failsAt !== null) {
      const narrow = (failsAt - passesAt) / ((failsAt + passesAt) / 2) <= precision;
      if (narrow || (whole && failsAt - passesAt <= 1)) return null;
    }
    const edge = this.#edge()!;
    const wide = edge.below(1 - FLANK) / edge.below(FLANK) - 1 > WIDE;
    const known = this.#valid().map(({ level }) => level);
    // What is not sure yet although it was tried has to be tried farther out.
    const fewer = (side: number): number =>
      known.filter((level) => (side < 0 ? level < edge.at : level > edge.at)).length + 1;
    const patience = (missing: boolean, side: number): number =>
      missing ? FLANK / Math.max(1, fewer(side) - 2) : FLANK;
    const low = Math.max(edge.below(patience(passesAt === null, -1)), edge.at * (1 - FARTHEST_FLANK));
    const high = Math.min(edge.below(1 - patience(failsAt === null, 1)), edge.at * (1 + FARTHEST_FLANK));
    const lowGap = passesAt === null ? Number.POSITIVE_INFINITY : Math.log(edge.at / passesAt);
    const highGap = failsAt === null ? Number.POSITIVE_INFINITY : Math.log(failsAt / edge.at);
    const wanted = wide
      ? edge.at
      : lowGap === highGap
        ? fewer(-1) <= fewer(1)
          ? low
          : high
        : lowGap > highGap
          ? low
          : high;
    const level = Math.min(most, Math.max(least, wanted));
    return { level: this.#rounded(this.#between(level, passesAt, failsAt)), purpose: 'edge' };
  }

  /** Strictly within the band, so that every probe narrows it or speaks of what is in it. */
  #between(level: number, passesAt: number | null, failsAt: number | null): number {
    const { whole } = this.#terms;
    const low = passesAt === null ? 0 : whole ? passesAt + 1 : passesAt * (1 + SAME / 2);
    const high = failsAt === null ? Number.POSITIVE_INFINITY : whole ? failsAt - 1 : failsAt * (1 - SAME / 2);
    return low > high ? (low + high) / 2 : Math.min(high, Math.max(low, level));
  }

  /** Of three digits, or whole, and no nearer to the edge than it was. */
  #outward(level: number, side: -1 | 1): number {
    const step = this.#terms.whole ? 1 : 10 ** (Math.floor(Math.log10(level)) - 2);
    const steps = side < 0 ? Math.floor(level / step) : Math.ceil(level / step);
    return this.#terms.whole ? steps : Number((steps * step).toPrecision(3));
  }

  #rounded(level: number): number {
    return this.#terms.whole ? Math.max(1, Math.round(level)) : Number(level.toPrecision(3));
  }

  #valid(): Reading[] {
    return this.#readings.filter(({ valid }) => valid);
  }

  #standingOf(here: readonly Reading[], index: number, level: number): boolean | null {
    const seen = here.map(({ objectives }) => objectives[index]!);
    const told = seen.map((one) => ('ok' in one ? one.ok : null));
    if (told.includes(false)) return false;
    if (seen.every((one) => 'ok' in one)) return told.includes(true) ? true : null;
    const counted = seen.flatMap((one) => ('misses' in one ? [one] : []));
    const count = counted.reduce((sum, { misses }) => sum + misses.count, 0);
    const missed = counted.reduce((sum, { misses }) => sum + misses.missed, 0);
    const holds = missed <= count * counted[0]!.misses.allowed;
    const beyond = this.#edges[index]?.beyond(level) ?? 0.5;
    if (!holds && beyond > SURE) return false;
    return holds && beyond < 1 - SURE && count >= counted[0]!.support ? true : null;
  }

  /** Of the objective that is the first to break. */
  #edge(): Edge | null {
    const edges = this.#edges.filter((edge) => edge !== null);
    return edges.length === 0 ? null : edges.reduce((first, edge) => (edge.at < first.at ? edge : first));
  }
}

function doseOf({ level, overwhelmed, pilesUp }: Reading, seen: Seen): Dose[] {
  if (overwhelmed || pilesUp === true) return [{ level, seen: 'beyond' }];
  if ('misses' in seen) return [{ level, seen: seen.misses }];
  return seen.ok === null ? [] : [{ level, seen: seen.ok ? 'within' : 'beyond' }];
}

/** Which way a probe points, however unsure. */
export function leansToHold({ overwhelmed, pilesUp, objectives }: Reading): boolean {
  if (overwhelmed || pilesUp === true) return false;
  return objectives.every((seen) =>
    'misses' in seen ? missedShare(seen.misses) <= seen.misses.allowed : seen.ok !== false,
  );
}

function finite(level: number): number | null {
  return Number.isFinite(level) ? level : null;
}
