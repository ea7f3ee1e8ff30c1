import { html, type TemplateResult } from 'lit';
import { type AnswerPoint, type AnswerView, perSecond } from '../../../src/report/answer-view.ts';
import { duration } from '../../../src/report/figures.ts';
import { type Curve, type CurveLine, curve } from '../chart/curve.ts';
import { countScale, latencyScale, settingScale } from '../chart/scale.ts';
import type { Page } from '../page.ts';

/** Latency and throughput over what was varied, and over each other. */
export function curves({ view }: Page): TemplateResult | null {
  const numeric = view.points.some(({ at }) => at !== null);
  // What has no place among numbers, such as the closed loop that a search for a rate begins with, stands in the table alone.
  const settings = view.points.flatMap((point, index) =>
    numeric && point.at === null ? [] : [{ point, at: point.at ?? index }],
  );
  if (settings.every(({ point }) => point.requestsPerSecond === null)) return null;
  return html`<section class="wide curves" aria-label="Curves">
    ${[latency(view, settings), throughput(view, settings), tradeOff(view)].filter((made) => made !== null).map(curve)}
  </section>`;
}

interface Setting {
  readonly point: AnswerPoint;
  readonly at: number;
}

type Latencies = 'p50' | 'p95' | 'p99' | 'ttftP50' | 'ttftP99';

function xOf(view: AnswerView, settings: readonly Setting[]): Curve['x'] {
  const numeric = view.points.some(({ at }) => at !== null);
  const labelled = settings.map(({ point, at }) => ({ at, label: point.label }));
  return { title: view.varied, scale: settingScale(labelled, numeric) };
}

function latency(view: AnswerView, settings: readonly Setting[]): Curve | null {
  const streams = view.points.some(({ ttftP50 }) => ttftP50 !== null);
  const line = (label: string, of: Latencies, colour: CurveLine['colour'], dash: string | null): CurveLine => ({
    label,
    colour,
    dash,
    points: ascending(settings).map(({ point, at }) => ({
      x: at,
      y: point[of],
      text: `${point.label}: ${duration(point[of])}`,
      mark: markOf(point),
    })),
  });
  const lines = [
    line('p50', 'p50', 'blue', '2 4'),
    line('p99', 'p99', 'blue', null),
    ...(streams
      ? [line('first token p50', 'ttftP50', 'orange', '2 4'), line('first token p99', 'ttftP99', 'orange', null)]
      : []),
  ];
  const known = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  if (known.length === 0) return null;
  const limits = view.objectives.flatMap(limitOf);
  return {
    title: 'Latency',
    x: xOf(view, settings),
    y: { title: 'ms', scale: latencyScale([...known, ...limits.map(({ at }) => at)]) },
    lines,
    band: bandOf(view),
    limits,
  };
}

function throughput(view: AnswerView, settings: readonly Setting[]): Curve {
  const line = (label: string, colour: CurveLine['colour'], of: (point: AnswerPoint) => number | null): CurveLine => ({
    label,
    colour,
    dash: null,
    points: ascending(settings).map(({ point, at }) => ({
      x: at,
      y: of(point),
      text: `${point.label}: ${perSecond(of(point))}`,
      mark: markOf(point),
    })),
  });
  const lines = [
    line('requests a second', 'green', ({ requestsPerSecond }) => requestsPerSecond),
    line('rows a second', 'purple', ({ rowsPerSecond }) => rowsPerSecond),
    line('tokens a second', 'orange', ({ tokensPerSecond }) => tokensPerSecond),
  ];
  const known = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  return {
    title: 'Throughput',
    x: xOf(view, settings),
    y: { title: '/s', scale: countScale(known) },
    lines,
    band: bandOf(view),
    limits: [],
  };
}

/** What throughput is told by: what tells most of it first, as where the best setting is chosen. */
const MEASURES = [
  ['rows', 'rowsPerSecond'],
  ['tokens', 'tokensPerSecond'],
  ['requests', 'requestsPerSecond'],
] as const;

/** What more throughput costs in latency: only where settings are compared. Settings that lack the one measure of the axis are left out. */
function tradeOff(view: AnswerView): Curve | null {
  if (view.kind !== 'sweep') return null;
  const measure = MEASURES.find(([, of]) => view.points.some((point) => point[of] !== null));
  if (measure === undefined) return null;
  const [unit, of] = measure;
  const known = view.points.flatMap((point, index) => {
    const rate = point[of];
    return rate === null || point.p99 === null ? [] : [{ point, index, rate, p99: point.p99 }];
  });
  if (known.length < 2) return null;
  return {
    title: 'Latency p99 against throughput',
    x: { title: `${unit} a second`, scale: countScale(known.map(({ rate }) => rate)) },
    y: { title: 'ms', scale: latencyScale(known.map(({ p99 }) => p99)) },
    lines: [
      {
        label: `in the order of ${view.varied}`,
        colour: 'blue',
        dash: null,
        points: known.map(({ point, index, rate, p99 }) => ({
          x: rate,
          y: p99,
          text: `${point.label}: ${perSecond(rate)}, p99 ${duration(p99)}`,
          mark: markOf(point),
          note: `${point.label}${index === view.knee ? ' (knee)' : ''}${index === view.best ? ' (best)' : ''}`,
        })),
      },
    ],
    band: null,
    limits: [],
  };
}

function ascending(settings: readonly Setting[]): Setting[] {
  return settings.toSorted((a, b) => a.at - b.at);
}

function markOf({ ok }: AnswerPoint): 'ok' | 'bad' | 'untold' {
  if (ok === null) return 'untold';
  return ok ? 'ok' : 'bad';
}

function bandOf({ band }: AnswerView): Curve['band'] {
  if (band?.passesAt === null || band?.failsAt === null || band === null) return null;
  return { from: band.passesAt, to: band.failsAt, text: 'the edge' };
}

/** A limit in ms that an objective sets to a percentile of latency or of the first token. */
function limitOf(objective: string): Curve['limits'] {
  const [, value, unit] =
    /^(?:(?:latency|ttft)\s*:?\s*)?p\([\d.]+\)\s*<=?\s*([\d.]+)\s*(ms|s)?$/.exec(objective.trim()) ?? [];
  if (value === undefined) return [];
  return [{ at: Number(value) * (unit === 's' ? 1000 : 1), text: objective }];
}
