import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { BuildGone } from '../../src/find/build-gone.ts';
import { type ComparedFigure, judgedFigures } from '../../src/find/compared-figure.ts';
import { fingerprint, machineOf } from '../../src/find/conditions.ts';
import { Gate } from '../../src/find/gate.ts';
import type { GateDocument, GateFigure } from '../../src/find/gate-document.ts';
import { type FigureSample, judgeFigures, type LookMiss, statusOf } from '../../src/find/gate-judgement.ts';
import { GateLevels } from '../../src/find/gate-levels.ts';
import { changeText, gateSentence } from '../../src/find/gate-sentence.ts';
import type { GateSide } from '../../src/find/gate-side.ts';
import { lookLevels } from '../../src/find/look-levels.ts';
import { NotReliable } from '../../src/find/not-reliable.ts';
import { BY_PAIRS } from '../../src/find/paired-builds.ts';
import type { MadeRun } from '../../src/find/probe-runner.ts';
import { longerSegments, segmentLength } from '../../src/find/segment-runner.ts';
import { contentsOf } from '../../src/find/sent-files.ts';
import { readBaseline, storedBaseline, whyApart } from '../../src/find/stored-baseline.ts';
import { normals } from '../../src/load/arrivals/gaps.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan, ResolvedPlan } from '../../src/load/plan/plan.ts';
import { gateExitCode } from '../../src/report/exit-code.ts';
import type { GateChoice } from '../../src/report/gate-outcome.ts';
import { gateText } from '../../src/report/gate-text.ts';
import type { Environment, Latency, RunDocument } from '../../src/runs/run-document.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { documentOf } from '../support/stored-run.ts';

const TOLERANCE = { times: 0.1, failures: 0.01 };
const FAIL_ALL: GateChoice = { inconclusive: 'fail', void: 'fail' };
const FRACTIONS = [0.6, 0.8, 1];
/** Three figures are judged. */
const FAIL = lookLevels(FRACTIONS, 0.025 / 3);
const LEVELS = lookLevels(FRACTIONS, 0.025).map((pass, look) => ({ pass, fail: FAIL[look]! }));

function latency(p50: number, p99: number | null, count = 500): Latency {
  return { count, min: 1, mean: p50, p50, p90: p50 * 1.5, p95: p50 * 1.7, p99, p999: null, max: p50 * 4 };
}

function segment(p50: number, p99: number | null, failed = 0): RunDocument {
  const run = documentOf({ latency: latency(p50, p99, p99 === null ? 300 : 500) });
  return { ...run, load: { ...run.load, completed: 500 - failed, failed } };
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

const FIGURES: readonly ComparedFigure[] = judgedFigures([segment(20, 80), segment(20, 80)], () => '').figures;

function judged(pairs: readonly MeasuredPair[], miss: LookMiss): GateFigure[] {
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
    const status = statusOf(judged(pairs.slice(0, count), LEVELS[look]!), []);
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
    const figures = judged(pairsOf(3, 20, { p50: 1, p99: 1.3 }), LEVELS[2]!);
    assert.deepEqual(
      figures.map(({ figure, status }) => [figure, status]),
      [
        ['latency p50', 'passed'],
        ['latency p99', 'failed'],
        ['failures', 'passed'],
      ],
    );
    assert.match(
      gateSentence('failed', figures, []),
      /^failed: latency p99 \d\d % slower \(\d\d to \d\d %\), and more than 10 % is not allowed$/,
    );
  });

  test('fails what fails more, by points', () => {
    const pairs = Array.from({ length: 12 }, (_, at) => ({
      baseline: segment(20, 80, at % 3),
      candidate: segment(20, 80, 25 + (at % 4)),
    }));
    const failures = judged(pairs, LEVELS[0]!).at(-1)!;
    assert.equal(failures.status, 'failed');
    assert.ok(Math.abs(failures.change! - 0.05) < 0.004, `${failures.change}`);
    assert.match(changeText(failures), /^5\.\d points more \(4\.\d to 5\.\d\)$/);
  });

  test('does not pass what failed in few segments, but wholly', () => {
    const pairs = Array.from({ length: 20 }, (_, at) => ({
      baseline: segment(20, 80),
      candidate: segment(20, 80, at < 2 ? 500 : 0),
    }));
    const failures = judged(pairs, LEVELS[2]!).at(-1)!;
    assert.equal(failures.status, 'inconclusive');
    assert.ok(Math.abs(failures.candidate! - 0.1) < 1e-9, `${failures.candidate}`);
  });

  test('does not pass for want of any latency, nor with one that is 0', () => {
    const failures = { figure: { name: 'failures', unit: 'share' as const }, baseline: new Array<number>(20).fill(0) };
    const same = { ...failures, candidate: failures.baseline };
    assert.equal(statusOf(judgeFigures([same], BY_PAIRS, TOLERANCE, LEVELS[2]!), []), 'inconclusive');
    const zero = { ...same, figure: { name: 'latency p50', unit: 'ms' as const } };
    const [judgedZero] = judgeFigures([zero], BY_PAIRS, TOLERANCE, LEVELS[2]!);
    assert.deepEqual([judgedZero!.change, judgedZero!.status], [null, 'inconclusive']);
  });

  test('judges the highest percentile that segments support, and says which they do not', () => {
    const short = segment(20, null);
    const { figures, notJudged } = judgedFigures([short, segment(20, 80)], (times) => `${times.toFixed(3)} times`);
    assert.deepEqual(
      figures.map(({ name }) => name),
      ['latency p50', 'latency p95', 'failures'],
    );
    // Three standard deviations more than it takes: 405 + 60.4.
    assert.deepEqual(notJudged, ['latency p99: a segment has 300 answers, and it takes 405: 1.551 times.']);
    const single = { ...short, latency: { ...short.latency, count: 1 } };
    const few = judgedFigures([single, single], (times) => `${times.toFixed(3)} times`);
    assert.deepEqual(
      few.figures.map(({ name }) => name),
      ['failures'],
    );
    const [, takes, times] = /^latency p50: a segment has 1 answer, and it takes (\d+): ([\d.]+) times\.$/.exec(
      few.notJudged[0]!,
    )!;
    assert.ok(Number(takes) >= 5 && Number(takes) < 20, takes);
    assert.equal(times, (Number(takes) + 3 * Math.sqrt(Number(takes))).toFixed(3));
  });

  test('advises a time in which segments are as long as that takes', () => {
    // 42 segments of 3 s in 200 s; 14 s are for warm-ups, and 60 s for a profile.
    const length = segmentLength(263_000, 42, 14_000 + 60_000);
    assert.equal(length, 3000);
    const advice = longerSegments(1.55, 263_000, 42, length);
    const [, time, load] = /^--time (\d+)s, or ([\d.]+) times the load$/.exec(advice)!;
    assert.equal(load, '1.6');
    const longer = segmentLength(1000 * Number(time), 42, 14_000 + 60_000);
    assert.ok(longer >= 1.55 * length && longer < 1.65 * length, `${longer} ms`);
  });

  test('cannot tell where nothing was measured', () => {
    const figures = judged([], LEVELS[2]!);
    assert.equal(statusOf(figures, []), 'inconclusive');
    assert.match(gateSentence('inconclusive', figures, []), /^cannot tell: /);
  });
});

/** 500 requests of a second, of which 20 take 90 ms and all others 5. */
function segmentOfTwentyBad(seed: number): Pick<MadeRun, 'document' | 'plan' | 'requests'> {
  const random = seededRandom(seed);
  const bad = new Set<number>();
  while (bad.size < 20) bad.add(Math.floor(500 * random()));
  const requests = Array.from({ length: 500 }, (_, index) => {
    return { start: 2 * index, end: 2 * index + (bad.has(index) ? 90 : 5), phase: 'measured' as const };
  });
  const document = documentOf({ phases: [{ phase: 'measured', start: 0, end: 1000 }] });
  return { document, plan: document.plan as ResolvedPlan, requests: placedRequests(requests) };
}

/** A side whose candidate is `slower` times as slow, in steps that take no time, which does `then` at a step. */
class FalseSide implements GateSide {
  readonly method = BY_PAIRS;
  readonly looks = [12, 16, 20];
  readonly against = 'http://127.0.0.1:1/';
  readonly segment = 1000;
  readonly step = 1;
  readonly profiling: number = 0;
  readonly levels: GateLevels;
  closed = false;
  readonly segments = {
    open: async () => {},
    close: async () => {
      this.closed = true;
    },
    stop: () => {},
  };
  readonly #pairs: MeasuredPair[];
  readonly #then: (step: number) => void;
  #measured = 0;

  constructor(slower: number, then: (step: number) => void = () => {}, objectives: readonly string[] = []) {
    this.levels = new GateLevels(objectives.map((objective) => ({ objective, window: null, abort: false, after: 0 })));
    this.#pairs = pairsOf(1, 20, { p50: slower, p99: slower });
    this.#then = then;
  }

  async answers(): Promise<null> {
    return null;
  }
  async settle(): Promise<string | null> {
    this.#then(0);
    return null;
  }
  async measure(step: number): Promise<void> {
    this.#then(step);
    this.levels.add(segmentOfTwentyBad(step));
    this.#measured++;
  }
  samples(): FigureSample[] {
    const pairs = this.#pairs.slice(0, this.#measured);
    return FIGURES.map((figure) => {
      const of = (build: keyof MeasuredPair): number[] => pairs.map((pair) => figure.of(pair[build])!);
      return { figure, baseline: of('baseline'), candidate: of('candidate') };
    });
  }
  async lineTimes(): Promise<string> {
    return 'The candidate has no profile.';
  }
  told() {
    return { pairs: [], runs: [], repeated: 0, notJudged: [] };
  }
}

function gateOf(side: GateSide, budget = 60_000): Gate {
  return new Gate({ side, candidate: 'http://127.0.0.1:2/', tolerance: TOLERANCE, budget, onNote: () => {} });
}

describe('a gate goes on until it is sure', () => {
  test('and ends at the first look where that is enough', async () => {
    let steps = 0;
    const side = new FalseSide(1.4, (step) => {
      steps = step;
    });
    const document = await gateOf(side).judge();
    assert.deepEqual([document.status, steps, side.closed], ['failed', 12, true]);
    assert.equal(gateExitCode(document, FAIL_ALL), 99);
    assert.match(
      gateText(document, '/srv', false),
      /✗ +latency p50 +\d+ ms +\d+ ms +\d\d % slower \(\d\d to \d\d %\) +\+10 %/,
    );
  });

  test('or the time is over, which it is not sure by then', async () => {
    const document = await gateOf(new FalseSide(1.1), 0).judge();
    assert.equal(document.status, 'inconclusive');
    assert.equal(gateExitCode(document, FAIL_ALL), 97);
  });

  test('a candidate that answers no longer has failed; of a baseline that does not nothing is known', async () => {
    const gone = (build: string) =>
      gateOf(
        new FalseSide(1, (step) => {
          if (step === 3) throw new BuildGone(build, 'Nothing listens there.');
        }),
      ).judge();
    const failed = await gone('candidate');
    assert.deepEqual(
      [failed.status, failed.sentence],
      ['failed', 'the candidate answers no longer: Nothing listens there'],
    );
    assert.equal((await gone('baseline')).status, 'inconclusive');
  });

  test('where the generator cannot be relied on it is void, and shows no figures', async () => {
    const side = new FalseSide(1, (step) => {
      if (step === 15) throw new NotReliable();
    });
    const document = await gateOf(side).judge();
    assert.deepEqual([document.status, document.figures, gateExitCode(document, FAIL_ALL)], ['void', [], 98]);
  });

  test('or it is stopped: then it says so, and that nothing was compared where nothing was', async () => {
    const stopped = (at: number): Promise<GateDocument> => {
      const gate: Gate = gateOf(
        new FalseSide(1.4, (step) => {
          if (step === at) gate.stop();
        }),
      );
      return gate.judge();
    };
    const document = await stopped(5);
    assert.deepEqual([document.sentence, gateExitCode(document, FAIL_ALL)], ['stopped before it could be told', 130]);
    await assert.rejects(stopped(0), /Stopped before anything was compared\./);
  });
});

test('a gate that is stopped while the builds are profiled keeps its verdict', async () => {
  const side = new (class extends FalseSide {
    override readonly profiling = 1;

    override async lineTimes(): Promise<string> {
      gate.stop();
      return 'Stopped.';
    }
  })(1.4);
  const gate: Gate = gateOf(side);
  const document = await gate.judge();
  const told = [document.status, document.profiled?.note, gateExitCode(document, FAIL_ALL)];
  assert.deepEqual(told, ['failed', 'Stopped.', 99]);
});

describe('the plan’s own objectives', () => {
  const judged = (slower: number, ...objectives: string[]): Promise<GateDocument> =>
    gateOf(new FalseSide(slower, () => {}, objectives)).judge();

  test('fail a gate where surely more requests are bad than may be, though nothing got slower', async () => {
    const document = await judged(0.9, 'p(97)<50');
    const [level] = document.levels;
    assert.deepEqual([document.status, level!.status], ['failed', 'failed']);
    assert.deepEqual([level!.count, level!.bad, level!.segments], [6000, 240, 12]);
    assert.ok(
      level!.interval[0]! > 0.03 && level!.interval[0]! < 0.04 && level!.interval[1]! > 0.04,
      `${level!.interval}`,
    );
    assert.match(document.sentence, /^failed: p\(97\)<50 missed by 4 % of requests \(3\.\d to 4\.\d %\), and 3 % may$/);
    assert.match(gateText(document, '/srv', false), /✗ +p\(97\)<50 +4 % +missed by 4 % of requests .*3 %/);
  });

  test('let it pass where surely fewer are, and keep it from passing where that is not sure', async () => {
    const passed = await judged(0.9, 'p(90)<50');
    assert.equal(passed.status, 'passed');
    assert.match(passed.sentence, /; p\(90\)<50 missed by 4 % of requests/);
    const unsure = await judged(0.9, 'p(96)<50');
    assert.equal(unsure.status, 'inconclusive');
    assert.match(unsure.sentence, /^cannot tell: p\(96\)<50 missed by 4 %/);
  });

  test('that no share of requests can miss are told as not judged', async () => {
    const document = await judged(0.9, 'avg<50');
    assert.deepEqual(document.levels, []);
    assert.match(document.notJudged[0]!, /^avg<50: It does not say how many/);
  });
});

describe('a stored baseline', () => {
  const load = steadyRate(60, 4000);
  const segments = [20.1234, 21, 19.5].map((p50) => segment(p50, 80));
  const plan = plainPlan({ url: 'http://127.0.0.1:8000/predict', method: 'POST', headers: {}, body: '{}' });
  const { environment } = segments[0]!;
  const sent = fingerprint(plan, new Map());
  const file = JSON.stringify(storedBaseline(segments, { sent, segment: 4000, load, code: null }));
  const read = () => readBaseline(file, 'plan.baseline.json');
  const apart = (now: { sent?: string; load?: Load; environment?: Environment }): string | null =>
    whyApart(read(), {
      plan: now.sent ?? sent,
      load: now.load ?? load,
      machine: machineOf(now.environment ?? environment),
    });

  test('has the figures of every segment, and is read as it was written', () => {
    const { figures, segment: length, load: held } = read();
    assert.deepEqual(figures['latency p50'], [20.123, 21, 19.5]);
    assert.deepEqual(figures['failures'], [0, 0, 0]);
    assert.deepEqual([length, held], [4000, load]);
    assert.equal(apart({}), null);
  });

  test('of another machine, another load or other requests is none', () => {
    assert.equal(
      apart({ environment: { ...environment, cpus: 64 } }),
      `the baseline was measured under other conditions: machine.cpus was ${environment.cpus} and is 64; make it anew with --write-baseline`,
    );
    assert.match(apart({ load: steadyRate(90, 4000) })!, /from was 60 and is 90/);
    assert.match(apart({ load: steadyRate(60, 4000, 'constant') })!, /arrivals was poisson and is constant/);
    const at = (url: string): string =>
      fingerprint(plainPlan({ url, method: 'POST', headers: {}, body: '{}' }), new Map());
    assert.equal(apart({ sent: at('http://127.0.0.1:9001/predict') }), null);
    assert.match(apart({ sent: at('http://127.0.0.1:9001/rank') })!, /other requests were sent/);
  });

  test('is of the same requests in whatever folder the plan lies, as long as its files are the same', () => {
    const [here, there] = [mkdtempSync(path.join(tmpdir(), 'here-')), mkdtempSync(path.join(tmpdir(), 'there-'))];
    const sentIn = (folder: string, rows: string): string => {
      const file = path.join(folder, 'items.csv');
      writeFileSync(file, rows);
      const own: Plan = { ...plan, data: { items: { file, order: 'sequence', end: 'repeat' } } };
      return fingerprint(own, contentsOf(own));
    };
    const first = sentIn(here, 'item\n1\n');
    assert.equal(sentIn(there, 'item\n1\n'), first);
    assert.notEqual(sentIn(here, 'item\n2\n'), first);
  });

  test('is of the same requests whatever is watched beside them, and of others where a value in them is another', () => {
    const target = { ...plan.target, logs: ['/var/log/server.log'], metrics: 'off' as const, attribution: true };
    assert.equal(fingerprint({ ...plan, target, environment: { HOST: 'a' } }, new Map()), sent);
    assert.notEqual(fingerprint({ ...plan, connections: 4 }, new Map()), sent);
    const [scenario] = plan.scenarios;
    const steps = scenario!.steps.map((step) => ({ ...step, headers: { 'x-model': '${env.MODEL}' } }));
    const of = (model: string): string =>
      fingerprint({ ...plan, scenarios: [{ ...scenario!, steps }], environment: { MODEL: model } }, new Map());
    assert.notEqual(of('small'), of('large'));
    const other = (value: string): string =>
      fingerprint({ ...plan, scenarios: [{ ...scenario!, steps }], environment: { MOD: value } }, new Map());
    assert.equal(other('a'), other('b'), 'the name of one that is sent begins like it');
  });

  test('is of other requests where steps are relative to another address', () => {
    const [scenario] = plan.scenarios;
    const steps = scenario!.steps.map((step) => ({ ...step, url: 'chat' }));
    const under = (url: string): string =>
      fingerprint({ ...plan, target: { ...plan.target, url }, scenarios: [{ ...scenario!, steps }] }, new Map());
    assert.notEqual(under('http://127.0.0.1:8000/v1/'), under('http://127.0.0.1:8000/v2/'));
    assert.equal(under('http://127.0.0.1:8000/v1/'), under('http://127.0.0.1:9001/v1/'));
  });

  test('that is none is refused with its name and what to do', () => {
    assert.throws(() => readBaseline('{', 'x.json'), /^PlanError: x\.json is no baseline: .* Make one with /);
    assert.throws(
      () => readBaseline(JSON.stringify({ ...JSON.parse(file), segment: -1 }), 'x.json'),
      /x\.json is no baseline: segment: .* Make one with tailflame gate … --write-baseline FILE\.$/,
    );
    assert.throws(
      () => readBaseline(JSON.stringify({ ...JSON.parse(file), schema: 'tailflame.baseline/1' }), 'x.json'),
      /^PlanError: x\.json was made by an older Tailflame; make it anew with --write-baseline\.$/,
    );
  });
});
