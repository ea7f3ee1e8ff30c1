import { effectiveCount, type Misses, missedShare } from './misses.ts';

/** What a load of so much came to. */
export interface Dose {
  /** Requests a second, or users. */
  readonly level: number;
  /** Misses; or whether the level is beyond the edge, where that is known without counting. */
  readonly seen: Misses | 'beyond' | 'within';
}

/** Where the share of misses passes what is allowed. */
export interface Edge {
  /** The level at which it is as likely below as above. */
  readonly at: number;
  /** The level below which it lies with a probability. */
  readonly below: (probability: number) => number;
  /** The probability that a level is beyond it. */
  readonly beyond: (level: number) => number;
}

/** In logarithms of the level. */
const STEP = 0.005;
const REACH = 0.7;
/**
 * How steeply the log-odds of a miss rise with the logarithm of the level: from hardly to a cliff, each factor as likely beforehand. Near
 * their edge queues with one server have 10 to 50.
 */
const SLOPES = Array.from({ length: 16 }, (_, index) => 4 * 25 ** (index / 15));
/** A line is for the neighbourhood of the edge: what misses this much oftener than allowed only says that it is beyond. */
const FAR_BEYOND = 20;
const FAR_SHARE = 0.3;
/** How much less likely it is that what is known without counting is wrong. */
const KNOWN = Math.log(50);
/**
 * Misses come in bursts, so few are seen more often than many, and a short probe flatters. A fraction of a miss more in each puts the edge
 * back, as simulated queues have it (docs/decisions/search.md); it says nothing more where the line has misses this much rarer than allowed.
 */
const UNSEEN = 0.15;
const RARER = 3;
/** In logarithms: levels so near to each other that their misses come in bursts alike. */
const ALIKE = 0.15;

/**
 * The edge from all probes together. Over a stretch this narrow the log-odds of a miss are close to a line in the logarithm of the load,
 * rising; every line is weighed by how likely it makes what was seen (a posterior on a grid), each probe with as many requests as say
 * something of their own. Where probes contradict each other by more than chance, all of them count for less. Null without a probe.
 */
export function edgeOf(doses: readonly Dose[]): Edge | null {
  if (doses.length === 0) return null;
  const known = doses.map((dose) => inOneWord(dose, doses));
  const first = posterior(known, 1);
  const contradiction = Math.max(1, dispersion(known, first));
  const { positions, weights } = contradiction > 1 ? posterior(known, contradiction) : first;
  const below = (probability: number): number => {
    let sum = 0;
    for (let index = 0; index < weights.length; index++) {
      sum += weights[index]!;
      if (sum >= probability) return Math.exp(positions[index]!);
    }
    return Math.exp(positions.at(-1)!);
  };
  const beyond = (level: number): number =>
    weights.reduce((sum, weight, index) => sum + (positions[index]! < Math.log(level) ? weight : 0), 0);
  return { at: below(0.5), below, beyond };
}

interface KnownDose {
  /** Its logarithm. */
  readonly level: number;
  readonly seen: Dose['seen'];
}

function inOneWord({ level, seen }: Dose, all: readonly Dose[]): KnownDose {
  if (typeof seen === 'string' || isFarBeyond(seen))
    return { level: Math.log(level), seen: typeof seen === 'string' ? seen : 'beyond' };
  return { level: Math.log(level), seen: { ...seen, clustering: clusteringNear(level, all) } };
}

/** A probe that met few bursts has few misses and little clustering, both by luck; its neighbours tell better. */
function clusteringNear(level: number, all: readonly Dose[]): number {
  let [sum, count] = [0, 0];
  for (const { level: other, seen } of all) {
    if (typeof seen === 'string' || isFarBeyond(seen) || Math.abs(Math.log(other / level)) > ALIKE) continue;
    sum += seen.clustering * seen.count;
    count += seen.count;
  }
  return count > 0 ? sum / count : 1;
}

function isFarBeyond(seen: Dose['seen']): boolean {
  return typeof seen !== 'string' && missedShare(seen) > Math.min(0.9, Math.max(FAR_SHARE, FAR_BEYOND * seen.allowed));
}

interface Line {
  readonly position: number;
  readonly slope: number;
}

interface Posterior {
  readonly positions: readonly number[];
  /** Add up to 1. */
  readonly weights: readonly number[];
  readonly best: Line;
}

function posterior(doses: readonly KnownDose[], contradiction: number): Posterior {
  const levels = doses.map(({ level }) => level);
  const [low, high] = [Math.min(...levels) - REACH, Math.max(...levels) + REACH];
  const positions = Array.from({ length: Math.ceil((high - low) / STEP) }, (_, index) => low + index * STEP);
  let best = { position: low, slope: SLOPES[0]!, likelihood: Number.NEGATIVE_INFINITY };
  const likelihoods = positions.map((position) =>
    SLOPES.map((slope) => {
      const likelihood = logLikelihood(doses, { position, slope }, contradiction);
      if (likelihood > best.likelihood) best = { position, slope, likelihood };
      return likelihood;
    }),
  );
  const raw = likelihoods.map((row) => row.reduce((sum, value) => sum + Math.exp(value - best.likelihood), 0));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return { positions, weights: raw.map((value) => value / total), best };
}

function logLikelihood(doses: readonly KnownDose[], line: Line, contradiction: number): number {
  return doses.reduce((sum, { level, seen }) => {
    if (seen === 'beyond') return line.position < level ? sum : sum - KNOWN;
    if (seen === 'within') return line.position > level ? sum : sum - KNOWN;
    const odds = oddsAt(line, level, seen.allowed);
    const effective = effectiveCount(seen);
    const hits = missedShare(seen) * effective;
    const rarest = -Math.log(seen.allowed) + RARER;
    // log p = −log(1 + e^−odds), log(1 − p) = −log(1 + e^odds)
    const unseen = UNSEEN * Math.min(softplus(-odds), rarest);
    return sum - (hits * softplus(-odds) + (effective - hits) * softplus(odds) + unseen) / contradiction;
  }, 0);
}

function oddsAt({ position, slope }: Line, level: number, allowed: number): number {
  return Math.log(allowed / (1 - allowed)) + slope * (level - position);
}

function softplus(value: number): number {
  return value > 30 ? value : Math.log1p(Math.exp(value));
}

/** The deviance of the best line over its degrees of freedom: 1 by chance alone. */
function dispersion(doses: readonly KnownDose[], { best }: Posterior): number {
  let [deviance, counted] = [0, 0];
  for (const { level, seen } of doses) {
    if (typeof seen === 'string') continue;
    const expected = 1 / (1 + Math.exp(-oddsAt(best, level, seen.allowed)));
    const share = missedShare(seen);
    deviance += 2 * effectiveCount(seen) * (relative(share, expected) + relative(1 - share, 1 - expected));
    counted++;
  }
  return counted > 2 ? deviance / (counted - 2) : 1;
}

function relative(share: number, expected: number): number {
  return share > 0 ? share * Math.log(share / expected) : 0;
}
