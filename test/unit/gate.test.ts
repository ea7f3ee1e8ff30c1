import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ComparedFigure, judgedFigures } from '../../src/find/compared-figure.ts';
import type { GateFigure } from '../../src/find/gate-document.ts';
import { type FigureSample, judgeFigures, type Method, statusOf } from '../../src/find/gate-judgement.ts';
import { changeText, gateSentence } from '../../src/find/gate-sentence.ts';
import { lookLevels } from '../../src/find/look-levels.ts';
import { differenceBounds, middleDifference } from '../../src/find/signed-rank.ts';
import { readBaseline, storedBaseline, whyApart } from '../../src/find/stored-baseline.ts';
import { normals } from '../../src/load/arrivals/gaps.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import type { Latency, RunDocument } from '../../src/runs/run-document.ts';
import { documentOf } from '../support/stored-run.ts';

const TOLERANCE = { times: 0.1, failures: 0.01 };
const LEVELS = lookLevels([0.6, 0.8, 1], 0.025);

function latency(p50: number, p99: number | null, count = 400): Latency {
  return { count, min: 1, mean: p50, p50, p90: p50 * 1.5, p95: p50 * 1.7, p99, p999: null, max: p50 * 4 };
}

function segment(p50: number, p99: number | null, failed = 0): RunDocument {
  const run = documentOf({ latency: latency(p50, p99, p99 === null ? 300 : 400) });
  return { ...run, load: { ...run.load, completed: 400 - failed, failed } };
}

interface MeasuredPair {
  readonly baseline: RunDocument;
  readonly candidate: RunDocument;
}

/** Pairs whose latencies wander together, as those of one machine do, and vary for each by itself. */
function pairsOf(seed: number, count: number, times: { readonly p50: number; readonly p99: number }): MeasuredPair[] {
  const normal = normals(seededRandom(seed));
  let drift = 0;
  return Array.from({ length: count }, () => {
    drift += 0.05 * normal();
    const one = (factor: typeof times): RunDocument =>
      segment(
        20 * factor.p50 * Math.exp(drift + 0.04 * normal()),
        80 * factor.p99 * Math.exp(drift + 0.08 * normal()),
        Math.max(0, Math.round(2 + normal())),
      );
    return { baseline: one({ p50: 1, p99: 1 }), candidate: one(times) };
  });
}

const FIGURES: readonly ComparedFigure[] = judgedFigures([segment(20, 80), segment(20, 80)]).figures;

const differencesOf = (before: readonly number[], now: readonly number[]): number[] =>
  now.map((value, at) => value - before[at]!);
const BY_PAIRS: Method = {
  middle: (before, now) => middleDifference(differencesOf(before, now)),
  bounds: (before, now, miss) => differenceBounds(differencesOf(before, now), miss),
};

function judged(pairs: readonly MeasuredPair[], miss: number): GateFigure[] {
  const samples = FIGURES.map((figure): FigureSample => {
    const of = (build: keyof MeasuredPair): number[] => pairs.map((pair) => figure.of(pair[build])!);
    return { figure, baseline: of('baseline'), candidate: of('candidate') };
  });
  return judgeFigures(samples, BY_PAIRS, TOLERANCE, miss);
}

/** As the gate looks at it: after 12, 16 and 20 pairs. */
function verdict(seed: number, times: { readonly p50: number; readonly p99: number }): string {
  const pairs = pairsOf(seed, 20, times);
  for (const [look, count] of [12, 16, 20].entries()) {
    const status = statusOf(judged(pairs.slice(0, count), LEVELS[look]!));
    if (status !== 'inconclusive') return status;
  }
  return 'inconclusive';
}

function verdicts(times: { readonly p50: number; readonly p99: number }): Record<string, number> {
  const counts: Record<string, number> = { passed: 0, failed: 0, inconclusive: 0 };
  for (let seed = 1; seed <= 300; seed++) counts[verdict(seed, times)]!++;
  return counts;
}

describe('a gate', () => {
  test('passes builds that are the same, and hardly ever fails one', () => {
    const counts = verdicts({ p50: 1, p99: 1 });
    assert.ok(counts['passed']! >= 270 && counts['failed']! <= 3, JSON.stringify(counts));
  });

  test('errs as seldom as promised where a build is just as much worse as is allowed', () => {
    const counts = verdicts({ p50: 1.1, p99: 1.1 });
    // Either of two figures may fail it, with 2.5 % together; both have to pass, with 2.5 % at the most.
    assert.ok(counts['failed']! <= 15 && counts['passed']! <= 15, JSON.stringify(counts));
  });

  test('fails what is a quarter slower, in the median or in the tail alone, and names it', () => {
    assert.ok(verdicts({ p50: 1.25, p99: 1.25 })['failed']! >= 290);
    assert.ok(verdicts({ p50: 1, p99: 1.3 })['failed']! >= 270);
    const figures = judged(pairsOf(3, 20, { p50: 1, p99: 1.3 }), 0.025);
    assert.deepEqual(
      figures.map(({ figure, status }) => [figure, status]),
      [
        ['latency p50', 'passed'],
        ['latency p99', 'failed'],
        ['failures', 'passed'],
      ],
    );
    assert.match(
      gateSentence({ status: 'failed', figures }),
      /^latency p99 is \d\d % slower \(\d\d to \d\d %\), and more than 10 % is not allowed$/,
    );
  });

  test('fails what fails more, by points', () => {
    const pairs = Array.from({ length: 12 }, (_, at) => ({
      baseline: segment(20, 80, at % 3),
      candidate: segment(20, 80, 20 + (at % 4)),
    }));
    const failures = judged(pairs, LEVELS[0]!).at(-1)!;
    assert.equal(failures.status, 'failed');
    assert.ok(Math.abs(failures.change! - 0.05) < 0.004, `${failures.change}`);
    assert.match(changeText(failures), /^5\.\d points more \(4\.\d to 5\.\d\)$/);
  });

  test('judges the highest percentile that segments support, and says which they do not', () => {
    const short = segment(20, null);
    const { figures, notJudged } = judgedFigures([short, segment(20, 80)]);
    assert.deepEqual(
      figures.map(({ name }) => name),
      ['latency p50', 'latency p95', 'failures'],
    );
    assert.deepEqual(notJudged, [
      'latency p99: a segment has 300 answers, and it takes 368: more time, or a higher rate.',
    ]);
  });

  test('cannot tell where nothing was measured', () => {
    const figures = judged([], 0.025);
    assert.equal(statusOf(figures), 'inconclusive');
    assert.match(gateSentence({ status: 'inconclusive', figures }), /^cannot tell: /);
  });
});

describe('a stored baseline', () => {
  const how = { segment: 4000, load: { model: 'open' as const, level: 60 } };
  const segments = [20.1234, 21, 19.5].map((p50) => segment(p50, 80));
  const file = JSON.stringify(storedBaseline(segments, how));

  test('has the figures of every segment, and is read as it was written', () => {
    const read = readBaseline(file, 'plan.baseline.json');
    assert.deepEqual(read.figures['latency p50'], [20.123, 21, 19.5]);
    assert.deepEqual(read.figures['failures'], [0, 0, 0]);
    assert.deepEqual([read.segment, read.load], [4000, { model: 'open', level: 60 }]);
    assert.equal(whyApart(read, segments[0]!, how), null);
  });

  test('of another machine, or another load, is no baseline', () => {
    const read = readBaseline(file, 'plan.baseline.json');
    const { environment } = segments[0]!;
    const moved = { ...segments[0]!, environment: { ...environment, cpus: 64 } };
    assert.equal(
      whyApart(read, moved, how),
      `the baseline was measured otherwise: machine.cpus was ${environment.cpus} and is 64`,
    );
    const faster = { ...how, load: { ...how.load, level: 90 } };
    assert.match(whyApart(read, segments[0]!, faster)!, /load\.level was 60 and is 90$/);
  });

  test('that is none is refused with its name and what to do', () => {
    assert.throws(() => readBaseline('{', 'x.json'), /^PlanError: x\.json is no baseline: /);
    assert.throws(
      () => readBaseline(JSON.stringify({ ...JSON.parse(file), segment: -1 }), 'x.json'),
      /x\.json is no baseline: segment: .* Make one with tailflame gate … --write-baseline FILE\.$/,
    );
  });
});
