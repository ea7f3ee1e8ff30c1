import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Alignment, estimateAlignment, shiftedProfile } from '../../src/correlate/alignment.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { alignCapture } from '../../src/runner/profiling/align-capture.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { type Simulated, type Simulation, simulateServer } from '../support/simulated-server.ts';

/** Some 200 requests a second would keep the simulated server busy; slow ones wait for each other. */
const BASE: Simulation = { seed: 1, duration: 20_000, rate: 60, arrivals: 'poisson', hz: 1000 };

/** What is estimated of a profile whose clock is `late` ms before the one of the requests. */
function estimate({ profile, phase, start, end }: Simulated, late = 0): Alignment | null {
  return estimateAlignment(shiftedProfile(profile, -late), { start, end }, phase);
}

describe('the alignment of a profile with its requests', () => {
  const servers: Readonly<Record<string, Partial<Simulation>>> = {
    'sampled every millisecond': {},
    'sampled as py-spy does, merged while nothing changes': { hz: 100, merged: true },
    'with requests at even intervals': { arrivals: 'constant' },
    'whose requests and samples are few': { rate: 40, duration: 12_000, hz: 50, merged: true },
    'that waits at times': { planted: { ms: 60, chance: 0.03, wait: true } },
  };
  for (const [name, how] of Object.entries(servers)) {
    test(`is known, and true to its error, of a server ${name}`, () => {
      const known = new Map([0, 50, 200, -120].map((late) => [late, 0]));
      for (let seed = 1; seed <= 10; seed++) {
        const simulated = simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03 }, ...how, seed });
        for (const [late, count] of known) {
          const found = estimate(simulated, late);
          if (found === null) continue;
          known.set(late, count + 1);
          const off = Math.abs(found.offsetMs - late);
          assert.ok(off <= found.errorMs && off <= 5, `${late} ms, seed ${seed}: ${off} of ±${found.errorMs} ms`);
        }
      }
      for (const [late, count] of known) assert.ok(count >= 8, `${late} ms: known in ${count} of 10`);
    });
  }

  test('is unknown where a request is always in flight, samples are few, or there is no time', () => {
    const busy = { ...BASE, rate: 400, parallel: true, spread: 0.5 };
    const { profile, phase, start, end } = simulateServer(busy);
    const long = end.map((value) => value + 60);
    assert.equal(estimateAlignment(profile, { start, end: long }, phase), null);
    assert.equal(estimate(simulateServer({ ...BASE, duration: 2000, hz: 50 })), null);
    const simulated = simulateServer(BASE);
    assert.equal(estimateAlignment({ ...simulated.profile, hasTime: false }, simulated, simulated.phase), null);
  });
});

describe('a capture is put where its requests say', () => {
  const { profile, phase, start, end } = simulateServer(BASE);
  const table = placedRequests([...start].map((at, id) => ({ start: at, end: end[id]! })));
  const phases = [{ phase: 'profiled' as const, ...phase }];
  const aligned = (late: number, clockError: number) =>
    alignCapture({ profile: shiftedProfile(profile, -late), clockError }, table, phases);
  /** How far its first sample is from where it was taken, ms. */
  const off = (capture: { readonly profile: Profile }): number =>
    Math.abs(capture.profile.samples.time[0]! - profile.samples.time[0]!);

  test('where they contradict the profiler’s clock, and a note says so', () => {
    const capture = aligned(50, 2);
    assert.ok(off(capture) <= capture.clockError, `${off(capture)} of ±${capture.clockError} ms`);
    assert.match(capture.note ?? '', /^The samples were put (49|50)\.\d ms later than the profiler's clock says/);
  });

  test('also those that failed, or had no end when the load had: the target worked for them', () => {
    const failing = [...start].map((at, id) => {
      if (id === start.length - 1) return { start: at, end: Number.NaN, outcome: 'interrupted' as const };
      return { start: at, end: end[id]!, outcome: 'status' as const };
    });
    const late = { profile: shiftedProfile(profile, -50), clockError: 2 };
    const capture = alignCapture(late, placedRequests(failing), phases);
    assert.ok(off(capture) <= capture.clockError, `${off(capture)} of ±${capture.clockError} ms`);
  });

  test('where they are the more exact, which is no news', () => {
    const capture = aligned(4, 5);
    assert.ok(
      off(capture) <= capture.clockError && capture.clockError < 5,
      `${off(capture)} of ±${capture.clockError}`,
    );
    assert.equal(capture.note, null);
  });

  test('not where the clock is more exact than they are, and right', () => {
    const capture = aligned(0, 0.1);
    assert.equal(off(capture), 0);
    assert.deepEqual([capture.clockError, capture.note], [0.1, null]);
    assert.ok(Math.abs(capture.requestOffset!.ms) <= capture.requestOffset!.error + 0.1);
  });
});
