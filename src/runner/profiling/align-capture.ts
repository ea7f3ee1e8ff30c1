import { estimateAlignment, shiftedProfile } from '../../correlate/alignment.ts';
import type { Capture } from '../../profile/capture/profiler.ts';
import type { RequestTable } from '../../runs/request-table.ts';
import type { PhaseSpan } from '../../runs/run-document.ts';

/** A capture on the clock of its run's requests, and how it came there. */
export interface AlignedCapture extends Capture {
  readonly requestOffset: { readonly ms: number; readonly error: number } | null;
  /** A sentence for people where the profiler's clock was wrong; null where they stand where it says, within its error. */
  readonly note: string | null;
}

/**
 * Compares where the profiler says its samples belong with where the requests say so. What the requests say counts where it is the more
 * exact, and where the two contradict each other beyond their errors: requests and samples are of the same moments, whatever a clock says.
 *
 * @param table requests of the profiled phase
 */
export function alignCapture(
  { profile, clockError }: Capture,
  table: RequestTable,
  phases: readonly PhaseSpan[],
): AlignedCapture {
  const phase = phases.find((span) => span.phase === 'profiled');
  const found = phase === undefined ? null : estimateAlignment(profile, sentRequests(table, phase.end), phase);
  if (found === null) return { profile, clockError, requestOffset: null, note: null };
  const requestOffset = { ms: found.offsetMs, error: found.errorMs };
  const contradicts = Math.abs(found.offsetMs) > clockError + found.errorMs;
  if (!contradicts && clockError <= found.errorMs) return { profile, clockError, requestOffset, note: null };
  const later = `${Math.abs(found.offsetMs).toFixed(1)} ms ${found.offsetMs > 0 ? 'later' : 'earlier'}`;
  return {
    profile: shiftedProfile(profile, found.offsetMs),
    clockError: found.errorMs,
    requestOffset,
    note: contradicts
      ? `The samples were put ${later} than the profiler's clock says (±${found.errorMs.toFixed(1)} ms): ` +
        'only so does the code run while there are requests.'
      : null,
  };
}

/** The target works for whatever was sent, answered or not. @param end of the phase: what has no end was in flight until then */
function sentRequests(table: RequestTable, end: number): { start: Float64Array; end: Float64Array } {
  const rows = [...table.sent.keys()].filter((row) => !Number.isNaN(table.sent[row]!));
  const endOf = (row: number): number => (Number.isNaN(table.end[row]!) ? end : table.end[row]!);
  return { start: Float64Array.from(rows, (row) => table.sent[row]!), end: Float64Array.from(rows, endOf) };
}
