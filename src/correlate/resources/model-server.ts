import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { type Look, type Observed, stateOf } from './observed.ts';

/** Of a cache that requests have to wait for room in. */
const FULL = 0.95;
/** Requests in the server's own queue, in the mean. */
const WAITING = 1;
const CACHE = / KV cache$/;
const RUNNING = / running$/;
const QUEUED = / (?:waiting|pending)$/;
const QUEUE_TIME = / queue$/;

/** What a model server tells of its own queue and of the cache its requests share; null where it tells neither. */
export function modelServerFacts(observed: Observed): ResourceFacts | null {
  const named = (name: RegExp, unit: string): Look | null =>
    observed
      .looks((series) => series.unit === unit && name.test(series.name))
      .reduce<Look | null>((most, look) => (most === null || look.mean > most.mean ? look : most), null);
  const [cache, running, waiting, queue] = [
    named(CACHE, '%'),
    named(RUNNING, 'requests'),
    named(QUEUED, 'requests'),
    named(QUEUE_TIME, 'ms'),
  ];
  if (cache === null && waiting === null && queue === null) return null;
  const full = cache !== null && cache.most >= FULL * 100;
  const { alone, didWait } = observed.waiting;
  const waited = waiting !== null ? waiting.mean >= WAITING : queue !== null && alone !== null && queue.mean >= alone;
  const parts = [
    ...(waiting === null ? [] : [`${figure(waiting.mean, 2)} requests waited in its queue${calmText(waiting)}`]),
    ...(running === null ? [] : [`${figure(running.mean, 2)} ran`]),
    ...(queue === null || Number.isNaN(queue.mean) ? [] : [`a request waited in it ${figure(queue.mean, 2)} ms`]),
    ...(cache === null
      ? []
      : [
          `its KV cache was ${wholePercent(Math.min(1, cache.mean / 100))} full, at most ${wholePercent(Math.min(1, cache.most / 100))}`,
        ]),
  ];
  return {
    resource: 'model server',
    state: stateOf(full || (waited && didWait), waited),
    utilisation: cache === null ? null : Math.min(1, cache.mean / 100),
    sentence: `Model server: ${parts.join(', ')}.`,
  };
}

function calmText({ calm }: Look): string {
  return calm === null ? '' : ` (${figure(calm, 2)} while requests were quick)`;
}
