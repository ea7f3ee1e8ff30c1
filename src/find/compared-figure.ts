import { supportFor } from '../load/measure/percentile.ts';
import { TAILS } from '../load/measure/waits.ts';
import type { Latency, RunDocument } from '../runs/run-document.ts';

/** A figure that runs are held against each other by. */
export interface ComparedFigure {
  readonly name: string;
  /** Of times and rates a change is told as a share of what was before, of shares in points. */
  readonly unit: 'ms' | 'per second' | 'share';
  readonly of: (document: RunDocument) => number | null;
}

type LatencyOf = (document: RunDocument) => Latency | null | undefined;
type Column = 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999';

const WORDS: Readonly<Record<Column, string>> = {
  mean: 'mean',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p999: 'p99.9',
};
const ALL = Object.keys(WORDS) as Column[];
/** Segments differ in how many answers they have: with just enough of them, half would have too few. */
const MARGIN = 1.1;
/** For the same reason advice is for more than enough, in standard deviations of such a number of answers. */
const SPARE = 3;
const FAILURES: ComparedFigure = { name: 'failures', unit: 'share', of: failedShare };

/**
 * What a gate judges: the median and the highest percentile that a segment supports, of all requests and of each step where there are
 * several; of streams the same of the time to the first token; and the share that failed.
 *
 * @param segments runs as long as those that will be compared, one of either build
 * @param longer what to do for segments with so many times as many answers, to end a sentence with
 */
export function judgedFigures(
  segments: readonly RunDocument[],
  longer: (times: number) => string,
): { figures: ComparedFigure[]; notJudged: string[] } {
  const times: [what: string, of: LatencyOf, step: string][] = [
    ['latency', ({ latency }) => latency, ''],
    ...stepsOf(segments).map((step): [string, LatencyOf, string] => ['latency', latencyOf(step), ` of ${step}`]),
  ];
  if (segments.every(({ streaming }) => streaming !== null))
    times.push(['TTFT', ({ streaming }) => streaming?.ttft, '']);
  const figures: ComparedFigure[] = [];
  const notJudged: string[] = [];
  for (const [what, of, step] of times) {
    const fewest = Math.min(...segments.map((document) => of(document)?.count ?? 0));
    const isKnown = (column: 'p50' | (typeof TAILS)[number]): boolean =>
      fewest >= MARGIN * supportFor(Number(column.slice(1)) / 100);
    const tail = TAILS.find(isKnown);
    for (const column of ['p50', tail] as const) {
      if (column !== undefined && isKnown(column)) figures.push(timeFigure(`${what} ${column}${step}`, of, column));
    }
    if (tail === 'p99') continue;
    // Where not even the median is judged, that comes first.
    const missing = isKnown('p50') ? 'p99' : 'p50';
    const takes = Math.ceil(MARGIN * supportFor(Number(missing.slice(1)) / 100));
    const advice = fewest === 0 ? '' : `: ${longer((takes + SPARE * Math.sqrt(takes)) / fewest)}`;
    const has = `${fewest} ${fewest === 1 ? 'answer' : 'answers'}`;
    notJudged.push(`${what} ${missing}${step}: a segment has ${has}, and it takes ${takes}${advice}.`);
  }
  return { figures: [...figures, FAILURES], notJudged };
}

/** Every figure that some of the runs have. */
export function allFigures(runs: readonly RunDocument[]): ComparedFigure[] {
  const times = (what: string, of: LatencyOf, columns = ALL, step = ''): ComparedFigure[] =>
    columns.map((column) => timeFigure(`${what} ${WORDS[column]}${step}`, of, column));
  const figures: ComparedFigure[] = [
    { name: 'rate', unit: 'per second', of: ({ load }) => load.rate.got },
    FAILURES,
    ...times('latency', ({ latency }) => latency),
    ...times('TTFT', ({ streaming }) => streaming?.ttft),
    ...times('gap', ({ streaming }) => streaming?.gap),
    { name: 'output tokens', unit: 'per second', of: ({ streaming }) => streaming?.tokensPerSecond ?? null },
    ...stepsOf(runs).flatMap((step) => times('latency', latencyOf(step), ['p50', 'p90', 'p95', 'p99'], ` of ${step}`)),
  ];
  return figures.filter(({ of }) => runs.some((run) => of(run) !== null));
}

function timeFigure(name: string, of: LatencyOf, column: Column): ComparedFigure {
  return { name, unit: 'ms', of: (document) => of(document)?.[column] ?? null };
}

function stepsOf(runs: readonly RunDocument[]): string[] {
  return [...new Set(runs.flatMap(({ steps = [] }) => steps.map(({ step }) => step)))];
}

function latencyOf(name: string): LatencyOf {
  return ({ steps }) => steps?.find(({ step }) => step === name)?.latency;
}

/** Of all that were due: who was never sent, or got no answer before the end, got none. */
function failedShare({ load: { completed, failed, dropped, interrupted } }: RunDocument): number | null {
  const lost = failed + dropped + interrupted;
  return completed + lost > 0 ? lost / (completed + lost) : null;
}
