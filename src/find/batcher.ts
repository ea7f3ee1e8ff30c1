import { figure } from '../load/measure/figure.ts';
import type { RunDocument } from '../runs/run-document.ts';
import type { SweepPoint } from './sweep-document.ts';
import { type Varied, valueText } from './sweep-sentence.ts';

/** What a server that puts requests together told of it: delay against batch. Null: of that it tells nothing. */
export interface Batching {
  /** Rows a batch, in the mean. */
  readonly rows: number;
  /** Ms a request waited for its batch, in the mean. */
  readonly queue: number | null;
}

/** Of the server that made the most rows a batch; null where none tells. */
export function batchingOf({ serverMetrics = [] }: Pick<RunDocument, 'serverMetrics'>): Batching | null {
  const told = serverMetrics.flatMap(({ figures }): Batching[] => {
    const mean = (name: string): number | null => figures.find((one) => one.name === name)?.mean ?? null;
    const rows = mean('rows a batch');
    return rows === null ? [] : [{ rows, queue: mean('queue') }];
  });
  return told.toSorted((a, b) => b.rows - a.rows)[0] ?? null;
}

/** Between the smallest batches and the largest, what a larger one cost in delay, as a sentence without its full stop; null untold. */
export function batchingSentence(varied: Varied, points: readonly SweepPoint[]): string | null {
  const told = points.flatMap(({ value, batching }) => (batching === null ? [] : [{ value, ...batching }]));
  const ordered = told.toSorted((a, b) => a.rows - b.rows);
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (least === undefined || most === undefined || least === most) return null;
  const at = ({ value, rows, queue }: typeof least): string => {
    const wait = queue === null ? 'an unknown wait' : `${figure(queue)} ms of wait`;
    return `${figure(rows)} ${rows === 1 ? 'row' : 'rows'} a batch for ${wait} at ${valueText(varied, value)}`;
  };
  return `${at(least)}, ${at(most)}`;
}
