import { attributedShares } from '../correlate/attributed/attributed.ts';
import { clippedProfile } from '../correlate/clipped-profile.ts';
import { requestShares } from '../correlate/share-tables.ts';
import { slowIntervals, type Wait } from '../correlate/slow-intervals.ts';
import { isRequestView, type RequestKind, type View } from '../correlate/views/view.ts';
import type { ViewMaterial } from '../correlate/views/view-material.ts';
import type { WeighedView } from '../correlate/views/weigh-view.ts';
import { figure } from '../load/measure/figure.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { hasStreams } from '../load/plan/plan-steps.ts';
import { hotspots } from '../profile/hotspots.ts';
import { isUserFrame } from '../profile/user-code.ts';
import type { OpenedRun } from '../runner/opened/open-run.ts';
import { objectiveLimit } from '../runner/profiling/slow-lines.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { ago } from './ago.ts';
import { duration, tokenRate } from './figures.ts';
import { type LineMark, lineMarks } from './line-marks.ts';

/** What is waited for in a run where its lines and its findings speak of slow ones: first tokens where it streams. */
export function waitOf(plan: ResolvedPlan): 'latency' | 'ttft' {
  return hasStreams(plan) ? 'ttft' : 'latency';
}

/**
 * Marks for the user's own files from a run's samples and what was waited for: exact where the service told which request its threads
 * worked for.
 */
export function runMarks({ plan }: Pick<OpenedRun, 'plan'>, material: ViewMaterial): Map<string, LineMark[]> {
  const { requests, profile, phase } = material;
  const what = waitOf(plan);
  const [intervals, limit] = [slowIntervals(requests, [], what), objectiveLimit(plan, what)];
  // What a service tells is of whole requests, not of the part of one.
  const exact = what === 'latency' ? attributedShares(material, intervals, phase, limit) : null;
  const shares = exact ?? requestShares(profile, intervals, phase, limit);
  return ofUser(lineMarks(hotspots(clippedProfile(profile, phase)), shares));
}

/**
 * The same of what one view of a run shows; null where the marks of the whole run say it already, as of slow requests, and where lines are
 * not those of the source as it is, as in a difference. @param what {@link waitOf} the run
 */
export function viewMarks(view: View, { profile, weights }: WeighedView, what: Wait): Map<string, LineMark[]> | null {
  return marksItself(view, what) ? ofUser(lineMarks(hotspots(profile, weights), null)) : null;
}

function marksItself(view: View, what: Wait): boolean {
  if (view.kind === 'difference' || view.kind === 'gpu' || view.kind === 'thread') return false;
  if (view.from !== undefined || view.kind === 'gpu-idle') return true;
  if (!isRequestView(view)) return false;
  const said: readonly RequestKind[] = what === 'ttft' ? ['first-token'] : ['slow', 'other'];
  return !said.includes(view.kind) || [view.step, view.group, view.over].some((part) => part !== undefined);
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
