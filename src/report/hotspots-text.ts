import type { ProfileUnit } from '../profile/profile.ts';
import { shortPath } from '../profile/user-code.ts';
import type { HotspotsDocument } from './hotspots-document.ts';
import { harmless } from './styled-line.ts';
import { amount } from './view-words.ts';

const ROWS = 15;

type Row = HotspotsDocument['functions'][number];

/** Hotspots as a table: self and total share, of a difference what each took in both runs; and where. @param cwd what paths are shown relative to */
export function hotspotsText(document: HotspotsDocument, title: string, cwd: string): string {
  const { functions, sentence, unit, per } = document;
  const head = [title, ...(sentence === undefined ? [] : [harmless(sentence)]), ''];
  if (per !== undefined) return `${[...head, ...differences(functions, unit, per, cwd)].join('\n')}\n`;
  const lines = [...head, ...table('Functions', functions, cwd)];
  if (document.lines.length > 0) lines.push('', ...table('Lines', document.lines, cwd));
  return `${lines.join('\n')}\n`;
}

function table(heading: string, rows: readonly Row[], cwd: string): string[] {
  const cell = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);
  const shown = rows.slice(0, ROWS).map((row) => {
    const { selfShare, totalShare } = row;
    return `${cell(selfShare)}  ${cell(totalShare)}   ${placeOf(row, cwd)}`;
  });
  return [`   self    total   ${heading}`, ...shown, ...more(rows, 18)];
}

function differences(rows: readonly Row[], unit: ProfileUnit, per: string, cwd: string): string[] {
  const cell = (weight: number): string => amount(weight, unit).padStart(11);
  const signed = (weight: number): string => `${weight < 0 ? '−' : '+'}${amount(Math.abs(weight), unit)}`.padStart(12);
  const shown = rows.slice(0, ROWS).flatMap((row) => {
    const { self, before, difference } = row;
    if (before === undefined || difference === undefined) return [];
    const gone = row.total === 0 ? '   gone' : before.total === 0 ? '   new' : '';
    return [`${cell(before.self)}${cell(self)}${signed(difference.self)}   ${placeOf(row, cwd)}${gone}`];
  });
  return [`     before        now  difference   Functions, self time a ${per}`, ...shown, ...more(rows, 37)];
}

function placeOf({ function: name, file, line }: Row, cwd: string): string {
  const place = file === null ? '' : `   ${shortPath(file, cwd)}${line === null ? '' : `:${line}`}`;
  return `${name === '' ? '(anonymous)' : name}${place}`;
}

function more(rows: readonly Row[], indent: number): string[] {
  return rows.length > ROWS ? [`${''.padStart(indent)}… and ${rows.length - ROWS} more`] : [];
}
