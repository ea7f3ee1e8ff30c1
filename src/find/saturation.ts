import { figure } from '../load/measure/figure.ts';
import type { ResourceFacts, RunDocument } from '../runs/run-document.ts';

/** Of what is at its limit without having kept the quick requests waiting yet: what has to be worked on waits for it soon. */
const WORKS: ReadonlySet<ResourceFacts['resource']> = new Set(['cpu', 'gil', 'event loop', 'gpu', 'model server']);

/**
 * What ran out first, as a sentence, by the run at the lowest load that was too much for the server, or the highest there was; null where
 * nothing tells.
 */
export function whatSaturated({ resources = [], load }: Pick<RunDocument, 'resources' | 'load'>): string | null {
  const short = resources.filter(({ state }) => state === 'short');
  const near = resources.find(({ state, resource }) => state === 'near' && WORKS.has(resource));
  const first = short[0]?.resource === 'queue' ? (near ?? short[0]) : (short[0] ?? near);
  if (first === undefined) {
    const { failed, completed } = load;
    return failed > completed * 0.05 ? `Unknown; the server refused or failed ${figure(failed, 9)} requests.` : null;
  }
  const queue = short.find((facts) => facts.resource === 'queue' && facts !== first);
  return queue === undefined ? first.sentence : `${first.sentence} ${queue.sentence}`;
}
