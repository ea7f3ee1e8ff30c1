import { csvField } from './csv-field.ts';
import { rateSeries } from './rate-series.ts';
import type { ResultView, StreamSeries, TelemetrySeries } from './result-view.ts';

/**
 * What the panel draws over time as CSV, a row a bucket: `from_ms` is run time, latencies are ms, rates requests a second; what is
 * unknown is empty. Of streams also the time to first token, gaps, and output tokens a second. Telemetry is the last value told before a
 * bucket's end.
 */
export function seriesCsv(view: ResultView): string {
  const { overTime, streams, telemetry, phases } = view;
  const { start, width, failed, inFlight, p50, p95, p99, counts } = overTime;
  const asked = rateSeries(view, overTime.asked);
  const got = rateSeries(view, overTime.got);
  const names = ['from_ms', 'to_ms', 'phase', 'asked_per_s', 'got_per_s', 'p50_ms', 'p95_ms', 'p99_ms'];
  const ofStreams = streams === null ? [] : streamColumns(view, streams.overTime);
  const streamNames = ofStreams.map(([name]) => name);
  const heading = [...names, 'answered', 'failed', 'in_flight', ...streamNames, ...telemetry.map(nameOf)];
  const readers = telemetry.map(lastBefore);
  const rows = got.map((rate, bucket) => {
    const from = start + bucket * width;
    const middle = from + width / 2;
    const phase = phases.find((span) => middle >= span.start && middle < span.end)?.phase ?? '';
    const answered = (counts[bucket] ?? []).reduce((sum, count) => sum + count, 0);
    const latencies = [p50, p95, p99].map((values) => values[bucket] ?? null);
    const stream = ofStreams.map(([, values]) => values[bucket] ?? null);
    const rest = [answered, failed[bucket] ?? null, inFlight[bucket] ?? null, ...stream];
    const told = readers.map((read) => read(from + width));
    return [from, from + width, phase, asked[bucket] ?? null, rate, ...latencies, ...rest, ...told];
  });
  return [heading, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function streamColumns(
  view: ResultView,
  { ttftP50, ttftP95, ttftP99, gapP50, gapP99, tokens }: StreamSeries,
): [name: string, values: readonly (number | null)[]][] {
  return [
    ['ttft_p50_ms', ttftP50],
    ['ttft_p95_ms', ttftP95],
    ['ttft_p99_ms', ttftP99],
    ['gap_p50_ms', gapP50],
    ['gap_p99_ms', gapP99],
    ['output_tokens_per_s', tokens === null ? [] : rateSeries(view, tokens)],
  ];
}

function nameOf({ name, unit }: TelemetrySeries): string {
  return unit === '' ? name : `${name} (${unit})`;
}

/** Reads a series at moments that only get later. */
function lastBefore({ at, values }: TelemetrySeries): (time: number) => number | null {
  let next = 0;
  return (time) => {
    while (next < at.length && at[next]! <= time) next++;
    return values[next - 1] ?? null;
  };
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(Number(value.toFixed(4)));
  return csvField(value);
}
