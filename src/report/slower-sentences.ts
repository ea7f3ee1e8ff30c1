import type { SlowerCode } from '../correlate/slower-code.ts';
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
  const each = profiled.requests === 'slow' ? 'a slow request' : 'a request';
  return slower.map(({ before, now, mostly, ...code }) => {
    const earlier = before > 0 ? `instead of ${duration(before)}` : 'and did not before';
    return `${placeOf(code, root)} ${mostly} ${duration(now)} ${each}, ${earlier}.`;
  });
}

function placeOf({ function: name, file, line }: Pick<SlowerCode, 'function' | 'file' | 'line'>, root: string): string {
  const place = shortPath(file, root);
  return `\`${name}\` (${line === null ? place : `${place}:${line}`})`;
}
