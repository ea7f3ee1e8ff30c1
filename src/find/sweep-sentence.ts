import { figure, wholePercent } from '../load/measure/figure.ts';
import { LEAST_POINTS } from './knee.ts';
import { limitText } from './limit-text.ts';
import type { SweepDocument, SweepPoint } from './sweep-document.ts';
import { doneBy } from './sweep-point.ts';

/** What is varied, and what a rate of it counts. */
export type Varied = Pick<SweepDocument, 'varied' | 'requestsPerIteration'>;

/** What a sweep found. */
export interface SweepFindings extends Varied {
  readonly objectives: readonly string[];
  readonly points: readonly SweepPoint[];
  readonly knee: number | null;
  readonly best: number | null;
}

/** A value as people say it: `16 users`, `120/s` (`40 iterations/s` where an iteration is not one request), `batch 8`. */
export function valueText({ varied, requestsPerIteration }: Varied, value: string): string {
  if (varied === 'users') return `${value} ${value === '1' ? 'user' : 'users'}`;
  if (varied === 'rate') return `${value}${requestsPerIteration === 1 ? '' : ' iterations'}/s`;
  return `${varied} ${value}`;
}

/** What one takes from a sweep, in a sentence without its full stop. */
export function sweepSentence(findings: SweepFindings): string {
  const { points } = findings;
  const refused = points.filter((point) => point.refused !== null).length;
  const found = findingText(findings);
  if (refused === 0) return found;
  return `${found}; ${refused} of ${points.length} values ${refused === 1 ? 'was' : 'were'} refused`;
}

function findingText(findings: SweepFindings): string {
  const { varied, objectives, points, knee, best } = findings;
  const measured = points.filter((point) => doneBy(point) !== null);
  if (measured.length === 0) return 'nothing was measured';
  const limit = objectives.length > 0 ? ` ${limitText(objectives)}` : '';
  const bend = knee === null ? '' : kneeText(findings, knee);
  if (best === null && objectives.length === 0) return withoutBest(findings, measured);
  if (best === null) {
    const any = objectives.length > 0 && points.some(({ ok }) => ok === null) ? 'is known to hold' : 'holds';
    return `none of ${points.length} values of ${varied} ${any}${limit}${bend === '' ? '' : `; ${bend}`}`;
  }
  const point = points[best]!;
  if (best === knee && objectives.length === 0) {
    return `bends at ${valueText(findings, point.value)}: ${doneText(point)}${beyondText(findings, knee)}`;
  }
  const head = `${valueText(findings, point.value)} ${gets(varied, point.value)}${limit}: ${doneText(point)}`;
  return [head, ...(bend === '' ? [] : [bend])].join('; ');
}

/** Of a sweep that holds nothing against what it measures. */
function withoutBest(findings: SweepFindings, measured: readonly SweepPoint[]): string {
  const { varied } = findings;
  if (measured.every((point) => doneBy(point) === 0)) return 'nothing was answered';
  if (varied !== 'users' && varied !== 'rate')
    return `the server keeps up at none of ${measured.length} values of ${varied}`;
  const most = highest(measured)!;
  const at = valueText(findings, most.value);
  if (doneBy(most) === 0) return `nothing was answered at ${at}`;
  // Without objectives that is all that can be wrong.
  if (most.ok === false) return `requests piled up at ${at}: ${doneText(most)}`;
  if (measured.length >= LEAST_POINTS) return `does not bend up to ${at}: ${doneText(most)}`;
  const few = measured.length === 1 ? '1 value is' : `${measured.length} values are`;
  return `${few} too few to tell where it bends; ${at}: ${doneText(most)}`;
}

/** Of those that were measured the point with the most load. */
function highest(points: readonly SweepPoint[]): SweepPoint | undefined {
  const measured = points.filter((point) => doneBy(point) !== null);
  return measured.toSorted((a, b) => Number(a.value) - Number(b.value)).at(-1);
}

function gets(varied: string, value: string): string {
  if (varied !== 'users' && varied !== 'rate') return 'is best';
  return varied === 'users' && value !== '1' ? 'get most done' : 'gets most done';
}

function doneText({ rowsPerSecond, tokensPerSecond, requestsPerSecond, latency }: SweepPoint): string {
  const done =
    rowsPerSecond !== null
      ? `${figure(rowsPerSecond)} rows/s`
      : tokensPerSecond !== null
        ? `${figure(tokensPerSecond)} tokens/s`
        : `${figure(requestsPerSecond)} requests/s`;
  const slow = latency.p99 ?? latency.p95 ?? latency.p50;
  const name = latency.p99 !== null ? 'p99' : latency.p95 !== null ? 'p95' : 'p50';
  return slow === null ? done : `${done}, ${name} ${figure(slow)} ms`;
}

function kneeText(findings: SweepFindings, knee: number): string {
  return `it bends at ${valueText(findings, findings.points[knee]!.value)}${beyondText(findings, knee)}`;
}

/** What more load than at the bend brings, and what it costs. */
function beyondText(findings: SweepFindings, knee: number): string {
  const { points } = findings;
  const at = points[knee]!;
  const most = highest(points);
  if (most === undefined || Number(most.value) <= Number(at.value)) return '';
  const [before, after] = [doneBy(at), doneBy(most)];
  const [quick, slow] = [at.latency.p50, most.latency.p50];
  if (before === null || after === null || quick === null || slow === null) return '';
  const more = after / before - 1;
  const brings = more < 0.01 ? 'no more' : `${wholePercent(more)} more`;
  const load = valueText(findings, most.value);
  return `; ${load} get ${brings} done, with ${figure(slow / quick, 2)} times the median latency`;
}
