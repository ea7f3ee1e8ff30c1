import { type ViewWeights, viewWeights } from '../correlate/overlap.ts';
import { chooseTail, intervalsOf } from '../correlate/tail.ts';
import type { Profile } from '../profile/profile.ts';
import type { RequestTable } from '../runs/request-table.ts';
import { answeredRequests } from './slow-lines.ts';

/** The weights of a run's samples in the views *Slow requests* and *Other requests*. @param objectiveLimit ms */
export function slowViews(profile: Profile, table: RequestTable, objectiveLimit: number | null): ViewWeights {
  const { start, end, latency } = answeredRequests(table, 'profiled');
  const intervals = { ...intervalsOf(start, end), latency };
  return viewWeights(profile, intervals, chooseTail(intervals, objectiveLimit ?? undefined));
}
