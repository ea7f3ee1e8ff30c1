import { figure } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import type { Waiting } from './waiting.ts';

/** Requests with the target against what it works on at once: whether they queued, whatever for. @param explained another resource was short, or near to be */
export function queueFacts(waiting: Waiting, explained: boolean): ResourceFacts {
  const { didWait, alone, typicalWaited, typicalCalm, withTarget, atOnce } = waiting;
  const with_ = `${figure(withTarget, 2)} requests were with the target at once`;
  if (alone === null)
    return { resource: 'queue', state: 'unknown', utilisation: null, sentence: 'Queue: nothing was answered.' };
  if (!didWait) {
    const took = typicalCalm === null ? '' : `; the typical one took ${ms(typicalCalm)}, one alone ${ms(alone)}`;
    return { resource: 'queue', state: 'free', utilisation: null, sentence: `Queue: ${with_}${took}.` };
  }
  const works = atOnce === null ? '' : ` where it works on about ${figure(atOnce, 2)}`;
  const took = `the typical one took ${ms(typicalWaited!)}, one alone ${ms(alone)}`;
  const unseen = explained
    ? ''
    : ' Nothing that was watched was at its limit; a lock, a pool, or what it asks elsewhere would not show.';
  return {
    resource: 'queue',
    state: 'short',
    utilisation: null,
    sentence: `Queue: ${with_}${works}, and ${took}.${unseen}`,
  };
}

function ms(value: number): string {
  return `${figure(value, 2)} ms`;
}
