import assert from 'node:assert/strict';
import test from 'node:test';
import { resolvePlan, steadyRate } from '../../src/load/plan/plan.ts';
import { type Profile, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { stretchViews } from '../../src/report/stretch-views.ts';
import { OUTCOMES, PHASES, REQUEST_OFFSET, REQUEST_WIDTH, tableFromRows } from '../../src/runs/request-table.ts';
import { begunDocument } from '../support/begun-document.ts';
import { planOf } from '../support/plans.ts';
import { simulateServer } from '../support/simulated-server.ts';

const load = steadyRate(50, 10_000);
const plan = resolvePlan(planOf('http://127.0.0.1:1/', load), load);
const phases = [
  { phase: 'measured', start: 0, end: 1000 },
  { phase: 'profiled', start: 1000, end: 2000 },
] as const;
const run = { folder: '/srv/run', document: { ...begunDocument(plan), phases: [...phases] }, plan };

/** Answered requests of the profiled phase: [start, end] each, ms. */
function requestsOf(...spans: readonly (readonly [number, number])[]): ReturnType<typeof tableFromRows> {
  const rows = new Float64Array(spans.length * REQUEST_WIDTH);
  spans.forEach(([start, end], i) => {
    const row = rows.subarray(i * REQUEST_WIDTH, (i + 1) * REQUEST_WIDTH);
    row[REQUEST_OFFSET.phase] = PHASES.indexOf('profiled');
    row[REQUEST_OFFSET.outcome] = OUTCOMES.indexOf('ok');
    for (const mark of ['intended', 'dispatched', 'acquired', 'sent'] as const) row[REQUEST_OFFSET[mark]] = start;
    row[REQUEST_OFFSET.firstByte] = end;
    row[REQUEST_OFFSET.end] = end;
  });
  return tableFromRows(rows);
}

/** `load` runs for the first half of every 100 ms, `score` for the second, of which the last 10 ms wait; one sample each. */
function halves(unit: 'ms' | 'samples' = 'ms'): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const root = builder.stack(-1, builder.frame({ function: 'handle', file: '/app.py', line: 1, column: null }), 2);
  const stackOf = (name: string): number =>
    builder.stack(root, builder.frame({ function: name, file: '/app.py', line: 10, column: null }), 11);
  for (let time = 1000; time < 2000; time += 100) {
    builder.sample(time, stackOf('load'), thread, unit === 'ms' ? 50 : 1, RUNNING);
    builder.sample(time + 50, stackOf('score'), thread, unit === 'ms' ? 40 : 1, RUNNING);
    builder.sample(time + 90, stackOf('score'), thread, unit === 'ms' ? 10 : 1, WAITING);
  }
  return builder.build('halves', unit, true);
}

/** Self time by view and function. */
function selfTimes(text: string | null): Record<string, Record<string, number>> {
  const file = JSON.parse(text!) as {
    shared: { frames: { name: string }[] };
    profiles: { name: string; samples: number[][]; weights: number[] }[];
  };
  return Object.fromEntries(
    file.profiles.map(({ name, samples, weights }) => {
      const times: Record<string, number> = {};
      samples.forEach((stack, i) => {
        const frame = file.shared.frames[stack.at(-1)!]!.name;
        times[frame] = (times[frame] ?? 0) + weights[i]!;
      });
      return [name, times];
    }),
  );
}

test("a stretch's flame graph has the self times of just that stretch", () => {
  const none = requestsOf();
  assert.deepEqual(selfTimes(stretchViews(run, none, halves(), 1000, 2000))['All'], { load: 500, score: 400 });
  assert.deepEqual(selfTimes(stretchViews(run, none, halves(), 1200, 1500))['All'], { load: 150, score: 120 });
  assert.deepEqual(selfTimes(stretchViews(run, none, halves(), 1200, 1250))['All'], { load: 50 });
  const edges = selfTimes(stretchViews(run, none, halves(), 1230, 1355));
  assert.deepEqual(edges['All'], { load: 70, score: 45 }, 'samples over the edge count in part');
  assert.deepEqual(edges['Thread main'], { load: 70, score: 55 }, 'a thread waits too');
});

test('slow requests are those of the whole run, in the stretch as far as they lie in it', () => {
  // Twenty quick ones, of which the last is the slowest, and one that is slow from 1400 to 1800.
  const quick = Array.from({ length: 20 }, (_, i) => [1000 + i * 10, 1005 + i * 10.01] as const);
  const views = selfTimes(stretchViews(run, requestsOf(...quick, [1400, 1800]), halves(), 1500, 1600));
  assert.deepEqual(views['Slow requests'], { load: 50, score: 40 });
  assert.equal(views['Other requests'], undefined);
  const before = selfTimes(stretchViews(run, requestsOf(...quick, [1400, 1800]), halves(), 1000, 1180));
  assert.equal(before['Slow requests'], undefined);
  assert.ok(before['Other requests']!['load']! > 0);
});

test('where nothing ran, or there is no time, there is no flame graph', () => {
  const none = requestsOf();
  assert.equal(stretchViews(run, none, halves(), 1190, 1200), null, 'it only waited');
  assert.equal(stretchViews(run, none, halves(), 0, 1000), null, 'before the first sample');
  assert.equal(stretchViews(run, none, halves(), 1500, 1500), null, 'no stretch at all');
  assert.equal(stretchViews(run, none, { ...halves(), hasTime: false }, 1000, 2000), null);
});

test('samples that are counted belong to the stretch they were taken in', () => {
  const views = selfTimes(stretchViews(run, requestsOf(), halves('samples'), 1225, 1450));
  assert.deepEqual(views['All'], { load: 2, score: 2 });
});

test('of a simulated server a stretch shows what it did then, and the parts add up to the whole', () => {
  const server = simulateServer({ seed: 4, duration: 8000, rate: 120, arrivals: 'poisson', hz: 1000, merged: true });
  const rows = [...server.start.keys()].map((i) => [server.start[i]!, server.end[i]!] as const);
  const requests = requestsOf(...rows);
  const whole = selfTimes(stretchViews(run, requests, server.profile, 0, 8000))['All']!;
  const parts = [0, 2000, 4000, 6000].map(
    (from) => selfTimes(stretchViews(run, requests, server.profile, from, from + 2000))['All']!,
  );
  for (const [name, ms] of Object.entries(whole)) {
    const sum = parts.reduce((all, part) => all + (part[name] ?? 0), 0);
    assert.ok(Math.abs(sum - ms) < 1e-6 * ms, `${name}: ${sum} of ${ms}`);
  }
  parts.forEach((part, i) => {
    const [from, to] = [i * 2000, (i + 1) * 2000];
    const truth = server.segments
      .filter(({ path, running }) => running && path.at(-1) === 'multiply')
      .reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
    assert.ok(Math.abs(part['multiply']! / truth - 1) < 0.2, `multiply ran ${part['multiply']} of ${truth} ms`);
  });
});
