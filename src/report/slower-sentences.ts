import type { TimedRequests } from '../correlate/code/line-times.ts';
import type { SlowerCode } from '../correlate/code/slower-code.ts';
import type { GateDocument } from '../find/gate-document.ts';
import { shortPath } from '../profile/user-code.ts';
import { duration } from './figures.ts';

/**
 * What of the candidate's code took longer, a sentence each, the most first; why there is nothing of it; none where nothing was profiled.
 * @param root what files are named relative to
 */
export function slowerSentences({ slower, profiled }: GateDocument, root: string): string[] {
  if (profiled === null) return [];
  if (profiled.note !== null) return [profiled.note];
  return slower.map((code) => codeSentence(code, profiled.requests, root));
}

/** `score (app.py:42) ran 8.2 ms a request, instead of 4.1 ms.` */
export function codeSentence(
  { before, now, mostly, ...code }: SlowerCode,
  requests: TimedRequests,
  root: string,
): string {
  const each = requests === 'slow' ? 'a slow request' : 'a request';
  const earlier = before > 0 ? `instead of ${duration(before)}` : 'and did not before';
  const took = now > 0 ? `${mostly} ${duration(now)} ${each}` : `${mostly} no longer in ${each}`;
  return `${placeOf(code, root)} ${took}, ${earlier}.`;
}

function placeOf({ function: name, file, line }: Pick<SlowerCode, 'function' | 'file' | 'line'>, root: string): string {
  const place = shortPath(file, root);
  // V8 has no name for most handlers.
  const called = name === '' ? 'An anonymous function' : `\`${name}\``;
  return `${called} (${line === null ? place : `${place}:${line}`})`;
}
