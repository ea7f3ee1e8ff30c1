import assert from 'node:assert/strict';
import test from 'node:test';
import { BesideBurst, findLogBurst } from '../../src/correlate/log-burst.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import {
  OUTCOMES,
  type Outcome,
  PHASES,
  REQUEST_OFFSET,
  REQUEST_WIDTH,
  tableFromRows,
} from '../../src/runs/request-table.ts';
import type { LogFacts, PhaseSpan } from '../../src/runs/run-document.ts';
import type { LogReading } from '../../src/telemetry/log/log-series.ts';

const PHASES_OF_RUN: readonly PhaseSpan[] = [
  { phase: 'warmup', start: 400, end: 2000 },
  { phase: 'measured', start: 2000, end: 32_000 },
];
const errors = (time: number, count: number): LogReading => ({ time, errors: count, warnings: 0 });
/** `count` errors, evenly spread over looks every 100 ms. */
const spread = (from: number, to: number, count: number): LogReading[] => {
  const looks = Math.round((to - from) / 100) + 1;
  return Array.from({ length: looks }, (_, at) =>
    errors(from + at * 100, Math.floor(((at + 1) * count) / looks) - Math.floor((at * count) / looks)),
  );
};

/** 100 requests a second of the measured phase. */
function requestsOf(fate: (intended: number) => { readonly ms: number; readonly outcome?: Outcome }) {
  const count = 3000;
  const rows = new Float64Array(count * REQUEST_WIDTH).fill(NaN);
  for (let row = 0; row < count; row++) {
    const intended = 2000 + row * 10;
    const { ms, outcome = 'ok' } = fate(intended);
    const at = row * REQUEST_WIDTH;
    rows[at + REQUEST_OFFSET.phase] = PHASES.indexOf('measured');
    rows[at + REQUEST_OFFSET.outcome] = OUTCOMES.indexOf(outcome);
    rows[at + REQUEST_OFFSET.intended] = intended;
    rows[at + REQUEST_OFFSET.end] = intended + ms;
  }
  return tableFromRows(rows);
}

function sentenceOf(
  readings: readonly LogReading[],
  fate: Parameters<typeof requestsOf>[0],
  messages: LogFacts['messages'] = [],
): string | null {
  const burst = findLogBurst(readings, PHASES_OF_RUN);
  if (burst === null) return null;
  const beside = new BesideBurst(burst);
  const table = requestsOf(fate);
  for (let row = 0; row < table.length; row++) beside.add(table, row);
  const log = { log: 'a.log', lines: 1, errors: 1, warnings: 0, skipped: 0, others: 0, trouble: null, messages };
  return beside.sentence([log]);
}

const inBurst = (time: number): boolean => time >= 12_400 && time < 15_400;

test('a burst is found with its beginning, its end and its errors', () => {
  const burst = findLogBurst(spread(12_400, 15_400, 42), PHASES_OF_RUN);
  assert.deepEqual([burst?.start, burst?.end, burst?.errors], [12_400, 15_400, 42]);
  const usual = Array.from({ length: 30 }, (_, second) => errors(2500 + second * 1000, 4));
  const among = findLogBurst(
    [...usual, ...spread(12_400, 14_300, 60)].toSorted((a, b) => a.time - b.time),
    PHASES_OF_RUN,
  );
  assert.ok(
    among !== null && among.start >= 12_000 && among.end <= 15_000 && among.errors >= 60,
    JSON.stringify(among),
  );
});

test('errors all along, few, or of the warm-up are no burst', () => {
  assert.equal(findLogBurst([], PHASES_OF_RUN), null);
  assert.equal(findLogBurst(spread(3000, 3200, 3), PHASES_OF_RUN), null);
  assert.equal(findLogBurst(spread(100, 1900, 500), PHASES_OF_RUN), null);
  assert.equal(findLogBurst(spread(3000, 31_000, 900), PHASES_OF_RUN), null);
  assert.equal(findLogBurst(spread(3000, 31_000, 900), []), null);
});

test('errors that come independently of each other are hardly ever taken for a burst', () => {
  const random = seededRandom(7);
  let found = 0;
  for (let run = 0; run < 200; run++) {
    const readings: LogReading[] = [];
    // Poisson, two a second.
    for (let time = 2000; ; ) {
      time -= Math.log(1 - random()) * 500;
      if (time >= 32_000) break;
      readings.push(errors(time, 1));
    }
    if (findLogBurst(readings, PHASES_OF_RUN) !== null) found++;
  }
  assert.ok(found <= 10, `${found} of 200`);
});

test('what is said of a burst is how requests fared meanwhile', () => {
  const burst = spread(12_400, 15_400, 42);
  const messages = [
    { level: 'error', message: 'old', count: 90, first: 3000 },
    { level: 'error', message: 'pool of # is empty', count: 42, first: 12_500 },
    { level: 'warning', message: 'slow', count: 99, first: 12_500 },
  ] as const;
  assert.equal(
    sentenceOf(burst, (time) => ({ ms: inBurst(time) ? 240 : 30 }), [...messages]),
    'The log told of 42 errors such as “pool of # is empty” in 3.0 s from 12.0 s on, while p95 rose from 30 ms to 240 ms.',
  );
  assert.equal(
    sentenceOf(burst, (time) => ({ ms: 30, outcome: inBurst(time) && time % 20 === 0 ? 'status' : 'ok' })),
    'The log told of 42 errors in 3.0 s from 12.0 s on, while failed requests rose from 0 % to 49 %.',
  );
  assert.equal(
    sentenceOf(burst, () => ({ ms: 30 })),
    null,
  );
});
