import { figure } from '../load/measure/figure.ts';
import type { FindRateDocument } from './find-rate-document.ts';
import type { Band, NextProbe } from './level-search.ts';
import type { KeptRun } from './probe-runner.ts';
import type { ReadProbe } from './read-probe.ts';
import type { Reading } from './reading.ts';
import { whatSaturated } from './saturation.ts';

/** A load that was tried while a rate, or a number of users, was looked for. */
export interface RateTry {
  readonly order: NextProbe | { readonly level: number; readonly purpose: 'ladder' };
  readonly made: KeptRun;
  readonly read: ReadProbe;
  /** Whether the search was told of it. */
  readonly counts: boolean;
}

/** A load that grows by a tenth makes a cliff's latency grow by more than 2.6 times. */
const CLIFF_POWER = 10;
const FAILING_SHARE = 0.01;

/** Not a rung of the ladder, which only says where to look. */
export function isProbe({ order }: RateTry): boolean {
  return order.purpose !== 'ladder';
}

/** Why it stands as it does, as a sentence; null where it holds. @param standing whether the level holds; null: it does not say */
export function reasonOf(
  { order, made, read, counts }: RateTry,
  standing: boolean | null,
  objectives: readonly string[],
): string | null {
  const { reading, growth } = read;
  if (standing === true) return null;
  if (order.purpose === 'ladder') return 'Users who each wait for an answer, only to find where to look.';
  if (!counts) return 'The server had not recovered from the probe before.';
  if (read.unfit !== null) return read.unfit;
  if (made.overwhelmed) return 'Stopped early: far more was under way than could be answered in time.';
  if (reading.pilesUp === true && growth !== null) {
    return `Requests piled up, by ${figure(growth.slope, 2)} a second.`;
  }
  const missed = missedText(reading, objectives);
  if (missed !== null) return standing === false ? missed : `${missed} It may be chance.`;
  if (reading.pilesUp === null) return 'Whether requests pile up cannot be told from so few.';
  return 'It held here, and may not in the long run.';
}

/** A cliff: within the band the latency grows by more than its load by the tenth power, or requests pile up. */
export function edgeOf(tries: readonly RateTry[], { passesAt, failsAt }: Band): FindRateDocument['edge'] {
  if (passesAt === null || failsAt === null) return null;
  const at = (level: number): RateTry[] =>
    tries.filter((tried) => tried.order.level === level && isProbe(tried) && tried.read.reading.valid);
  const [below, above] = [at(passesAt), at(failsAt)];
  if (above.some(({ made, read }) => made.overwhelmed || read.reading.pilesUp === true)) return 'cliff';
  const typical = (of: readonly RateTry[]): number | null => of.at(-1)?.made.document.latency.p95 ?? null;
  const [low, high] = [typical(below), typical(above)];
  if (low === null || high === null || low <= 0) return null;
  const isFailing = above.some(({ made }) => made.document.load.failed > FAILING_SHARE * made.document.load.dispatched);
  return isFailing || Math.log(high / low) > CLIFF_POWER * Math.log(failsAt / passesAt) ? 'cliff' : 'slope';
}

/** What was short at the load that fails, or at the highest that was tried; null where nothing fails, or nothing was seen. */
export function saturatedOf(tries: readonly RateTry[], failsAt: number | null): string | null {
  const probed = tries.filter((tried) => isProbe(tried) && tried.read.reading.valid);
  const worst =
    probed.find(({ order }) => order.level === failsAt) ?? probed.toSorted((a, b) => b.order.level - a.order.level)[0];
  if (worst === undefined || failsAt === null) return null;
  return whatSaturated(worst.made.document);
}

/** What of the objectives was missed, as a sentence; null where nothing was. */
function missedText({ objectives }: Reading, texts: readonly string[]): string | null {
  for (const [index, seen] of objectives.entries()) {
    if ('ok' in seen) {
      if (seen.ok === false) return `${texts[index]} does not hold.`;
      continue;
    }
    const { missed, count, allowed } = seen.misses;
    if (missed > allowed * count) {
      return `${figure((missed / count) * 100, 2)} % missed ${texts[index]}, where ${figure(allowed * 100, 2)} % may.`;
    }
  }
  return null;
}
