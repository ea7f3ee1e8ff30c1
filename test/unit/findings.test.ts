import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Correlation, correlate } from '../../src/correlate/findings.ts';
import { flightSteps } from '../../src/correlate/overlap.ts';
import { requestShares } from '../../src/correlate/share-tables.ts';
import { chooseTail, intervalsOf } from '../../src/correlate/tail.ts';
import type { Frame } from '../../src/profile/profile.ts';
import { PLANTED_LINE, type Simulated, type Simulation, simulateServer } from '../support/simulated-server.ts';

const BASE: Simulation = { seed: 1, duration: 20_000, rate: 60, arrivals: 'poisson', hz: 1000 };
const isUserCode = (frame: Frame): boolean => frame.file?.startsWith('/srv/') === true;

function analyse(simulated: Simulated, more: { objectiveLimit?: number; clockErrorMs?: number } = {}): Correlation {
  const { profile, phase, start, end } = simulated;
  return correlate({ profile, phase, requests: { start, end }, isUserCode, seed: 7, ...more });
}

/** T and R of a function by exact integration of the simulation's own timeline, no sampling and no code under test but the steps. */
function exactShares({ start, end, segments, phase }: Simulated, name: string): { tail: number; rest: number } {
  const intervals = intervalsOf(start, end);
  const steps = flightSteps(intervals, chooseTail(intervals));
  const sum = { tail: 0, rest: 0, allTail: 0, allRest: 0 };
  for (const segment of segments) {
    if (!segment.running) continue;
    for (let i = 0; i + 1 < steps.time.length; i++) {
      const until = Math.min(steps.time[i + 1]!, segment.end, phase.end);
      const width = until - Math.max(steps.time[i]!, segment.start);
      if (!(width > 0)) continue;
      sum.allTail += width * steps.tail[i]!;
      sum.allRest += width * steps.rest[i]!;
      if (!segment.path.includes(name)) continue;
      sum.tail += width * steps.tail[i]!;
      sum.rest += width * steps.rest[i]!;
    }
  }
  return { tail: sum.tail / sum.allTail, rest: sum.rest / sum.allRest };
}

describe('findings', () => {
  test('name the planted function and line, which is not the hottest overall', () => {
    for (const seed of [1, 2, 3]) {
      const simulated = simulateServer({ ...BASE, seed, planted: { ms: 40, chance: 0.03 } });
      const { findings, note } = analyse(simulated);
      const { profile, phase, start, end } = simulated;
      const { functions } = requestShares(profile, intervalsOf(start, end), phase, null);
      assert.equal(note, null);
      assert.equal(findings[0]?.function, 'rebuildIndex');
      assert.equal(findings[0]?.line, PLANTED_LINE);
      assert.match(findings[0]?.sentence ?? '', /^`rebuildIndex` \(model\.mjs:42\) ran for \d+ % of the busy time/);
      const byPlainShare = functions.filter(({ frame }) => isUserCode(frame) && frame.function !== 'handler');
      byPlainShare.sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0));
      assert.notEqual(byPlainShare[0]?.frame.function, 'rebuildIndex');
    }
  });

  test('carry shares that agree with exact integration of what ran', () => {
    const simulated = simulateServer({ ...BASE, seed: 5, duration: 60_000, planted: { ms: 40, chance: 0.03 } });
    const [finding] = analyse(simulated).findings;
    const exact = exactShares(simulated, 'rebuildIndex');
    assert.ok(Math.abs(finding!.tailShare! - exact.tail) < 0.03, `${finding!.tailShare} against ${exact.tail}`);
    assert.ok(Math.abs(finding!.restShare! - exact.rest) < 0.03, `${finding!.restShare} against ${exact.rest}`);
    const [low, high] = finding!.interval!;
    assert.ok(low < exact.tail - exact.rest && exact.tail - exact.rest < high);
  });

  test('are made with constant arrivals and every 50th request slow, where shifts by the period realign', () => {
    for (const seed of [1, 2, 3]) {
      const simulated = simulateServer({ ...BASE, seed, arrivals: 'constant', planted: { ms: 60, every: 50 } });
      assert.equal(analyse(simulated).findings[0]?.function, 'rebuildIndex');
    }
  });

  test('are the same from samples merged into long ones', () => {
    const simulated = simulateServer({ ...BASE, merged: true, hz: 200, planted: { ms: 40, chance: 0.03 } });
    assert.equal(analyse(simulated).findings[0]?.function, 'rebuildIndex');
  });

  test('are hardly ever made where nothing is planted', () => {
    let claims = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const spread = { spread: 0.3, carry: seed % 2 === 0 ? 0.8 : 0, mixSpread: 0.1 };
      const arrivals = seed % 3 === 0 ? 'constant' : 'poisson';
      const simulated = simulateServer({ ...BASE, seed, arrivals, duration: 10_000, ...spread });
      if (analyse(simulated).findings.length > 0) claims++;
    }
    assert.ok(claims <= 1, `${claims} of 30`);
  });

  test('are made of a server that mostly rests, where shifts meet little that ran, and hardly ever falsely', () => {
    const resting: Simulation = { ...BASE, rate: 25, hz: 100, merged: true, spread: 0.3 };
    let found = 0;
    let claims = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const planted = simulateServer({ ...resting, seed, planted: { ms: 30, chance: 0.045 } });
      if (analyse(planted).findings[0]?.function === 'rebuildIndex') found++;
      if (analyse(simulateServer({ ...resting, seed, spread: 0.6, carry: 0.5 })).findings.length > 0) claims++;
    }
    assert.ok(found >= 16, `found ${found} of 20`);
    assert.ok(claims <= 1, `${claims} of 20`);
  });

  test('say where the target waited', () => {
    const simulated = simulateServer({ ...BASE, planted: { ms: 60, chance: 0.03, wait: true } });
    const [finding] = analyse(simulated).findings;
    assert.equal(finding?.kind, 'waited');
    assert.equal(finding?.function, 'rebuildIndex');
    assert.equal(finding?.line, PLANTED_LINE);
  });

  test('do not take the time after a target ended for waiting', () => {
    // It ended after a tenth of the load; some requests took longer after that.
    const simulated = simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03 } });
    const { profile, phase, start } = simulated;
    const ended = phase.start + (phase.end - phase.start) / 10;
    const { time, stack, thread, weight, state } = profile.samples;
    const count = time.filter((at) => at < ended).length;
    const samples = {
      time: time.subarray(0, count),
      stack: stack.subarray(0, count),
      thread: thread.subarray(0, count),
      weight: weight.subarray(0, count),
      state: state.subarray(0, count),
    };
    const end = simulated.end.map((value, row) => (row % 50 === 7 && start[row]! > ended ? value + 60 : value));
    const { findings, note, tail } = analyse({ ...simulated, end, profile: { ...profile, samples } });
    assert.deepEqual(findings, []);
    assert.match(note ?? '', /Samples were taken for 2\.0 s of the 20\.0 s that the load ran: the rest is left out\.$/);
    assert.ok(tail.slow < 20, 'requests of a time without samples are not among the slow ones');
  });

  test('are refused where a slow request is always in flight', () => {
    const simulated = simulateServer({ ...BASE, rate: 400, parallel: true, spread: 0.5 });
    const end = simulated.end.map((value, i) => value + (i % 4 === 0 ? 60 : 0));
    const { findings, note } = analyse({ ...simulated, end });
    assert.deepEqual(findings, []);
    assert.match(note ?? '', /^Cannot tell at this load: a slow request was in flight \d+ % of the time/);
  });

  test('are refused where slow requests are few, clocks differ, or the profile has no time', () => {
    const simulated = simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03 } });
    const short = simulateServer({ ...BASE, duration: 2000, planted: { ms: 40, chance: 0.03 } });
    assert.match(analyse(short).note ?? '', /^Too few slow requests to tell/);
    const none = { ...simulated, start: new Float64Array(), end: new Float64Array() };
    assert.equal(analyse(none).note, 'No request was answered while the target was profiled.');
    assert.match(
      analyse(simulated, { clockErrorMs: 20 }).note ?? '',
      /clocks of profile and requests agree only to 20\.0 ms/,
    );
    const timeless = { ...simulated, profile: { ...simulated.profile, hasTime: false } };
    assert.match(analyse(timeless).note ?? '', /no time axis/);
  });

  test('are made where clocks differ by much of what most slow requests take, and by little of what most of their time is in', () => {
    for (const seed of [1, 2, 3]) {
      const rare: Simulation = { ...BASE, seed, rate: 6, duration: 200_000, planted: { ms: 44, chance: 0.015 } };
      const simulated = simulateServer({ ...rare, spread: 0.3 });
      const { start, end } = simulated;
      const latencies = end.map((value, row) => value - start[row]!);
      const slow = latencies.toSorted().slice(-Math.ceil(0.05 * latencies.length));
      assert.ok(slow[Math.floor(slow.length / 2)]! < 10, 'half of them take no longer');
      const samples = { ...simulated.profile.samples, time: simulated.profile.samples.time.map((at) => at + 2.5) };
      const moved = { ...simulated, profile: { ...simulated.profile, samples } };
      const { findings, note } = analyse(moved, { clockErrorMs: 2.9 });
      assert.deepEqual([findings[0]?.function, note], ['rebuildIndex', null]);
    }
  });

  test('take the requests over an objective where there are enough', () => {
    const simulated = simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03 } });
    const over = simulated.end.reduce((count, end, i) => count + Number(end - simulated.start[i]! > 30), 0);
    assert.ok(over >= 20);
    assert.equal(analyse(simulated, { objectiveLimit: 30 }).tail.slow, over);
  });
});
