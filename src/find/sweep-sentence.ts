import { figure, wholePercent } from '../load/measure/figure.ts';
import { LEAST_POINTS } from './knee.ts';
import { limitText } from './limit-text.ts';
import type { SweepPoint } from './sweep-document.ts';
import { doneBy } from './sweep-point.ts';

/** What a sweep found. */
export interface SweepFindings {
  readonly varied: string;
  readonly objectives: readonly string[];
  readonly points: readonly SweepPoint[];
  readonly knee: number | null;
  readonly best: number | null;
}

/** A value as people say it: `16 users`, `120/s`, `batch 8`. */
export function valueText(varied: string, value: string): string {
  if (varied === 'users') return `${value} ${value === '1' ? 'user' : 'users'}`;
  return varied === 'rate' ? `${value}/s` : `${varied} ${value}`;
}

/** What one takes from a sweep, in a sentence without its full stop. */
export function sweepSentence(findings: SweepFindings): string {
  const { points } = findings;
  const refused = points.filter((point) => point.refused !== null).length;
  const found = findingText(findings);
  if (refused === 0) return found;
  return `${found}; ${refused} of ${points.length} values ${refused === 1 ? 'was' : 'were'} refused`;
}

function findingText({ varied, objectives, points, knee, best }: SweepFindings): string {
  const measured = points.filter((point) => doneBy(point) !== null);
  if (measured.length === 0) return 'nothing was measured';
  const limit = objectives.length > 0 ? ` ${limitText(objectives)}` : '';
  const bend = knee === null ? '' : kneeText(varied, points, knee);
  if (best === null && objectives.length === 0) return withoutBest(varied, measured);
  if (best === null) {
    const any = objectives.length > 0 && points.some(({ ok }) => ok === null) ? 'is known to hold' : 'holds';
    return `no ${varied} of ${points.length} ${any}${limit}${bend === '' ? '' : `; ${bend}`}`;
  }
  const point = points[best]!;
  if (best === knee && objectives.length === 0) {
    return `bends at ${valueText(varied, point.value)}: ${doneText(point)}${beyondText(varied, points, knee)}`;
  }
  const head = `${valueText(varied, point.value)} ${gets(varied, point.value)}${limit}: ${doneText(point)}`;
  return [head, ...(bend === '' ? [] : [bend])].join('; ');
}

/** Of a sweep that holds nothing against what it measures. */
function withoutBest(varied: string, measured: readonly SweepPoint[]): string {
  if (measured.every((point) => doneBy(point) === 0)) return 'nothing was answered';
  if (varied !== 'users' && varied !== 'rate') return `the server keeps up at no ${varied} of ${measured.length}`;
  const most = highest(measured)!;
  const at = valueText(varied, most.value);
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

function kneeText(varied: string, points: readonly SweepPoint[], knee: number): string {
  return `it bends at ${valueText(varied, points[knee]!.value)}${beyondText(varied, points, knee)}`;
}

/** What more load than at the bend brings, and what it costs. */
function beyondText(varied: string, points: readonly SweepPoint[], knee: number): string {
  const at = points[knee]!;
  const most = highest(points);
  if (most === undefined || Number(most.value) <= Number(at.value)) return '';
  const [before, after] = [doneBy(at), doneBy(most)];
  const [quick, slow] = [at.latency.p50, most.latency.p50];
  if (before === null || after === null || quick === null || slow === null) return '';
  const more = after / before - 1;
  const brings = more < 0.01 ? 'no more' : `${wholePercent(more)} more`;
  return `; ${valueText(varied, most.value)} get ${brings} done, with ${figure(slow / quick, 2)} times the median latency`;
}
