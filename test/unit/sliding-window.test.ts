import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { AbortWatch } from '../../src/load/measure/abort-watch.ts';
import { type JudgedObjective, judgeMeasured } from '../../src/load/measure/judged-objective.ts';
import { parseObjective } from '../../src/load/measure/objective.ts';
import { ObjectivesSoFar } from '../../src/load/measure/objectives-so-far.ts';
import { type DataOf, judgeWindows, type Span } from '../../src/load/measure/sliding-window.ts';
import type { ObjectivePlan } from '../../src/load/plan/plan.ts';
import type { ObjectiveResult } from '../../src/runs/run-document.ts';
import { dataOver, type Row, row } from '../support/measured-rows.ts';

const WARMUP = 2000;
const spanOf = (seconds: number): Span => ({ start: WARMUP, end: WARMUP + seconds * 1000 });

/** Evenly spaced, one every `1000 / perSecond` ms, from `from` to `to` seconds of the measured time. */
function even(from: number, to: number, perSecond: number, ms: number, more: Partial<Row> = {}): Row[] {
  const count = Math.round((to - from) * perSecond);
  return Array.from({ length: count }, (_, i) => row(WARMUP + (from + (i + 0.5) / perSecond) * 1000, ms, more));
}

function inWindows(text: string, window: number | null, rows: readonly Row[], seconds: number): JudgedObjective {
  const span = spanOf(seconds);
  return judgeWindows(parseObjective(text), { window }, dataOver(rows, span), span);
}

test('the worst window is the value, and the sentence says when it was', () => {
  // Only the window from 12 s to 22 s holds all eleven requests of 410 ms, and so has them at the 990th of its 1,000.
  const rows = [
    ...even(0, 12, 100, 100),
    ...even(12, 22, 96, 100),
    ...even(12, 22, 3, 400),
    ...even(12, 22, 1, 410),
    row(WARMUP + 12_001, 410),
    ...even(22, 40, 100, 100),
  ];
  const judged = inWindows('p(99)<250', 10_000, rows, 40);
  assert.equal(judged.ok, false);
  assert.equal(judged.value, 410);
  assert.equal(judged.reason, 'p(99)<250 broke from 12 s to 22 s: it was 410 ms.');
  // Over the whole run too few are slow to see it.
  assert.equal(inWindows('p(99)<250', null, rows, 120).value, 400);
  assert.equal(inWindows('p(99)<250', null, [...rows, ...even(40, 120, 100, 100)], 120).ok, true);
  assert.equal(inWindows('p(99)<450', 10_000, rows, 40).ok, true);
  assert.equal(inWindows('p(99)<450', 10_000, rows, 40).value, 410);
});

test('a window that leaves the limit inside its interval leaves it open', () => {
  const rows = [
    ...even(0, 10, 100, 100),
    ...even(10, 20, 98.5, 100),
    ...even(10, 20, 1.5, 300),
    ...even(20, 30, 100, 100),
  ];
  const judged = inWindows('p(99)<250', 10_000, rows, 30);
  assert.equal(judged.ok, null);
  assert.equal(judged.value, 300);
  assert.match(judged.doubt!, /^In the window from \d+ s to \d+ s, p99 is 100–300 ms, the limit 250\.$/);
});

test('a server that is at the limit does not fail for having been looked at often', () => {
  const objective = parseObjective(`p(99)<${-Math.log(0.01)}`);
  const rounds = 25;
  let failed = 0;
  let broken = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seededRandom(seed);
    const rows = even(0, 60, 100, 0).map(({ end }) => row(end, -Math.log(1 - random())));
    const span = spanOf(60);
    const of = dataOver(rows, span);
    if (judgeWindows(objective, { window: 10_000 }, of, span).ok === false) failed++;
    const starts = Array.from({ length: 51 }, (_, i) => span.start + i * 1000);
    if (starts.some((start) => judgeMeasured(objective, of(start, start + 10_000)).ok === false)) broken++;
  }
  assert.ok(failed <= 0.05 * rounds, `failed ${failed} of ${rounds}`);
  assert.ok(broken > 0.1 * rounds, `at 95 % each, ${broken} of ${rounds}: the test would not see the difference`);
});

test('windows with too few requests are left out; where all are, it cannot be told', () => {
  // 36 a second in the first half support a p99 over 10 s, 30 in the second do not.
  const half = [...even(0, 20, 40, 100), ...even(20, 40, 30, 900)];
  assert.equal(inWindows('p(99)<1000', 10_000, half, 40).ok, true);
  const few = inWindows('p(99)<250', 10_000, even(0, 40, 12, 100), 40);
  assert.deepEqual([few.ok, few.value], [null, null]);
  assert.equal(few.doubt, 'p99 in windows of 10 s needs 368 answered requests in each, and none had more than 120.');
  assert.equal(few.advice, 'Use longer windows or a higher rate.');
});

test('a run without room for a window cannot be told', () => {
  const judged = inWindows('p(50)<250', 10_000, even(0, 6, 100, 100), 6);
  assert.equal(judged.ok, null);
  assert.equal(judged.doubt, 'p(50)<250 is for windows of 10 s, and 6 s were measured.');
  // Clocks are read at whole turns of a loop.
  assert.equal(inWindows('p(50)<250', 10_000, even(0, 9.99, 100, 100), 9.99).ok, true);
});

test('what was in flight at the end and answered later is in the last window', () => {
  const late = Array.from({ length: 100 }, (_, i) => row(WARMUP + 20_500 + i, 3000));
  const judged = inWindows('p(95)<250', 5000, [...even(0, 20, 100, 100), ...late], 20);
  assert.equal(judged.reason, 'p(95)<250 broke from 15 s to 20 s: it was 3,000 ms.');
});

test('a stall breaks a throughput, and nothing but failures a latency', () => {
  const rows = [...even(0, 8, 100, 10), ...even(12, 20, 100, 10)];
  assert.equal(
    inWindows('requests: rate>40', 4000, rows, 20).reason,
    'requests: rate>40 broke from 8 s to 12 s: it was 0/s.',
  );
  assert.equal(inWindows('requests: rate>40', 10_000, rows, 20).ok, true);
  assert.equal(inWindows('p(95)<250', 4000, rows, 20).ok, true);
  const failing = [...rows, ...even(8, 12, 100, 0, { outcome: 'failed' })];
  assert.equal(
    inWindows('p(95)<250', 4000, failing, 20).reason,
    'p(95)<250 broke from 8 s to 12 s: nothing was answered.',
  );
  assert.equal(inWindows('rate<0.5', 4000, failing, 20).reason, 'rate<0.5 broke from 8 s to 12 s: it was 100 %.');
});

test('what never ran fails with windows as without', () => {
  const judged = inWindows('latency{step:pay}: p(95)<9', 5000, even(0, 20, 100, 1, { labels: { step: 'cart' } }), 20);
  assert.equal(judged.reason, 'latency{step:pay}: p(95)<9 does not hold: no request of step "pay" was ever sent.');
});

/** The first sentence of a watch that looks every second, and when. */
function watched(plan: Partial<ObjectivePlan>, rows: readonly Row[], seconds: number): [number, string] | null {
  const span = spanOf(seconds);
  const whole = { objective: 'p(99)<250', window: null, abort: true, after: 0 };
  const watch = new AbortWatch([{ ...whole, ...plan }], span.start);
  // Live, nothing after now is known.
  const known: DataOf = (from, to) => dataOver(rows, { start: span.start, end: to + 1 })(from, to);
  for (let second = 1; second <= seconds; second++) {
    const sentence = watch.look(span.start + second * 1000, known);
    if (sentence !== null) return [second, sentence];
  }
  return null;
}

test('a run ends for what is broken in the window that ends now', () => {
  const rows = [...even(0, 12, 100, 100), ...even(12, 40, 100, 410)];
  // 21 requests of 500 over the limit are beyond chance at 99.9 %.
  assert.deepEqual(watched({ window: 5000 }, rows, 40), [13, 'p(99)<250 broke from 8 s to 13 s: it was 410 ms.']);
  assert.equal(watched({ window: 5000, after: 20_000 }, rows, 40)?.[0], 20);
  assert.equal(watched({ window: 5000, abort: false }, rows, 40), null);
  assert.equal(watched({ window: 5000 }, even(0, 40, 20, 410), 40), null, 'too few for a p99 in any window');
  assert.equal(
    watched({ window: 5000, objective: 'max<250' }, even(0, 40, 20, 410), 40)?.[0],
    5,
    'the first whole window',
  );
});

test('a run ends for what is broken so far, and not for what may still be met', () => {
  const slow = even(0, 20, 100, 410);
  assert.deepEqual(watched({}, slow, 20), [4, 'p(99)<250 was broken after 4 s: it was 410 ms.']);
  assert.equal(watched({ objective: 'requests: count>5000' }, slow, 20), null);
  assert.equal(watched({ objective: 'requests: count==1000' }, slow, 20)?.[0], 11);
  assert.equal(watched({ objective: 'requests: count<1000' }, slow, 20)?.[0], 10);
  assert.equal(watched({ objective: 'max>500' }, slow, 20), null);
  assert.equal(watched({ objective: 'min<300' }, slow, 20), null);
  assert.equal(watched({ objective: 'min>500' }, slow, 20)?.[0], 1);
  assert.equal(watched({ objective: 'requests: rate>200' }, slow, 20)?.[0], 1);
  assert.equal(watched({ objective: 'latency{step:pay}: max<9' }, slow, 20), null, 'nothing of it was sent yet');
  assert.equal(watched({}, even(0, 20, 100, 0, { outcome: 'failed' }), 20), null, 'nothing was answered yet');
});

/** What is told of an objective at each whole second. */
function followed(objective: string, window: number | null, rows: readonly Row[], seconds: number): ObjectiveResult[] {
  const { start, end: last } = spanOf(seconds);
  const soFar = new ObjectivesSoFar([{ objective, window, abort: false, after: 0 }]);
  return Array.from({ length: seconds }, (_, i) => {
    const span = { start, end: start + (i + 1) * 1000 };
    const known: DataOf = (from, to) => dataOver(rows, { start, end: to + 1 })(from, to);
    return soFar.look(span, span.end === last ? dataOver(rows, span) : known, span.end === last)[0]!;
  });
}

test('an objective is followed while the run goes on, and ends as the whole run has it', () => {
  const rows = [...even(0, 12, 100, 100), ...even(12, 20, 100, 410)];
  const told = followed('p(99)<250', null, rows, 20);
  // 368 are needed for a p99.
  assert.deepEqual(
    told.map(({ ok }) => ok),
    [null, null, null, ...Array<true>(9).fill(true), ...Array<false>(8).fill(false)],
  );
  assert.equal(told[0]!.reason, 'p99 needs 368 answered requests, and there are 100.');
  assert.equal(told[11]!.value, 100);
  const { objective, value, ok, reason } = inWindows('p(99)<250', null, rows, 20);
  assert.deepEqual(told.at(-1), { objective, value, ok, reason });
});

test('a number that has yet to grow to its limit neither holds nor is broken, and nothing sent is not yet a failure', () => {
  const rows = even(0, 10, 100, 100);
  const count = followed('requests: count>850', null, rows, 10);
  assert.deepEqual(
    count.map(({ ok }) => ok),
    [...Array<null>(8).fill(null), true, true],
  );
  assert.deepEqual(count[4], { objective: 'requests: count>850', value: 500, ok: null, reason: null });
  assert.equal(followed('requests: count>2000', null, rows, 10).at(-1)!.ok, false, 'it was never met');
  const never = followed('latency{step:pay}: max<9', null, rows, 10);
  assert.deepEqual(never[4], { objective: 'latency{step:pay}: max<9', value: null, ok: null, reason: null });
  assert.match(never.at(-1)!.reason!, /no request of step "pay" was ever sent/);
});

test('an objective for windows is told of the last one, and stays broken once one broke it', () => {
  const rows = [...even(0, 12, 100, 100), ...even(12, 17, 100, 410), ...even(17, 40, 100, 90)];
  const told = followed('p(99)<250', 5000, rows, 40);
  assert.deepEqual(told[3], { objective: 'p(99)<250', value: null, ok: null, reason: null });
  assert.deepEqual([told[4]!.ok, told[4]!.value], [true, 100]);
  const broken = told.findIndex(({ ok }) => ok === false);
  assert.equal(broken, 12);
  assert.equal(told[broken]!.reason, 'p(99)<250 broke from 8 s to 13 s: it was 410 ms.');
  assert.deepEqual(told.at(-1), told[broken]);
});

test('a run does not end for a few early failures', () => {
  const failure = (second: number): Row => row(WARMUP + second * 1000, 0, { outcome: 'failed' });
  const good = even(0, 20, 20, 10);
  assert.equal(watched({ objective: 'rate<0.01' }, [...good, failure(0.5), failure(0.6)], 20), null);
  const many = [...good, ...even(5, 20, 5, 0, { outcome: 'failed' })];
  // Of 125 requests after 6 s five failed, which at 1 % may be chance at 99.9 %. Ten of 150 after 7 s are not.
  assert.equal(watched({ objective: 'rate<0.01' }, many, 20)?.[0], 7);
});
