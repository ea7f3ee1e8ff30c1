import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { TARGET_SERIES } from '../../telemetry/target-series.ts';
import { AT_LIMIT, before, isMachineFull } from './cpu.ts';
import { type Look, type Observed, stateOf, untold } from './observed.ts';

/** Threads that want the lock and do not have it, in the mean. */
const WAITING = 0.5;
/** Cores that threads take together where one lock lets them run one at a time, and how much of it the busiest of them may have. */
const ONE_CORE = { least: 0.9, most: 1.08, busiest: 0.8 };
/** A timer that is later than this, ms, kept whoever asked meanwhile waiting. */
const LATE_MS = 20;

/** Python's global interpreter lock: as a profiler saw it, else by the shape of what its threads took. Null where it is no Python. */
export function gilFacts(observed: Observed): ResourceFacts | null {
  const { runtime } = observed.target;
  const held = observed.look(TARGET_SERIES.gil);
  if (held !== null) return sampledGil(held, observed);
  if (runtime !== 'python') return null;
  return gilByShape(observed) ?? untold('gil', 'How long the GIL was held');
}

function sampledGil(held: Look, observed: Observed): ResourceFacts {
  const waiting = observed.look(TARGET_SERIES.waitingForGil);
  const share = Math.min(1, held.mean / 100);
  const where = held.profiled ? ' in the profiled stretch' : '';
  const queue = waiting === null ? '' : `, and ${figure(waiting.mean, 2)} threads waited for it`;
  const waited = waiting !== null && waiting.mean >= WAITING;
  return {
    resource: 'gil',
    state: stateOf(share >= AT_LIMIT, waited && observed.waiting.didWait),
    utilisation: share,
    sentence: `GIL: some thread held it ${wholePercent(share)} of the time${where}${before(held, (value) => wholePercent(value / 100))}${queue}.`,
  };
}

/** Several threads that together take one core, none of them most of it, while there are other cores, take turns. */
function gilByShape(observed: Observed): ResourceFacts | null {
  const [cpu, thread, threads] = [TARGET_SERIES.cpu, TARGET_SERIES.busiestThread, TARGET_SERIES.threads].map((name) =>
    observed.look(name),
  );
  const { cores } = observed.target;
  if (!cpu || !thread || !threads || cores === null || !observed.waiting.didWait) return null;
  const isOneCore = cpu.mean >= ONE_CORE.least && cpu.mean <= ONE_CORE.most && thread.mean <= ONE_CORE.busiest;
  if (!isOneCore || cores < 2 || isMachineFull(observed) || threads.mean < 3) return null;
  const took =
    `its threads together kept ${wholePercent(Math.min(1, cpu.mean))} of one core busy, the busiest ${wholePercent(thread.mean)}, ` +
    'and had others to run on';
  const sentence = `GIL: ${took}, as threads do that take turns with one lock; it was not sampled, a profile tells.`;
  return { resource: 'gil', state: 'short', utilisation: Math.min(1, cpu.mean), sentence };
}

/** Node's event loop. Null where it is no Node and nothing was told. */
export function eventLoopFacts(observed: Observed): ResourceFacts | null {
  const busy = observed.look(TARGET_SERIES.loopUtilisation);
  const delay = observed.look(TARGET_SERIES.loopDelay);
  if (busy === null && delay === null) {
    return observed.target.runtime === 'node' ? untold('event loop', 'The event loop') : null;
  }
  const { didWait, alone } = observed.waiting;
  const share = busy === null ? null : Math.min(1, busy.mean / 100);
  const late = delay !== null && delay.mean >= Math.max(LATE_MS, alone ?? 0);
  const parts = [
    ...(busy === null
      ? []
      : [`it was busy ${wholePercent(share!)} of the time${before(busy, (value) => wholePercent(value / 100))}`]),
    ...(delay === null ? [] : [`timers were ${figure(delay.mean, 2)} ms late at p99`]),
  ];
  return {
    resource: 'event loop',
    state: stateOf(share !== null && share >= AT_LIMIT, late && didWait),
    utilisation: share,
    sentence: `Event loop: ${parts.join(', ')}.`,
  };
}
