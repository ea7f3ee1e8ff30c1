import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { TARGET_SERIES } from '../../telemetry/target-series.ts';
import { AT_LIMIT } from './cpu.ts';
import { type Observed, stateOf, untold } from './observed.ts';

/** Of the machine's or the container's: what is left is what the system needs to move pages. */
const FULL = 0.97;
/** Of the time spent collecting garbage, %: others had that much less of it. */
const MUCH_GC = 20;
/** MiB and share of growth that are worth telling. */
const GROWTH = { least: 20, share: 0.2 };

export function memoryFacts(observed: Observed): ResourceFacts {
  const taken = observed.look(TARGET_SERIES.machineMemory);
  const own = observed.look(TARGET_SERIES.memory);
  const gc = observed.look(TARGET_SERIES.gc);
  if (taken === null && own === null) return untold('memory', 'Memory');
  const share = taken === null ? null : Math.min(1, taken.most / 100);
  const parts = [
    ...(share === null ? [] : [`at most ${wholePercent(share)} of what there is was taken`]),
    ...(own === null ? [] : [ownText(own)]),
    ...(gc === null || gc.mean < 1 ? [] : [`collecting garbage took ${wholePercent(gc.mean / 100)} of the time`]),
  ];
  const collecting = gc !== null && gc.mean >= MUCH_GC;
  const { didWait } = observed.waiting;
  const full = share !== null && share >= FULL;
  const state = full ? stateOf(true, didWait) : stateOf(share !== null && share >= AT_LIMIT, collecting && didWait);
  return { resource: 'memory', state, utilisation: share, sentence: `Memory: ${parts.join(', ')}.` };
}

function ownText({ least, most }: { readonly least: number; readonly most: number }): string {
  const grew = most - least >= GROWTH.least && most >= (1 + GROWTH.share) * least;
  return grew
    ? `the target had from ${figure(Math.round(least))} to ${figure(Math.round(most))} MiB`
    : `the target had ${figure(Math.round(most))} MiB`;
}
