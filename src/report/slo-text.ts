import { figure } from '../load/measure/figure.ts';
import type { LevelDocument, SloDocument } from '../slo/slo-document.ts';
import { duration, percent } from './figures.ts';
import { type Piece, paragraphs, type StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

/** Of the table's columns those that are words. */
const WORDS = [0, 3, 4];

/** What a run spent of its error budgets, for people. @param colour whether the terminal shows colours */
export function sloText({ run, days, levels, others, unfit }: SloDocument, colour: boolean): string {
  const headings: TableRow = [
    '',
    'may be bad',
    'were bad',
    'burn rate (surely within)',
    'highest',
    'a day of this',
  ].map((name): Piece => ['dim', name]);
  const parts: StyledLine[][] = [
    unfit === null ? [] : [[['yellow', `This says little of the service. ${unfit}`]]],
    [[['dim', `Error budgets of ${days} days, spent by ${run}`]]],
    levels.length === 0
      ? [['The plan has no service level.']]
      : textTable([headings, ...levels.map((level) => row(level, days))], WORDS),
    others.map(({ objective, why }): StyledLine => [['dim', `${objective} is no service level: ${why}`]]),
  ];
  return paragraphs(parts, colour);
}

function row(level: LevelDocument, days: number): TableRow {
  const { objective, budget, count, bad, burn, interval, fast, day } = level;
  const share = count === 0 ? 'nothing came' : `${percent(bad / count)} of ${count.toLocaleString('en-US')}`;
  if (burn === null || interval === null || day === null) {
    const takes = Math.ceil(1 / budget).toLocaleString('en-US');
    return [`  ${objective}`, percent(budget), share, `unknown: it takes ${takes} requests`, 'unknown', 'unknown'];
  }
  const [low, high] = interval;
  const highest = fast === null ? 'unknown' : `${figure(fast.burn)} in ${duration(fast.end - fast.start)}`;
  return [
    `  ${objective}`,
    percent(budget),
    share,
    [burn > 1 ? 'red' : 'green', `${figure(burn)} (${figure(low)} to ${figure(high)})`],
    highest,
    `${percent(day.spent)} of ${days} days’ budget, ${figure(day.bad)} bad requests`,
  ];
}
