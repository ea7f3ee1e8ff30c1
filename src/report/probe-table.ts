import type { ProbeDocument } from '../find/probe.ts';
import { figure } from '../load/measure/figure.ts';
import { duration } from './figures.ts';
import type { Piece, Style } from './styled-line.ts';
import type { TableRow } from './text-table.ts';

/** A probe's mark: it holds, it does not, it cannot be told. */
export const PROBE_MARK = { true: '✓', false: '✗', null: '?' } as const;
export const PROBE_STYLE: Readonly<Record<keyof typeof PROBE_MARK, Style>> = {
  true: 'green',
  false: 'red',
  null: 'yellow',
};

export const PROBE_HEADINGS = ['', 'load', 'got', 'p50', 'p99', 'failed', 'growth', 'why'] as const;
/** Of the columns, those that are words. */
export const PROBE_WORDS: readonly number[] = [1, 7];

/** A row of {@link PROBE_HEADINGS} a probe. */
export function probeRow(probe: ProbeDocument): TableRow {
  const { ok, label, rate, latency, failed, inFlightGrowth, reason } = probe;
  const key = String(ok) as keyof typeof PROBE_MARK;
  const cells: Piece[] = [
    [PROBE_STYLE[key], `  ${PROBE_MARK[key]}`],
    label,
    `${figure(rate.got)}/s`,
    duration(latency.p50),
    duration(latency.p99),
    failed === 0 ? '0' : ['red', figure(failed)],
    inFlightGrowth === null ? '' : growthText(inFlightGrowth),
    reason ?? '',
  ];
  return cells;
}

function growthText(slope: number): string {
  if (Math.abs(slope) < 0.05) return '0/s';
  return `${slope > 0 ? '+' : '−'}${figure(Math.abs(slope))}/s`;
}
