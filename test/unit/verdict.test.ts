import assert from 'node:assert/strict';
import test from 'node:test';
import type { GeneratorFacts } from '../../src/load/measure/generator-trouble.ts';
import { judgeObjective } from '../../src/load/measure/judged-objective.ts';
import { parseObjective } from '../../src/load/measure/objective.ts';
import { judge, type VerdictFacts } from '../../src/load/measure/verdict.ts';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { ResolvedPlan } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { runExitCode } from '../../src/report/exit-code.ts';
import type { RunDocument, Verdict } from '../../src/runs/run-document.ts';
import { dataOf, type Row, row } from '../support/measured-rows.ts';
import { documentOf } from '../support/stored-run.ts';

const REQUEST = { url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null } as const;

function planOf(load: Load, more: Partial<ResolvedPlan> = {}): ResolvedPlan {
  return { ...resolvePlan(plainPlan(REQUEST), load), ...more };
}

const healthy: GeneratorFacts = {
  lateness: { p50: 0.1, p99: 1.2 },
  poolWait: { p50: 0.02, p99: 0.1 },
  generators: 1,
  cpu: 0.3,
  starved: 0.01,
  gc: { max: 4, share: 0.002 },
  stalls: [2],
  fds: { used: 90, limit: 1024 },
  ports: { used: 80, available: 28_232 },
  capacity: 20_000,
};

/** 200 requests a second for 10 s, of which each took 20 ms and the slowest 60. */
const fine: VerdictFacts = {
  load: {
    planned: 2000,
    dispatched: 2000,
    completed: 2000,
    failed: 0,
    dropped: 0,
    interrupted: 0,
    rate: { asked: 200, got: 200 },
  },
  askedPeak: 200,
  latency: { count: 2000, min: 18, mean: 22, p50: 20, p90: 25, p95: 30, p99: 60, p999: null, max: 80 },
  answerTime: 22,
  unloaded: 19,
  streams: 1,
  connectFailures: 0,
  broken: null,
  health: healthy,
  objectives: [],
  aborted: null,
  seconds: 10,
};

const open = planOf(steadyRate(200, 10_000));
const closed = planOf(steadyUsers(16, 10_000));
const withHealth = (more: Partial<GeneratorFacts>, facts: Partial<VerdictFacts> = {}): VerdictFacts => ({
  ...fine,
  ...facts,
  health: { ...healthy, ...more },
});
const withLoad = (more: Partial<VerdictFacts['load']>): VerdictFacts['load'] => ({ ...fine.load, ...more });
const sentence = (facts: VerdictFacts, plan = open): string => judge(plan, facts).sentence;
const status = (facts: VerdictFacts, plan = open): string => judge(plan, facts).status;

const late = { lateness: { p50: 0.5, p99: 38 } };

test('a late schedule makes a run void, and the sentence says why and what to change', () => {
  const cases: [Partial<GeneratorFacts>, Partial<VerdictFacts>, string][] = [
    [
      { ...late, starved: 0.45, cpu: 0.49 },
      {},
      'Tailflame sent late (p99 38 ms): it got a core only 52 % of the time it wanted one. Stop what else runs, or ask for a lower rate.',
    ],
    [
      { ...late, cpu: 0.97 },
      {},
      'Tailflame sent late (p99 38 ms): its own CPU was at 97 % of a core. Use --generators 2, or a lower rate.',
    ],
    [
      { ...late, cpu: 1.9, generators: 2 },
      {},
      "Tailflame sent late (p99 38 ms): its 2 generators' CPU was at 95 % of a core each. Use --generators 4, or a lower rate.",
    ],
    [
      { ...late, cpu: null, capacity: 50_000 },
      { askedPeak: 90_000 },
      'Tailflame sent late (p99 38 ms): it was asked for 90,000 requests a second, and manages about 50,000 on this machine. Use --generators 2, or a lower rate.',
    ],
    [
      { ...late, gc: { max: 45, share: 0.04 } },
      {},
      'Tailflame sent late (p99 38 ms): collecting garbage stopped it for up to 45 ms. Use --generators 2, or a lower rate.',
    ],
    // One pause of 45 ms in 10 s cannot make one of a hundred requests late.
    [
      { ...late, gc: { max: 45, share: 0.005 }, starved: null },
      {},
      "Tailflame sent late (p99 38 ms). Ask for a lower rate, or free this machine's CPU.",
    ],
    [
      { lateness: { p50: 2.5, p99: 6 }, cpu: null, gc: null, capacity: null, starved: null },
      {},
      "Tailflame sent late (p50 2.5 ms). Ask for a lower rate, or free this machine's CPU.",
    ],
  ];
  for (const [health, facts, expected] of cases) {
    const verdict = judge(open, withHealth(health, facts));
    assert.deepEqual(verdict, { status: 'void', sentence: `Not valid: ${expected}`, reasons: [expected] });
  }
});

test('a generator that could not go on makes a run void, whatever was answered until then', () => {
  const broken = 'A generator was ended by SIGKILL before it was done.';
  const reasons = [broken];
  assert.deepEqual(judge(open, { ...fine, broken }), { status: 'void', sentence: `Not valid: ${broken}`, reasons });
});

test('a generator that is busy but on time is fit', () => {
  const half = { cpu: 0.55, starved: 0.04, lateness: { p50: 0.4, p99: 9 }, gc: { max: 30, share: 0.02 } };
  assert.equal(status(withHealth(half)), 'measured');
  assert.equal(status(withHealth({ cpu: 0.99, starved: 0.2 })), 'measured');
  assert.equal(status(withHealth({ capacity: 150 })), 'measured', 'measured beats calibrated');
  // Of a slow server's latency even 38 ms of lateness is a small part.
  const slow = { ...fine.latency, p50: 400, p99: 900 };
  assert.equal(status(withHealth(late, { latency: slow })), 'measured');
  // Of few requests it is late where the highest percentile is that is told of them.
  const few = { ...fine.latency, count: 100, p99: null };
  const lateTail = (p95: number): Partial<GeneratorFacts> => ({ lateness: { p50: 0.1, p90: 0.2, p95, p99: null } });
  assert.equal(status(withHealth(lateTail(9), { latency: few })), 'measured');
  assert.match(sentence(withHealth(lateTail(15), { latency: few })), /sent late \(p95 15 ms\)/);
  assert.equal(status(withHealth(lateTail(15), { latency: { ...few, p95: 90 } })), 'measured');
  const fewer = { ...few, count: 60, p95: null };
  assert.equal(status(withHealth(lateTail(15), { latency: fewer })), 'measured');
  const hardlyAny = { ...fewer, count: 20, p90: null };
  const lateTypical = { lateness: { p50: 3, p99: null } };
  assert.equal(status(withHealth(lateTail(15), { latency: hardlyAny })), 'measured');
  assert.match(sentence(withHealth(lateTypical, { latency: hardlyAny })), /sent late \(p50 3 ms\)/);
});

test('a closed loop is void where its generator never rested', () => {
  const facts = { askedPeak: null, load: withLoad({ planned: null, rate: { asked: null, got: 9000 } }) };
  assert.equal(
    sentence(withHealth({ cpu: 0.97 }, facts), closed),
    'Not valid: Tailflame was the bottleneck: its own CPU was at 97 % of a core. Use --generators 2, or fewer users.',
  );
  assert.match(sentence(withHealth({ cpu: 0.6, starved: 0.39 }, facts), closed), /it got a core only 61 % of the time/);
  assert.equal(status(withHealth({ cpu: 0.8, starved: 0.1 }, facts), closed), 'measured');
  assert.equal(status(withHealth({ cpu: 0.97, generators: 2 }, facts), closed), 'measured');
  assert.equal(status(withHealth({ cpu: null, starved: null }, facts), closed), 'measured');
  // It has no schedule to be late for.
  assert.equal(status(withHealth({ ...late }, facts), closed), 'measured');
});

test('a closed loop is void where its generator stood still for a good part of the p99, and so often that it is made of that', () => {
  // 16 users who do not think: two stalls are in 32 of 2,000 requests, one in 16.
  const load = withLoad({ planned: null, rate: { asked: null, got: 200 } });
  const facts = { askedPeak: null, answerTime: 80, load };
  assert.equal(
    sentence(withHealth({ stalls: [2, 320, 0, 80] }, facts), closed),
    'Not valid: Tailflame itself stood still for up to 320 ms, and 2 % of the requests seem to have taken as long. ' +
      'Keep the machine awake and its CPU free, and run again.',
  );
  assert.equal(status(withHealth({ stalls: [2, 320] }, facts), closed), 'measured');
  assert.equal(status(withHealth({ stalls: [45, 45] }, facts), closed), 'measured');
  assert.equal(status(withHealth({ stalls: [] }, facts), closed), 'measured');
  assert.equal(
    status(withHealth({ stalls: [320, 320], generators: 2 }, facts), closed),
    'measured',
    'half of the users each',
  );
  const slow = { ...fine.latency, p99: 2000 };
  assert.equal(status(withHealth({ stalls: [320, 320] }, { ...facts, latency: slow }), closed), 'measured');
  // Of users who think most wait for nothing: two stalls are in 9 of 2,000 requests, five in 22.
  const thinking = { ...facts, answerTime: 22 };
  assert.equal(status(withHealth({ stalls: [320, 320] }, thinking), closed), 'measured');
  assert.equal(status(withHealth({ stalls: [320, 320, 320, 320, 320] }, thinking), closed), 'void');
  // Streams go on after their first token.
  const ttft = { ...fine.latency, mean: 4 };
  assert.equal(status(withHealth({ stalls: [320, 320] }, { ...facts, latency: ttft }), closed), 'void');
  // An open load is late for it.
  assert.equal(status(withHealth({ stalls: [320, 320] })), 'measured');
});

test('too few connections for the rate make a run void, and it says how many to use', () => {
  const waiting = { poolWait: { p50: 300, p99: 900 } };
  // 200/s × 100 ms: 20 under way at once.
  const facts = withHealth(waiting, { unloaded: 100 });
  assert.equal(
    sentence(facts, { ...open, connections: 4 }),
    'Not valid: Tailflame ran out of connections (4). Use 31.',
  );
  assert.equal(status(facts, { ...open, connections: 20 }), 'measured');
  assert.equal(status({ ...facts, streams: 100 }, { ...open, connections: 1 }), 'measured');
  assert.equal(sentence({ ...facts, streams: 4 }, { ...open, connections: 4 }).at(-2), '9');
  assert.equal(status(withHealth({}, { unloaded: 100 }), { ...open, connections: 4 }), 'measured', 'nothing waited');
  // A ramp needs them at its highest.
  assert.equal(status({ ...facts, askedPeak: 400 }, { ...open, connections: 30 }), 'void');
});

test('a server that got slow is its own result, whatever filled up for it', () => {
  const slow: VerdictFacts = {
    ...withHealth({ poolWait: { p50: 4000, p99: 9000 } }),
    // 50 a second is all it manages, with every connection busy and latencies of seconds.
    load: withLoad({ completed: 1500, failed: 300, dropped: 200, rate: { asked: 200, got: 50 } }),
    latency: { ...fine.latency, p50: 5000, p99: 12_000, max: 14_000 },
    unloaded: 19,
    connectFailures: 0,
  };
  for (const plan of [
    { ...open, connections: 8 },
    { ...open, connections: 256 },
    { ...open, maxInFlight: 10 },
  ]) {
    assert.equal(
      sentence(slow, plan),
      'Measured: the server did not keep up, it answered 50 of 200 requests a second, 300 of them failed, 200 more could not be sent.',
    );
  }
  const crowded = { fds: { used: 1000, limit: 1024 }, ports: { used: 28_000, available: 28_232 } };
  assert.equal(status({ ...slow, health: { ...slow.health, ...crowded } }), 'measured');
});

test('a cap on what is in flight makes a run void where even a fast server would meet it', () => {
  const load = withLoad({ dispatched: 1000, completed: 1000, dropped: 1000, rate: { asked: 200, got: 100 } });
  const facts = { ...fine, unloaded: 100, load };
  assert.equal(
    sentence(facts, { ...open, maxInFlight: 10 }),
    'Not valid: Tailflame dropped 1,000 requests, because no more than 10 may be in flight and this load needs about 20. Set maxInFlight to 31.',
  );
  assert.equal(status(facts, { ...open, maxInFlight: 20 }), 'measured');
  assert.equal(status({ ...facts, load: fine.load }, { ...open, maxInFlight: 10 }), 'measured', 'none was dropped');
  // Who thinks is in flight too: 200/s × (100 ms + 1 s).
  const [scenario] = open.scenarios;
  const thinking = { ...scenario!, steps: scenario!.steps.map((step) => ({ ...step, think: [500, 1500] as const })) };
  assert.match(sentence(facts, { ...open, scenarios: [thinking], maxInFlight: 100 }), /needs about 220/);
});

test('descriptors and ports that ran out make a run void', () => {
  const failing = { load: withLoad({ completed: 1900, failed: 100 }), connectFailures: 100 };
  assert.equal(
    sentence(withHealth({ fds: { used: 1024, limit: 1024 } }, failing)),
    'Not valid: Tailflame ran out of file descriptors (1024 of 1024), and 100 connections could not be made. Raise the limit, such as with ulimit -n 4096, or use fewer connections.',
  );
  const ports = withHealth({ ports: { used: 28_232, available: 28_232 } }, failing);
  assert.equal(
    sentence(ports),
    'Not valid: This machine ran out of local ports (28,232 of 28,232), and 100 connections could not be made. Use fewer connections, a lower rate, or a server that keeps connections open.',
  );
  assert.match(sentence(ports, { ...open, target: { ...open.target, keepAlive: false } }), /Set keepAlive: true/);
  assert.equal(status(withHealth({ fds: { used: 500, limit: 1024 } }, failing)), 'measured');
  assert.equal(status(withHealth({ fds: null, ports: null }, failing)), 'measured');
  // Even where nothing was answered for it.
  const dead = { load: withLoad({ completed: 0, failed: 2000 }), connectFailures: 2000 };
  assert.equal(status(withHealth({ fds: { used: 1020, limit: 1024 } }, dead)), 'void');
});

test('void before failed before inconclusive before passed before measured', () => {
  const upTo = (n: number): Row[] => Array.from({ length: n }, (_, i) => row((i * 10_000) / n, i + 1));
  const over = (texts: string[], rows: Row[]): VerdictFacts['objectives'] =>
    texts.map((text) => judgeObjective(parseObjective(text), dataOf(rows)));
  const all = { ...fine, objectives: over(['max<2000', 'p(95)<955', 'p(95)<900', 'p(50)<9'], upTo(1000)) };
  assert.equal(status({ ...all, health: { ...healthy, ...late } }), 'void');
  assert.deepEqual(judge(open, all), {
    status: 'failed',
    sentence: 'Failed: p(95)<900 does not hold: it was 950 ms.',
    reasons: ['p(95)<900 does not hold: it was 950 ms.', 'p(50)<9 does not hold: it was 500 ms.'],
  });
  assert.deepEqual(judge(open, { ...fine, objectives: over(['max<2000', 'p(95)<955'], upTo(1000)) }), {
    status: 'inconclusive',
    sentence: "Can't tell yet: p95 is 936–964 ms, the limit 955. 70 s more may decide.",
    reasons: ['p95 is 936–964 ms, the limit 955. 70 s more may decide.'],
  });
  const passed = { ...fine, objectives: over(['max<2000', 'p(95)<999'], upTo(1000)) };
  assert.deepEqual(judge(open, passed), { status: 'passed', sentence: 'Passed: max<2000, p(95)<999.', reasons: [] });
  assert.equal(
    sentence({ ...passed, load: withLoad({ completed: 1000, failed: 1000 }) }),
    'Passed: max<2000, p(95)<999. 1,000 of 2,000 requests failed.',
  );
  assert.equal(
    sentence({ ...passed, load: withLoad({ interrupted: 12 }) }),
    'Passed: max<2000, p(95)<999. 12 more had no answer yet when the run ended.',
  );
  assert.equal(sentence(fine), 'Measured: 2,000 requests in 10 s.');
  assert.equal(
    sentence({ ...fine, load: withLoad({ interrupted: 1 }) }),
    'Measured: 2,000 requests in 10 s, 1 more had no answer yet when the run ended.',
  );
});

test('a run that was ended early has failed for it', () => {
  const aborted = 'p(99)<250 broke from 12 s to 22 s: it was 410 ms.';
  const [unsure] = [judgeObjective(parseObjective('p(99)<250'), dataOf([row(1, 1)]))];
  assert.equal(sentence({ ...fine, aborted, objectives: [unsure] }), `Failed: ${aborted} The run was stopped then.`);
});

test('nothing answered is the server’s failure, however late the few were sent', () => {
  const dead = withHealth(
    { lateness: { p50: 3, p99: 30 } },
    { load: withLoad({ completed: 0, failed: 1990, dropped: 10 }) },
  );
  assert.equal(sentence({ ...dead, unloaded: null }), 'Failed: none of 2,000 requests was answered.');
  const nothing = withLoad({ planned: 0, dispatched: 0, completed: 0 });
  assert.equal(sentence({ ...fine, unloaded: null, load: nothing }), 'Nothing was sent.');
});

test('a run that somebody stopped ends with 130, and one whose generator died with that of its verdict', () => {
  const codeOf = (status: Verdict['status'], state: RunDocument['state'], stopped: boolean): number =>
    runExitCode(documentOf({ state, verdict: { status, sentence: '', reasons: [] } }), stopped);
  assert.equal(codeOf('void', 'interrupted', false), 98);
  assert.equal(codeOf('void', 'interrupted', true), 130);
  assert.equal(codeOf('passed', 'interrupted', false), 130);
  // Asked for when the load had ended, it cut nothing short.
  assert.equal(codeOf('passed', 'finished', true), 0);
});
