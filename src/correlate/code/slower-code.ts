import { grouped } from './grouped.ts';
import { functionKey, type LineTime } from './line-times.ts';

/** A function that took longer in one build than in another, and its line that grew most. Ms a request, with what it called that is not the user's. */
export interface SlowerCode {
  readonly function: string;
  /** Of the slower build, as the profiler gave it. */
  readonly file: string;
  /** 1-based, where the function begins if it is not known which of its lines it is; null where neither is. */
  readonly line: number | null;
  readonly before: number;
  readonly now: number;
  /** What it did most of what it took longer: whether it ran, or waited. */
  readonly mostly: 'ran' | 'waited';
}

const MOST = 3;
/** Where it is known that something got slower, what did is said where chance seldom makes as much of it. */
const DEVIATIONS = 2;
/** Of what it took before, and of what all took. */
const LEAST_OF_ITSELF = 0.05;
const LEAST_OF_ALL = 0.02;
/** Beside what took so much longer, less is no news. */
const LEAST_OF_MOST = 0.15;

/**
 * What took longer, the most first, at most three. A function is the same in both builds where its name and its file's are: lines move when
 * code is edited, and builds lie in folders of their own. Of its lines those are the same that read the same.
 */
export function slowerCode(
  before: readonly LineTime[],
  now: readonly LineTime[],
  deviations = DEVIATIONS,
): SlowerCode[] {
  const [earlier, later] = [grouped(before, functionKey), grouped(now, functionKey)];
  const all = sumOf(before).time;
  const slower = [...later]
    .map(([key, lines]) => grown(earlier.get(key) ?? [], lines))
    .filter(({ growth, deviation, sums }) => {
      const least = Math.max(deviations * deviation, LEAST_OF_ITSELF * sums.before.time, LEAST_OF_ALL * all);
      return growth > least;
    })
    .toSorted((a, b) => b.growth - a.growth);
  return slower
    .slice(0, MOST)
    .filter(({ growth }) => growth >= LEAST_OF_MOST * slower[0]!.growth)
    .map(({ sums, line }) => ({
      function: line.function,
      file: line.file,
      line: line.line > 0 ? line.line : line.declared,
      before: sums.before.time,
      now: sums.now.time,
      mostly: sums.now.ran - sums.before.ran >= sums.now.waited - sums.before.waited ? 'ran' : 'waited',
    }));
}

interface Sums {
  readonly ran: number;
  readonly waited: number;
  readonly time: number;
  readonly variance: number;
}

interface Grown {
  readonly sums: Readonly<Record<'before' | 'now', Sums>>;
  readonly growth: number;
  readonly deviation: number;
  readonly line: LineTime;
}

function grown(before: readonly LineTime[], now: readonly LineTime[]): Grown {
  const sums = { before: sumOf(before), now: sumOf(now) };
  const texts = grouped(before, ({ text }) => text);
  // Lines that read the same are told apart by nothing: the growth of them all is shared among them.
  const growthOf = ({ text, ran, waited }: LineTime): number =>
    ran + waited - sumOf(texts.get(text) ?? []).time / now.filter((line) => line.text === text).length;
  const placed = now.filter(({ line }) => line > 0);
  const line = (placed.length > 0 ? placed : now).reduce((best, one) => (growthOf(one) > growthOf(best) ? one : best));
  return {
    sums,
    growth: sums.now.time - sums.before.time,
    deviation: Math.sqrt(Math.max(0, sums.now.variance + sums.before.variance)),
    line,
  };
}

function sumOf(lines: readonly LineTime[]): Sums {
  let [ran, waited, variance] = [0, 0, 0];
  for (const line of lines) {
    ran += line.ran;
    waited += line.waited;
    variance += line.variance;
  }
  return { ran, waited, time: ran + waited, variance };
}
