import { requestShares } from '../correlate/share-tables.ts';
import { intervalsOf } from '../correlate/tail.ts';
import { isRequestView, type View } from '../correlate/view.ts';
import type { WeighedView } from '../correlate/weigh-view.ts';
import { hotspots } from '../profile/hotspots.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame } from '../profile/user-code.ts';
import type { OpenedRun } from '../runner/open-run.ts';
import { answeredRequests, objectiveLimit } from '../runner/slow-lines.ts';
import type { RequestTable } from '../runs/request-table.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { ago } from './ago.ts';
import { duration, figure, tokenRate } from './figures.ts';
import { type LineMark, lineMarks } from './line-marks.ts';

/** Marks for the user's own files from a run's samples. @param requests of its profiled phase */
export function runMarks(
  { document, plan }: OpenedRun,
  requests: RequestTable,
  profile: Profile,
): Map<string, LineMark[]> {
  const { start, end, latency } = answeredRequests(requests, 'profiled');
  const phase = document.phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const limit = objectiveLimit(plan);
  const shares = requestShares(profile, { ...intervalsOf(start, end), latency }, phase, limit);
  return ofUser(lineMarks(hotspots(profile), shares));
}

/**
 * The same of what one view of a run shows; null where the marks of the whole run say it already, as of slow and other requests, and where
 * lines are not those of the source as it is, as in a difference.
 */
export function viewMarks(view: View, { profile, weights }: WeighedView): Map<string, LineMark[]> | null {
  return marksItself(view) ? ofUser(lineMarks(hotspots(profile, weights), null)) : null;
}

function marksItself(view: View): boolean {
  if (view.kind === 'difference' || view.kind === 'gpu' || view.kind === 'thread') return false;
  if (view.from !== undefined || view.kind === 'gpu-idle') return true;
  if (!isRequestView(view)) return false;
  const isWhole = view.kind === 'slow' || view.kind === 'other';
  return !isWhole || [view.step, view.group, view.over].some((part) => part !== undefined);
}

/**
 * `p50 4 ms · p99 63 ms · 60/s · 12 min ago`, a percentile left out where it is unknown; of streams the time to first token, and tokens
 * a second. @param now ms since 1970
 */
export function routeNote(
  { latency, streaming, load, startedAt }: Pick<RunDocument, 'latency' | 'streaming' | 'load' | 'startedAt'>,
  now: number,
): string {
  const { p50, p99 } = streaming?.ttft ?? latency;
  const known = Object.entries({ p50, p99 }).flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${duration(value)}`],
  );
  const times = streaming && known.length > 0 ? [`TTFT ${known[0]}`, ...known.slice(1)] : known;
  const tokens = streaming?.tokensPerSecond ? [tokenRate(streaming.tokensPerSecond)] : [];
  return [...times, ...tokens, `${figure(load.rate.got)}/s`, ago(now - Date.parse(startedAt))].join(' · ');
}

function ofUser(marks: Map<string, LineMark[]>): Map<string, LineMark[]> {
  return new Map([...marks].filter(([file]) => isUserFrame({ function: '', file, line: null, column: null })));
}
