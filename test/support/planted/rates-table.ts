import type { Judgement } from './judgement.ts';
import { clusteredProportion, type Proportion, proportion } from './proportion.ts';
import type { JudgedRun } from './rates.ts';

const BEGIN = '<!-- planted-causes: made by `npm run bench -- planted-causes --rates` -->';
const END = '<!-- /planted-causes -->';
const SEED = 1;

/** The text with the generated part replaced, or added at its end. */
export function withTables(text: string, tables: string): string {
  const part = `${BEGIN}\n\n${tables.trim()}\n\n${END}`;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return `${text.trimEnd()}\n\n${part}\n`;
  return text.slice(0, begin) + part + text.slice(end + END.length);
}

/** The results as Markdown. @param cells in their order @param servers in theirs @param count redrawn recordings a run, of each kind */
export function ratesTables(
  runs: readonly JudgedRun[],
  servers: readonly string[],
  cells: readonly string[],
  count: number,
): string {
  return [
    madeBy(runs, count),
    totals(runs, cells),
    'Right first answers of answers, of so many runs; `–` is _cannot tell_ in all of them, in brackets a load that was not carried. The last columns: runs with the slow path off that claimed something, and the naive reading of all runs.',
    byServer(runs, servers, cells),
  ].join('\n\n');
}

function madeBy(runs: readonly JudgedRun[], count: number): string {
  const on = runs.filter(({ judgement }) => judgement !== null).length;
  const machines = [
    ...new Set(runs.map(({ run }) => `${run.machine.cores} cores, Node ${run.machine.node.replace(/^v/, '')}`)),
  ].sort();
  const days = runs.map(({ run }) => run.startedAt.slice(0, 10)).sort();
  const from = days[0] === days.at(-1) ? (days[0] ?? '') : `${days[0]} to ${days.at(-1)}`;
  return (
    `Runs: \`npm run bench -- planted-causes\`; this part: \`npm run bench -- planted-causes --rates --redrawn ${count}\`. ` +
    `${on} runs with the slow path, ${runs.length - on} without; ${machines.join('; ')}; ${from}.`
  );
}

function totals(runs: readonly JudgedRun[], cells: readonly string[]): string {
  const judgements = runs.flatMap(({ judgement }) => judgement ?? []);
  const answered = judgements.filter((judgement) => judgement !== 'cannot tell');
  const resampled = runs.map(({ redrawn }) => redrawn?.judgements ?? []);
  const ofAnswers = resampled.map((drawn) => drawn.filter((judgement) => judgement !== 'cannot tell'));
  const naive = runs.flatMap((run) => run.naive ?? []);
  const rows: [string, Proportion, string][] = [
    ['the first answer is right, of answers: runs', proportion(answered.map(isRight)), '≥ 95 %'],
    ['the same: resampled', clustered(ofAnswers.map((drawn) => drawn.map(isRight))), '≥ 95 %'],
    ['cells answered', proportion(answeredCells(runs, cells)), '≥ 70 %'],
    ['cannot tell: runs', proportion(judgements.map((judgement) => judgement === 'cannot tell')), ''],
    [
      'the same: resampled',
      clustered(resampled.map((drawn) => drawn.map((judgement) => judgement === 'cannot tell'))),
      '',
    ],
    ['false claims: runs with the slow path off', proportion(runs.flatMap(({ claimed }) => claimed ?? [])), '≤ 5 %'],
    ['false claims: shifted', clustered(runs.map(({ redrawn }) => redrawn?.claims ?? [])), '≤ 5 %'],
    ['naive reading right: most time of its own', proportion(naive.map(({ self }) => self)), ''],
    ["naive reading right: most time of the user's code", proportion(naive.map(({ own }) => own)), ''],
  ];
  return table(
    ['what', 'share', '95 % interval', 'of', 'goal'],
    rows.map(([what, { count, of, interval }, goal]) => [
      what,
      of === 0 ? '' : percent(count / of),
      interval === null ? '' : `${percent(interval[0])} to ${percent(interval[1])}`,
      `${count} of ${of}`,
      goal,
    ]),
  );
}

function byServer(runs: readonly JudgedRun[], servers: readonly string[], cells: readonly string[]): string {
  const head = ['server', ...cells.map(cellTitle), 'claims, off', 'naive: own', 'naive: user’s'];
  const rows = servers.map((server) => {
    const own = runs.filter(({ run }) => run.server === server);
    const naive = own.flatMap((run) => run.naive ?? []);
    const off = own.flatMap(({ claimed }) => claimed ?? []);
    return [
      server,
      ...cells.map((cell) => cellText(own.filter(({ run }) => run.cell === cell))),
      `${off.filter((claimed) => claimed).length} of ${off.length}`,
      `${naive.filter(({ self }) => self).length} of ${naive.length}`,
      `${naive.filter((reading) => reading.own).length} of ${naive.length}`,
    ];
  });
  return table(head, rows);
}

function cellTitle(cell: string): string {
  return cell.endsWith('u') ? `${cell.slice(0, -1)} user${cell === '1u' ? '' : 's'}` : `${cell}/s`;
}

function cellText(runs: readonly JudgedRun[]): string {
  const on = runs.filter(({ judgement }) => judgement !== null);
  if (on.length === 0) return '';
  const answered = on.filter(({ judgement }) => judgement !== 'cannot tell');
  const right = answered.filter(({ judgement }) => judgement === 'right');
  const text = answered.length === 0 ? `– of ${on.length}` : `${right.length}/${answered.length} of ${on.length}`;
  return on.some(({ run }) => !run.carried) ? `(${text})` : text;
}

/** Whether most runs of a cell were answered, by server and cell. */
function answeredCells(runs: readonly JudgedRun[], cells: readonly string[]): boolean[] {
  const servers = [...new Set(runs.map(({ run }) => run.server))];
  return servers.flatMap((server) =>
    cells.flatMap((cell) => {
      const own = runs.filter(({ run, judgement }) => run.server === server && run.cell === cell && judgement !== null);
      const answered = own.filter(({ judgement }) => judgement !== 'cannot tell');
      return own.length === 0 ? [] : [answered.length > own.length / 2];
    }),
  );
}

function isRight(judgement: Judgement): boolean {
  return judgement === 'right';
}

function clustered(clusters: readonly (readonly boolean[])[]): Proportion {
  return clusteredProportion(clusters, SEED);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)} %`
    .replace('100.0', '100')
    .replace(/^0\.0 /, '0 ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
