import type { Latency, RunDocument, StreamingFigures } from '../runs/run-document.ts';
import { fineDuration } from './figures.ts';
import { STREAM_TIMES, type StreamTime, streamFacts } from './stream-words.ts';
import type { Piece, StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

const INDENT = '  ';
const SHOWN = ['mean', 'p50', 'p95', 'p99', 'max'] as const;
/** The last columns are words. */
const DEFINITION = SHOWN.length + 1;

/** What streams came to, every figure with its definition beside it. Empty where the run has none. */
export function streamTables({ streaming }: RunDocument): StyledLine[] {
  if (streaming === null || streaming === undefined) return [];
  const times = timesTold(streaming);
  const facts = streamFacts(streaming).map(
    ({ name, text, definition }): TableRow => [INDENT + name, text, ['dim', definition]],
  );
  return [
    [],
    ...textTable(
      [
        [['bold', 'Streams'], ...SHOWN.map((name): Piece => ['dim', name]), ''],
        ...times.map((key) => timeRow(key, streaming[key])),
      ],
      [DEFINITION],
    ),
    ...textTable(facts, [1, 2]),
  ];
}

/** Where nothing but content streams, to the first visible is to the first of all. */
function timesTold({ ttft, firstVisible }: StreamingFigures): StreamTime[] {
  const same = Object.entries(ttft).every(([name, value]) => firstVisible[name as keyof Latency] === value);
  return (Object.keys(STREAM_TIMES) as StreamTime[]).filter((key) => key !== 'firstVisible' || !same);
}

function timeRow(key: StreamTime, times: Latency): TableRow {
  const { name, definition } = STREAM_TIMES[key];
  const cells = SHOWN.map((each): Piece => (times[each] === null ? ['dim', 'unknown'] : fineDuration(times[each])));
  return [INDENT + name, ...cells, ['dim', definition]];
}
