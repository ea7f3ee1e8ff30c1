import { shortPath } from '../profile/user-code.ts';
import type { HotspotsDocument } from './hotspots-document.ts';

const ROWS = 15;

/** Hotspots as a table: self and total share, and where. @param cwd what paths are shown relative to */
export function hotspotsText(document: HotspotsDocument, title: string, cwd: string): string {
  const lines = [title, '', ...table('Functions', document.functions, cwd)];
  if (document.lines.length > 0) lines.push('', ...table('Lines', document.lines, cwd));
  return `${lines.join('\n')}\n`;
}

function table(heading: string, rows: readonly HotspotsDocument['functions'][number][], cwd: string): string[] {
  const cell = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);
  const shown = rows.slice(0, ROWS).map(({ selfShare, totalShare, function: name, file, line }) => {
    const place = file === null ? '' : `   ${shortPath(file, cwd)}${line === null ? '' : `:${line}`}`;
    return `${cell(selfShare)}  ${cell(totalShare)}   ${name === '' ? '(anonymous)' : name}${place}`;
  });
  const more = rows.length > ROWS ? [`${''.padStart(18)}… and ${rows.length - ROWS} more`] : [];
  return [`   self    total   ${heading}`, ...shown, ...more];
}
