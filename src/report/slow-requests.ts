import type { MarkedRequest } from '../load/measure/slowest-requests.ts';
import { PHASES } from '../runs/request-table.ts';
import type { SlowRequest } from './result-view.ts';

/** Requests as the result panel lists them. @param stepNames of the plan's steps, in their order */
export function slowRequests(requests: readonly MarkedRequest[], stepNames: readonly string[]): SlowRequest[] {
  return requests.map(({ phase, step, status, intended, end, ...marks }) => {
    const after = (mark: number): number | null => (Number.isNaN(mark) ? null : mark - intended);
    return {
      intended,
      step: stepNames[step] ?? '',
      phase: PHASES[phase] ?? 'measured',
      status: status > 0 ? status : null,
      dispatched: after(marks.dispatched),
      acquired: after(marks.acquired),
      sent: after(marks.sent),
      firstByte: after(marks.firstByte),
      firstContent: after(marks.firstContent),
      lastContent: after(marks.lastContent),
      end: end - intended,
    };
  });
}
