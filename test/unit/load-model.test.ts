import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Users } from '../../src/load/generate/users.ts';
import { AskedLoad } from '../../src/load/measure/asked-load.ts';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { type Load, modelOf } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Stage } from '../../src/load/model/stages.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { streamPlan } from '../support/stream-run.ts';

const stage = (from: number, to: number, seconds: number): Stage => ({ name: '', from, to, duration: seconds * 1000 });
const RAMP: Load = { model: 'open', arrivals: 'poisson', burstiness: 1, stages: [stage(0, 20, 10), stage(20, 20, 5)] };
/** Four in the first second, one in the second, three in the fifth. */
const REPLAY: Load = { model: 'replay', times: [0, 0, 300, 999, 1000, 4100, 4200, 4900] };
const USERS: Load = { model: 'closed', stages: [stage(2, 2, 1), stage(2, 6, 4)] };

function asked(load: Load): AskedLoad {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const [scenario] = plan.scenarios;
  const steps = [scenario!.steps[0]!, { ...scenario!.steps[0]!, name: 'other' }];
  return new AskedLoad(resolvePlan({ ...plan, scenarios: [{ ...scenario!, steps }] }, load));
}

describe('what a load asks for, of two requests an iteration', () => {
  test('of a rate is the area under its level', () => {
    const load = asked(RAMP);
    assert.equal(load.peak, 40);
    assert.equal(load.at(2500), 10);
    // 25 iterations in the first half of the ramp, 75 in the second, each two requests, over 5 s.
    assert.equal(load.between(0, 5000), 10);
    assert.equal(load.between(5000, 10_000), 30);
    assert.equal(load.between(7000, 7000), 0);
  });

  test('of recorded arrivals is their number', () => {
    const load = asked(REPLAY);
    assert.equal(load.peak, 8);
    assert.equal(load.between(0, 5000), (8 / 5) * 2);
    assert.equal(load.between(1000, 4200), (2 / 3.2) * 2);
    assert.equal(load.at(2600), 0);
  });

  test('of recorded arrivals at a moment is their rate around it, at the ends too', () => {
    const even = asked({ model: 'replay', times: Array.from({ length: 101 }, (_, i) => i * 100) });
    for (const time of [0, 500, 5000, 9900, 10_000]) assert.equal(even.at(time), 20, `at ${time}`);
    assert.equal(even.at(20_000), 0);
    const sparse = asked({ model: 'replay', times: [0, 2000, 4000, 6000] });
    assert.equal(sparse.at(3000)?.toFixed(4), '1.3333');
    assert.equal(asked({ model: 'replay', times: [0] }).at(0), 0);
  });

  test('of users is unknown', () => {
    const load = asked(USERS);
    assert.deepEqual([load.peak, load.at(10), load.steady, load.between(0, 10)], [null, null, null, null]);
    assert.equal(load.within([{ phase: 'measured', start: 0, end: 5000 }], 0, 5000), null);
  });

  test('stays at its first level in phases that do not follow its shape', () => {
    const load = asked(steadyRate(10, 5000));
    const phases = [
      { phase: 'warmup', start: 0, end: 2000 },
      { phase: 'measured', start: 2000, end: 7000 },
    ] as const;
    assert.equal(load.within(phases, 0, 3000), 60);
    const ramp = asked({ ...RAMP, stages: [stage(4, 8, 5)] });
    assert.equal(ramp.within(phases, 0, 2000), 16);
    assert.equal(ramp.steady, 8);
    assert.equal(asked(REPLAY).steady, 0);
    assert.equal(ramp.within(phases, 2000, 7000), 60);
    assert.equal(asked(REPLAY).within(phases, 0, 3000), 8);
  });
});

test('what begins by itself has its times, what users send has none', () => {
  assert.equal(modelOf(USERS).arrivals(0, 1, 'measured'), null);
  assert.equal(modelOf(USERS).closed, true);
  assert.equal(modelOf(RAMP).steadyArrivals(0, 1, 'warmup'), null, 'a ramp from nothing');
  const next = modelOf({ ...RAMP, arrivals: 'constant', stages: [stage(4, 8, 5)] }).steadyArrivals(100, 1, 'warmup')!;
  assert.deepEqual([next(), next(), next()], [100, 350, 600]);
  assert.equal(modelOf(REPLAY).steadyArrivals(0, 1, 'transition'), null);
  const recorded = modelOf(REPLAY).arrivals(50, 1, 'measured')!;
  assert.deepEqual([recorded(), recorded(), recorded()], [50, 50, 350]);
});

test('a load is told in a few words', () => {
  assert.equal(modelOf(RAMP).words(15_000), 'up to 20/s in 2 stages, 15s');
  assert.equal(modelOf(USERS).words(5000), 'up to 6 users in 2 stages, 5s');
  assert.equal(modelOf(steadyUsers(1, 5000)).words(5000), '1 user for 5s');
  assert.equal(modelOf({ ...steadyRate(60, 5000), arrivals: 'gamma' }).words(5000), '60/s for 5s, gamma arrivals');
  assert.equal(modelOf(REPLAY).words(5000), '8 recorded arrivals over 5s');
});

test('as many connections as users, and for streams twice as many as are under way', () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  assert.equal(resolvePlan(plan, USERS).connections, 6);
  assert.equal(resolvePlan(plan, steadyRate(100, 1000), 4000).connections, 256);
  const streaming = { ...streamPlan(), load: null, connections: null };
  assert.equal(resolvePlan(streaming, steadyRate(100, 1000), 4000).connections, 800);
});

test('a level out of its limits is refused with the option that sets it', () => {
  const said = (load: Load): string => {
    try {
      modelOf(load).check();
      return '';
    } catch (error) {
      assert.ok(error instanceof PlanError);
      return error.message;
    }
  };
  assert.match(said(steadyRate(2_000_000, 1000)), /^--rate must be/);
  assert.match(said(steadyUsers(1.5, 1000)), /^--users must be/);
  assert.match(said({ ...steadyRate(1, 1000), arrivals: 'gamma', burstiness: 0 }), /^--burstiness must be/);
  assert.equal(said(REPLAY), '');
});

test('each user is played by one generator', async () => {
  for (const generators of [1, 2, 3]) {
    const begun: number[] = [];
    for (let generator = 0; generator < generators; generator++) {
      const users = new Users([stage(7, 7, 10)], { generator, generators }, (user) => begun.push(user));
      users.enter(0, true);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual(
      begun.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7],
    );
  }
});
