import type { ResultSizes, ResultStreams, ResultView } from '../../src/report/result-view.ts';

/** The view as it would be if its answers had been streams of a language model, on the same axis of time. */
export function withStreams(view: ResultView): ResultView {
  const series = (value: (bucket: number) => number | null): (number | null)[] =>
    view.overTime.got.map((_, bucket) => value(bucket));
  const streams: ResultStreams = {
    times: [
      {
        key: 'ttft',
        name: 'TTFT',
        definition: 'intended start to first content, reasoning or tool-call text',
        count: 812,
        p50: 115,
        p90: 180,
        p95: 240,
        p99: 410,
        max: 602,
      },
      {
        key: 'tpot',
        name: 'TPOT',
        definition: '(last − first content) / (output tokens − 1)',
        count: 312,
        p50: 22,
        p90: 25,
        p95: 27,
        p99: null,
        max: 33,
      },
    ],
    facts: [
      { name: 'Tokens', text: '1,240/s', definition: 'output tokens of the answers that ended in the measured time' },
      { name: 'Input', text: '81,200 tokens, 12,000 of them cached', definition: 'as the server counts' },
      { name: 'Goodput', text: 'unknown', definition: 'requests within every limit set to single ones' },
    ],
    overTime: {
      ttftP50: series((bucket) => 100 + (bucket % 9)),
      ttftP95: series((bucket) => 220 + (bucket % 7)),
      ttftP99: series((bucket) => (bucket % 5 === 0 ? null : 380)),
      gapP50: series(() => 21),
      gapP99: series((bucket) => 40 + (bucket % 3)),
      tokens: view.overTime.got.map((_, bucket) => 300 + (bucket % 11)),
    },
    gaps: [],
  };
  const sizes: ResultSizes = {
    unit: 'input tokens',
    groups: [
      {
        from: 20,
        to: 60,
        answered: 400,
        failed: 0,
        p50: 900,
        p95: 1500,
        p99: null,
        ttft: { p50: 90, p95: 150, p99: null },
      },
      {
        from: 61,
        to: 200,
        answered: 412,
        failed: 2,
        p50: 1900,
        p95: 2500,
        p99: null,
        ttft: { p50: 130, p95: 260, p99: null },
      },
    ],
  };
  const slowest = view.slowest.map((request) => {
    const { firstByte, end } = request;
    const firstContent = firstByte === null ? null : firstByte + (end - firstByte) * 0.3;
    return { ...request, firstContent, lastContent: firstContent === null ? null : end - 0.5 };
  });
  return { ...view, streams, sizes, slowest };
}
