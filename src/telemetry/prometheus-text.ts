import type { MetricSample } from '../runs/metric-sample.ts';

/**
 * Reads Prometheus' text format, and what OpenMetrics adds to it: one sample a line. Lines that are no samples are left out, since one
 * that a server writes wrong must not hide the others. A histogram's parts come as `_bucket`, `_sum` and `_count`.
 */
export function readPrometheusText(text: string): MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const found = SAMPLE.exec(line);
    if (found === null) return [];
    const value = numberOf(found[3]!);
    return value === null ? [] : [{ name: found[1]!, labels: labelsOf(found[2] ?? ''), value }];
  });
}

/** Name, labels, value; a timestamp and an exemplar may follow. */
const SAMPLE = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{((?:[^"}]|"(?:\\.|[^"\\])*")*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:\\.|[^"\\])*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name, value]) => [
      name!,
      value!.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
    ]),
  );
}

/** null: it is no number. NaN is one. */
function numberOf(text: string): number | null {
  const infinity = /^([+-]?)inf$/i.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}
