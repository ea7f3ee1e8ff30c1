import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { View } from '../../src/correlate/views/view.ts';
import type { ViewMaterial } from '../../src/correlate/views/view-material.ts';
import { weighView } from '../../src/correlate/views/weigh-view.ts';
import { WAITING } from '../../src/profile/profile.ts';
import type { GpuActivity } from '../../src/telemetry/gpu-activity.ts';
import { halves, selfTimes } from '../support/halves.ts';
import { placedActivity } from '../support/placed-activity.ts';
import { type PlacedRequest, placedChunks, placedRequests } from '../support/placed-requests.ts';
import { simulateServer } from '../support/simulated-server.ts';

const NO_LIMITS = { latency: null, ttft: null, gap: null };

function materialOf(requests: readonly PlacedRequest[], more: Partial<ViewMaterial> = {}): ViewMaterial {
  const nothing = {
    chunks: [],
    gpus: [],
    limits: NO_LIMITS,
    steps: ['ask'],
    groups: [],
    phase: { start: 1000, end: 2000 },
  };
  return { profile: halves(), requests: placedRequests(requests), ...nothing, ...more };
}

/** Own time by function of what a view shows. */
function times(view: View, material: ViewMaterial): Record<string, number> {
  const weighed = weighView(view, material);
  assert.ok(!('missing' in weighed), 'missing' in weighed ? weighed.missing : '');
  return selfTimes(weighed.profile, weighed.weights);
}

function whyMissing(view: View, material: ViewMaterial): string {
  const weighed = weighView(view, material);
  assert.ok('missing' in weighed, JSON.stringify(view));
  return weighed.missing;
}

/** Quick ones of 10 ms one after another from 1000 ms on, so many that one more is the slowest 5 %. */
const QUICK = Array.from({ length: 18 }, (_, i) => ({ start: 1000 + i * 10, end: 1010 + i * 10 }));

describe('a view of all', () => {
  test('has what ran, of a thread also what it waited in', () => {
    const material = materialOf([]);
    assert.deepEqual(times({ kind: 'all' }, material), { load: 500, score: 400 });
    assert.deepEqual(times({ kind: 'thread', thread: '1:1' }, material), { load: 500, score: 500 });
    assert.match(whyMissing({ kind: 'thread', thread: '2:9' }, material), /has no thread 2:9/);
  });

  test('of one thread of several has what that one did', () => {
    const profile = halves();
    const { samples } = profile;
    const threads = [...profile.threads, { pid: 1, id: '2', name: 'scorer' }];
    // `score` runs and waits in the second: two of three samples.
    const thread = samples.thread.map((_, row) => Number(row % 3 > 0));
    const material = materialOf([], { profile: { ...profile, threads, samples: { ...samples, thread } } });
    assert.deepEqual(times({ kind: 'thread', thread: '1:1' }, material), { load: 500 });
    assert.deepEqual(times({ kind: 'thread', thread: '1:2' }, material), { score: 500 });
  });

  test('of a stretch has the self times of just that stretch', () => {
    const material = materialOf([]);
    assert.deepEqual(times({ kind: 'all', from: 1200, to: 1500 }, material), { load: 150, score: 120 });
    assert.deepEqual(times({ kind: 'all', from: 1230, to: 1355 }, material), { load: 70, score: 45 }, 'edges in part');
    assert.deepEqual(times({ kind: 'thread', thread: '1:1', from: 1230, to: 1355 }, material), { load: 70, score: 55 });
    assert.match(whyMissing({ kind: 'all', from: 1190, to: 1200 }, material), /Nothing was sampled/, 'it only waited');
    assert.match(whyMissing({ kind: 'all', from: 0, to: 1000 }, material), /Nothing was sampled/);
    const counted = materialOf([], { profile: halves('samples') });
    assert.deepEqual(times({ kind: 'all', from: 1225, to: 1450 }, counted), { load: 2, score: 2 });
  });

  test('of stretches that follow each other adds up to the whole, which is what the server did', () => {
    const server = simulateServer({ seed: 4, duration: 8000, rate: 120, arrivals: 'poisson', hz: 1000, merged: true });
    const material = materialOf([], { profile: server.profile });
    const whole = times({ kind: 'all' }, material);
    const parts = [0, 2000, 4000, 6000].map((from) => times({ kind: 'all', from, to: from + 2000 }, material));
    for (const [name, ms] of Object.entries(whole)) {
      const sum = parts.reduce((all, part) => all + (part[name] ?? 0), 0);
      assert.ok(Math.abs(sum - ms) < 1e-3, `${name}: ${sum} of ${ms}`);
    }
    parts.forEach((part, i) => {
      const [from, to] = [i * 2000, (i + 1) * 2000];
      const truth = server.segments
        .filter(({ path, running }) => running && path.at(-1) === 'multiply')
        .reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
      assert.ok(Math.abs(part['multiply']! / truth - 1) < 0.2, `multiply ran ${part['multiply']} of ${truth} ms`);
    });
  });
});

describe('a view of requests', () => {
  // In flight alone while `load` runs from 1400 on and `score` from 1450 on.
  const slow = { start: 1400, end: 1490 };

  test('has what ran while slow ones were in flight, and while others were', () => {
    const material = materialOf([...QUICK, slow]);
    assert.deepEqual(times({ kind: 'slow' }, material), { load: 50, score: 40 });
    assert.deepEqual(times({ kind: 'other' }, material), { load: 100, score: 70 });
    const weighed = weighView({ kind: 'slow' }, material);
    assert.ok(!('missing' in weighed));
    assert.deepEqual(weighed.support.waits, { counted: 1, of: 19, threshold: 90, isLimit: false, isTold: false });
  });

  test('of a stretch has what ran in it for slow ones, and nothing of the rest of a long sample', () => {
    // `load` stands from 1400 to 1450.
    const material = materialOf([...QUICK, { start: 1425, end: 1490 }]);
    assert.deepEqual(times({ kind: 'slow', over: 50, from: 1400, to: 1450 }, material), { load: 25 });
    assert.deepEqual(times({ kind: 'slow', over: 50, from: 1425, to: 1445 }, material), { load: 20 });
    assert.match(
      whyMissing({ kind: 'slow', over: 50, from: 1400, to: 1425 }, material),
      /^Nothing ran while they were in flight in that stretch/,
    );
  });

  test('divides a sample by how many of those in flight are slow', () => {
    // One slow one of four in flight.
    const three = Array.from({ length: 3 }, () => ({ start: 1400, end: 1450 }));
    const material = materialOf([...QUICK, ...three, { start: 1399, end: 1450 }]);
    assert.deepEqual(times({ kind: 'slow', over: 50 }, material), { load: 12.5 });
    assert.deepEqual(times({ kind: 'other', over: 50, from: 1400, to: 1450 }, material), { load: 37.5 });
  });

  test('takes the limit that an objective sets where enough are over it, or the one it says', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ start: 1300 + i, end: 1350 + i }));
    const material = materialOf([...QUICK, ...many], { limits: { ...NO_LIMITS, latency: 40 } });
    const weighed = weighView({ kind: 'slow' }, material);
    assert.ok(!('missing' in weighed));
    assert.deepEqual(weighed.support.waits, { counted: 25, of: 43, threshold: 40, isLimit: true, isTold: false });
    const own = weighView({ kind: 'slow', over: 9 }, material);
    assert.ok(!('missing' in own));
    assert.deepEqual(own.support.waits, { counted: 43, of: 43, threshold: 9, isLimit: true, isTold: false });
    assert.match(whyMissing({ kind: 'slow', over: 60 }, material), /None of them took so long/);
  });

  test('of a step or a group has those of it alone, whose slowest are its own', () => {
    const quick = QUICK.map((request) => ({ ...request, step: 0, group: 0 }));
    const other = [...QUICK.map((request) => ({ ...request, step: 1, group: 1 })), { ...slow, step: 1, group: 1 }];
    const names = { steps: ['ask', 'pay'], groups: ['small', 'large'] };
    const material = materialOf([...quick, ...other], names);
    assert.deepEqual(times({ kind: 'slow', step: 'pay' }, material), { load: 50, score: 40 });
    assert.deepEqual(times({ kind: 'slow', group: 'large' }, material), { load: 50, score: 40 });
    // All of its requests take 10 ms, so all are the slowest; half of the time they share with the other step's.
    assert.deepEqual(times({ kind: 'slow', step: 'ask' }, material), { load: 50, score: 35 });
    assert.match(whyMissing({ kind: 'slow', step: 'buy' }, material), /has no step buy. It has ask, pay\./);
    assert.match(whyMissing({ kind: 'slow', group: 'huge' }, material), /has no group huge. It has small, large\./);
    const unsplit = materialOf([slow]);
    assert.match(whyMissing({ kind: 'slow', group: 'large' }, unsplit), /its plan splits requests by no header/);
  });

  test('in a stretch has the slow ones of the whole run as far as they lie in it', () => {
    const material = materialOf([...QUICK, { start: 1400, end: 1800 }]);
    assert.deepEqual(times({ kind: 'slow', from: 1500, to: 1600 }, material), { load: 50, score: 40 });
    assert.match(whyMissing({ kind: 'slow', from: 1000, to: 1180 }, material), /in that stretch of time/);
    assert.ok(times({ kind: 'other', from: 1000, to: 1180 }, material)['load']! > 0);
  });

  test('counts the answered ones of the profiled phase', () => {
    const material = materialOf([...QUICK, { ...slow, outcome: 'timeout' }]);
    assert.equal(times({ kind: 'slow' }, material)['score'], 70);
    assert.match(whyMissing({ kind: 'slow' }, materialOf([])), /No request was answered/);
  });
});

describe('a view of streams', () => {
  // The first token of one is waited for while `load` runs, and its one long gap lies where `score` runs.
  const streams = [
    ...QUICK.map(({ start, end }) => ({ start, end, firstContent: start + 5 })),
    { start: 1400, end: 1600, firstContent: 1450 },
  ];
  const quickChunks = QUICK.map(({ end }, id) => [id, end, 5] as const);
  const chunks = [placedChunks([...quickChunks, [18, 1500, 50], [18, 1510, 10]])];

  test('has what ran while a slow first token was waited for', () => {
    const material = materialOf(streams, { chunks });
    assert.deepEqual(times({ kind: 'first-token' }, material), { load: 50 });
    const weighed = weighView({ kind: 'first-token' }, material);
    assert.ok(!('missing' in weighed));
    assert.deepEqual(weighed.support.waits, { counted: 1, of: 19, threshold: 50, isLimit: false, isTold: false });
  });

  test('takes the limit that an objective sets on first tokens', () => {
    const late = Array.from({ length: 20 }, (_, i) => ({ start: 1600 + i, end: 1700 + i, firstContent: 1650 + i }));
    const material = materialOf([...streams, ...late], { limits: { latency: 1, ttft: 49, gap: null } });
    const weighed = weighView({ kind: 'first-token' }, material);
    assert.ok(!('missing' in weighed));
    assert.deepEqual(weighed.support.waits, { counted: 21, of: 39, threshold: 49, isLimit: true, isTold: false });
  });

  test('has what ran in slow gaps', () => {
    assert.deepEqual(times({ kind: 'gap', over: 20 }, materialOf(streams, { chunks })), { score: 40 });
  });

  test('is missing where nothing streams, and says so', () => {
    const material = materialOf(QUICK);
    assert.match(whyMissing({ kind: 'first-token' }, material), /has no streams: no first token came/);
    assert.match(whyMissing({ kind: 'gap' }, material), /has no streams: no gap/);
  });
});

describe('a view of the GPU', () => {
  const gpu = (busyAt: (time: number) => number): GpuActivity => placedActivity(995, 50, 22, busyAt);

  test('has what ran while it was idle', () => {
    const busy = gpu((time) => Number(time > 1500));
    assert.deepEqual(times({ kind: 'gpu-idle' }, materialOf([], { gpus: [busy] })), { load: 250, score: 200 });
    assert.deepEqual(times({ kind: 'gpu-idle', from: 1400, to: 1600 }, materialOf([], { gpus: [busy] })), {
      ...{ load: 50, score: 40 },
    });
    assert.match(whyMissing({ kind: 'gpu', gpu: '3' }, materialOf([], { gpus: [busy] })), /has no GPU 3/);
  });

  test('is missing where there is none, or it was never idle', () => {
    assert.match(whyMissing({ kind: 'gpu-idle' }, materialOf([])), /knows of no GPU/);
    const untold = materialOf([], { gpus: [placedActivity(5000, 50, 22, () => 0)] });
    assert.match(whyMissing({ kind: 'gpu-idle' }, untold), /was not told/);
    const never = materialOf([], { gpus: [gpu(() => 1)] });
    assert.match(
      whyMissing({ kind: 'gpu-idle' }, never),
      /^The GPU was never idle: busy for 100 % of the time, by nvidia-smi's utilisation\.$/,
    );
  });
});

test('a profile without times has only what needs none', () => {
  const material = materialOf(QUICK, { profile: { ...halves(), hasTime: false } });
  assert.deepEqual(times({ kind: 'all' }, material), { load: 500, score: 400 });
  for (const view of [{ kind: 'slow' }, { kind: 'gpu-idle' }, { kind: 'all', from: 0, to: 9 }] satisfies View[]) {
    assert.match(whyMissing(view, material), /has no times/);
  }
});

test('what only waits is in no view but that of its thread', () => {
  const profile = halves();
  const waiting = { ...profile, samples: { ...profile.samples, state: profile.samples.state.map(() => WAITING) } };
  const material = materialOf(QUICK, { profile: waiting });
  assert.match(whyMissing({ kind: 'all' }, material), /Nothing was sampled/);
  assert.match(whyMissing({ kind: 'slow' }, material), /Nothing ran/);
});
