import { estimateAlignment, shiftedProfile } from '../correlate/alignment.ts';
import type { Capture } from '../profile/capture/profiler.ts';
import { isAnswered, type RequestTable } from '../runs/request-table.ts';
import type { PhaseSpan } from '../runs/run-document.ts';

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
  const rows = [...table.phase.keys()].filter((row) => isAnswered(table.outcome[row]!));
  const requests = {
    start: Float64Array.from(rows, (row) => table.sent[row]!),
    end: Float64Array.from(rows, (row) => table.end[row]!),
  };
  const found = phase === undefined ? null : estimateAlignment(profile, requests, phase);
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
