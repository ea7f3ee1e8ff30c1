import { figure } from '../load/measure/figure.ts';
import type { Latency, RunDocument, ServerFigures } from '../runs/run-document.ts';
import { duration } from './figures.ts';

const MOST_SIZES = 5;

/** All that the server told of its own times. */
export function serverSentences({
  server,
  serverMetrics = [],
}: Pick<RunDocument, 'server' | 'serverMetrics'>): string[] {
  return [...(server === undefined ? [] : [answeredTimes(server)]), ...serverMetrics.map(serverSentence)];
}

/** What the server said in its answers: `By its answers the server took 3.1 ms at p50, 9 ms at p99; a request waited …`. */
function answeredTimes({ queue, compute }: NonNullable<RunDocument['server']>): string {
  const both = (time: Latency): string => {
    const tail = time.p99 === null ? '' : `, ${duration(time.p99)} at p99`;
    return `${duration(time.p50)} at p50${tail}`;
  };
  const took = compute.count === 0 ? '' : `the server took ${both(compute)}`;
  const waited = queue.count === 0 ? '' : `a request waited in it ${both(queue)}`;
  return `By its answers ${[took, waited].filter((part) => part !== '').join('; ')}.`;
}

/** What a server counted itself while it was measured: `Triton by its own count (resnet): queue 3.2 ms, compute infer 5.1 ms.` */
function serverSentence({ server, model, figures, batches }: ServerFigures): string {
  const parts = figures.flatMap(({ name, unit, mean, max }) => {
    if (mean === null) return [];
    const most = max === null || max <= mean ? '' : ` (at most ${amount(max, unit)})`;
    return [`${name} ${amount(mean, unit)}${most}`];
  });
  if (parts.length === 0) return `${server} told nothing of the measured time.`;
  const sizes = [...batches].sort((a, b) => b.executions - a.executions).slice(0, MOST_SIZES);
  const ordered = sizes.sort((a, b) => a.size - b.size);
  const made = ordered.map(({ size, executions, compute }) => {
    const took = compute === null ? '' : ` in ${amount(compute, 'ms')}`;
    return `${size} × ${figure(executions)}${took}`;
  });
  const named = model === null ? server : `${server} (${model})`;
  const batchText = made.length === 0 ? '' : ` Batches it made, rows × times: ${made.join(', ')}.`;
  return `${named} by its own count: ${parts.join(', ')}.${batchText}`;
}

function amount(value: number, unit: string): string {
  return unit.startsWith('/') ? `${figure(value)}${unit}` : `${figure(value)} ${unit}`;
}
