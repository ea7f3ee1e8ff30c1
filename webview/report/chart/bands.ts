import { figure } from '../../../src/load/measure/figure.ts';
import { drawnTelemetry } from '../../../src/report/drawn-telemetry.ts';
import { duration } from '../../../src/report/figures.ts';
import { rateSeries } from '../../../src/report/rate-series.ts';
import type { ResultView, TelemetrySeries, TimeSeries } from '../../../src/report/result-view.ts';
import type { ColourName } from './colours.ts';
import { bucketAt, laidUnder, valueAt } from './moment.ts';
import { latencyLabel } from './ticks.ts';

/** One chart of those stacked on the axis of time. */
export interface Band {
  readonly id: string;
  readonly title: string;
  /** CSS pixels. */
  readonly height: number;
  readonly lines: readonly Line[];
  /** A value beside the y axis. */
  readonly label: (value: number) => string;
  /** It counts whole things, so its marks are whole. */
  readonly whole?: true;
  /** What it says where nothing can be drawn. */
  readonly empty: string | null;
}

export interface Line {
  readonly label: string;
  readonly colour: ColourName;
  /** CSS pixels. */
  readonly width: number;
  readonly dash: readonly number[];
  readonly kind: 'line' | 'area' | 'bars';
  /** 0–1. */
  readonly opacity: number;
  /** Ms of run time, ascending. */
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
  /** Said where none of its values is known. */
  readonly absent: string;
  /** Its value at a moment, for people. */
  readonly read: (time: number) => string;
}

const PERCENTILES = [
  { label: 'p50', colour: 'foreground', width: 1.25, dash: [], pick: (series: TimeSeries) => series.p50 },
  { label: 'p95', colour: 'orange', width: 1.75, dash: [7, 3], pick: (series: TimeSeries) => series.p95 },
  { label: 'p99', colour: 'red', width: 2.25, dash: [], pick: (series: TimeSeries) => series.p99 },
] as const;

const TELEMETRY_STYLES: readonly { readonly colour: ColourName; readonly dash: readonly number[] }[] = [
  { colour: 'blue', dash: [] },
  { colour: 'orange', dash: [7, 3] },
  { colour: 'green', dash: [2, 3] },
  { colour: 'purple', dash: [9, 3, 2, 3] },
];
/** A bucket has too few requests for a percentile. */
const TOO_FEW = 'too few at a time';
/** Characters beside an axis. */
const LONGEST_UNIT = 5;
const UNDER_DASH = [2, 3];

/** What is drawn over time, from the top down. @param under an earlier run laid under it */
export function bandsOf(view: ResultView, under: ResultView | null): Band[] {
  const { overTime } = view;
  const asked = rateSeries(view, overTime.asked);
  const got = rateSeries(view, overTime.got);
  return [
    latencyBand(view, under),
    ...streamBands(view),
    {
      id: 'rate',
      title: 'Requests a second',
      height: 96,
      label: figure,
      empty: null,
      lines: [
        counted(overTime, 'got', got, {
          colour: 'green',
          kind: 'area',
          read: (value) => `${figure(value)}/s`,
        }),
        ...(asked.some((value) => value !== null)
          ? [
              counted(overTime, 'asked', asked, {
                dash: [7, 3],
                colour: 'foreground',
                read: (value) => `${figure(value)}/s`,
              }),
            ]
          : []),
      ],
    },
    {
      id: 'failed',
      title: 'Failed',
      whole: true,
      height: 64,
      label: figure,
      empty: overTime.failed.some((count) => count > 0) ? null : 'No request failed.',
      lines: [counted(overTime, 'failed', overTime.failed, { colour: 'red', kind: 'bars' })],
    },
    {
      id: 'in-flight',
      title: 'In flight',
      whole: true,
      height: 72,
      label: figure,
      empty: null,
      lines: [counted(overTime, 'in flight', overTime.inFlight, { colour: 'purple', kind: 'area' })],
    },
    ...telemetryBands(drawnTelemetry(view.telemetry)),
  ];
}

function latencyBand(view: ResultView, under: ResultView | null): Band {
  const { overTime } = view;
  const read = (value: number): string => duration(value);
  const own = PERCENTILES.map(({ pick, ...style }) =>
    logarithmic(counted(overTime, '', pick(overTime), { ...style, absent: TOO_FEW, read })),
  );
  const other = PERCENTILES.map(({ pick, label, colour }) => {
    const values = under === null ? [] : laidUnder(view, under, pick);
    return logarithmic(
      counted(overTime, `${label} before`, values, {
        colour,
        width: 1.25,
        dash: UNDER_DASH,
        opacity: 0.75,
        absent: TOO_FEW,
        read,
      }),
    );
  });
  const answered = overTime.counts.some((rows) => rows.some((count) => count > 0));
  return {
    id: 'latency',
    title: 'Latency',
    height: 260,
    label: (value) => String(value),
    empty: answered ? null : 'No request has been answered.',
    lines: under === null ? own : [...other, ...own],
  };
}

/** What streams did: to the first token, between chunks, and how many tokens came. */
function streamBands({ overTime, streams, phases, verdict }: ResultView): Band[] {
  if (streams === null) return [];
  const { ttftP50, ttftP95, ttftP99, gapP50, gapP99, tokens } = streams.overTime;
  const times = (
    id: string,
    title: string,
    series: readonly (readonly [string, readonly (number | null)[]])[],
  ): Band => ({
    id,
    title,
    height: 96,
    label: latencyLabel,
    empty: series.some(([, values]) => values.some((value) => value !== null))
      ? null
      : 'Too few streams at a time to tell.',
    lines: series.map(([label, values]) => {
      const { colour, width, dash } = PERCENTILES.find((percentile) => percentile.label === label)!;
      return counted(overTime, label, values, { colour, width, dash, absent: TOO_FEW, read: duration });
    }),
  });
  return [
    times('ttft', 'Time to first token', [
      ['p50', ttftP50],
      ['p95', ttftP95],
      ['p99', ttftP99],
    ]),
    times('gap', 'Gap between chunks', [
      ['p50', gapP50],
      ['p99', gapP99],
    ]),
    ...(tokens === null
      ? []
      : [
          {
            id: 'tokens',
            title: 'Output tokens a second',
            height: 84,
            label: figure,
            empty: null,
            lines: [
              counted(overTime, 'output tokens a second', rateSeries({ overTime, phases, verdict }, tokens), {
                colour: 'orange',
                kind: 'area',
                read: (value) => `${figure(value)}/s`,
              }),
            ],
          } satisfies Band,
        ]),
  ];
}

/** A band for each unit, with every series that has it. */
function telemetryBands(telemetry: readonly TelemetrySeries[]): Band[] {
  const units = [...new Set(telemetry.map(({ unit }) => unit))];
  return units.map((unit) => {
    const series = telemetry.filter((one) => one.unit === unit);
    const [first] = series;
    return {
      id: `telemetry ${unit}`,
      title: series.length === 1 ? first!.name : `Telemetry${unit === '' ? '' : `, ${unit}`}`,
      height: 84,
      // A long one is in the title.
      label: (value) => `${figure(value)}${unit === '' || unit.length > LONGEST_UNIT ? '' : ` ${unit}`}`,
      empty: null,
      lines: series.map((one, index): Line => {
        const { colour, dash } = TELEMETRY_STYLES[index % TELEMETRY_STYLES.length]!;
        return {
          label: one.name,
          colour,
          dash,
          // Beyond the styles there are, the width tells them apart.
          width: 1.5 + Math.floor(index / TELEMETRY_STYLES.length),
          kind: 'line',
          opacity: 1,
          at: one.at,
          values: one.values,
          absent: 'unknown',
          read: (time) => valueText(valueAt(one, time), (value) => `${figure(value)}${unit === '' ? '' : ` ${unit}`}`),
        };
      }),
    };
  });
}

interface Style {
  readonly label?: string;
  readonly colour: ColourName;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly kind?: Line['kind'];
  readonly opacity?: number;
  readonly absent?: string;
  readonly read?: (value: number) => string;
}

/** A line with a value a bucket. */
function counted(series: TimeSeries, label: string, values: readonly (number | null)[], style: Style): Line {
  const { start, width } = series;
  return {
    label,
    width: 1.5,
    dash: [],
    kind: 'line',
    opacity: 1,
    absent: 'unknown',
    ...style,
    at: series.got.map((_, bucket) => start + (bucket + 0.5) * width),
    values,
    read: (time) => valueText(values[bucketAt(series, time) ?? -1] ?? null, style.read ?? figure),
  };
}

/** Drawn on a scale of powers of ten. */
function logarithmic(line: Line): Line {
  return { ...line, values: line.values.map((value) => (value === null || value <= 0 ? null : Math.log10(value))) };
}

function valueText(value: number | null, read: (value: number) => string): string {
  return value === null ? 'unknown' : read(value);
}
