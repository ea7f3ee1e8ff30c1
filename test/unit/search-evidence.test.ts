import assert from 'node:assert/strict';
import test from 'node:test';
import { edgeOf } from '../../src/find/edge.ts';
import { growthOf, pilesUp } from '../../src/find/growth.ts';
import { climbOf, type Rung, startRate } from '../../src/find/ladder.ts';
import type { Misses } from '../../src/find/misses.ts';
import { probeLength } from '../../src/find/probe-length.ts';
import { whatSaturated } from '../../src/find/saturation.ts';
import { clusteringOf } from '../../src/load/measure/clustering.ts';
import type { ResourceFacts } from '../../src/runs/run-document.ts';
import { edgeInTheory, missesInTheory, simulateFixedQueue } from '../support/simulated-server-queue.ts';
import { documentOf } from '../support/stored-run.ts';

const misses = (count: number, missed: number, clustering = 1): Misses => ({
  count,
  missed,
  allowed: 0.01,
  clustering,
});

test('theory of a queue with a fixed service time agrees with its simulation', () => {
  for (const factor of [3, 6, 10]) {
    const rate = edgeInTheory(2, 2 * factor, 0.01);
    const { intended, end } = simulateFixedQueue({ seed: factor, rate, service: 2, duration: 6_000_000 });
    const share = end.filter((at, row) => at - intended[row]! > 2 * factor).length / end.length;
    assert.ok(Math.abs(share - 0.01) < 0.0012, `${factor}: ${share}`);
  }
  assert.equal(missesInTheory(600, 2, 100), 1);
  assert.equal(missesInTheory(100, 2, 1), 1);
});

test('independent misses cluster hardly, bursts cluster by their length', () => {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const mean = (burst: number): number => {
    let sum = 0;
    for (let turn = 0; turn < 200; turn++) {
      const blocks = Array.from({ length: 10 }, () => {
        let hits = 0;
        for (let row = 0; row < 500; row += burst) if (random() < 0.02) hits += burst;
        return { count: 500, hits };
      });
      sum += clusteringOf(blocks);
    }
    return sum / 200;
  };
  assert.ok(mean(1) < 1.3, `${mean(1)}`);
  assert.ok(mean(10) > 7 && mean(10) < 11, `${mean(10)}`);
  assert.equal(clusteringOf([{ count: 10, hits: 0 }]), 1);
});

test('requests under way grow by what is asked beyond capacity, and do not below it', () => {
  const judged = (rate: number): (boolean | null)[] =>
    Array.from({ length: 40 }, (_, seed) => {
      const requests = simulateFixedQueue({ seed, rate, service: 4, duration: 6500 });
      return pilesUp(growthOf(requests, 500, 6500)!, rate, 6);
    });
  assert.ok(judged(200).filter((piles) => piles === false).length >= 38);
  assert.ok(judged(200).every((piles) => piles !== true));
  assert.ok(judged(290).filter((piles) => piles === true).length >= 36);
  const { slope } = growthOf(simulateFixedQueue({ seed: 1, rate: 350, service: 4, duration: 6500 }), 500, 6500)!;
  assert.ok(Math.abs(slope - 100) < 25, `${slope}`);
});

test('requests that are never answered are under way to the end', () => {
  const intended = Float64Array.from({ length: 100 }, (_, row) => row * 10);
  const end = new Float64Array(100).fill(NaN);
  const growth = growthOf({ intended, end }, 0, 1000)!;
  assert.ok(Math.abs(growth.slope - 100) < 1, `${growth.slope}`);
  assert.equal(pilesUp(growth, 100, 1), true);
});

test('the edge lies between what holds and what does not, and is surer with more requests', () => {
  const few = edgeOf([
    { level: 90, seen: misses(800, 1) },
    { level: 110, seen: misses(800, 40) },
  ])!;
  const many = edgeOf([
    { level: 90, seen: misses(8000, 10) },
    { level: 110, seen: misses(8000, 400) },
  ])!;
  assert.ok(few.at > 90 && few.at < 110 && many.at > 90 && many.at < 110);
  assert.ok(many.below(0.95) - many.below(0.05) < few.below(0.95) - few.below(0.05));
  assert.ok(many.beyond(90) < 0.01 && many.beyond(110) > 0.99);
});

test('clustered misses say less', () => {
  const width = (clustering: number): number => {
    const edge = edgeOf([
      { level: 90, seen: misses(3000, 5, clustering) },
      { level: 110, seen: misses(3000, 90, clustering) },
    ])!;
    return edge.below(0.95) / edge.below(0.05);
  };
  assert.ok(width(20) > 1.1 * width(1));
});

test('what is far beyond is only known to be beyond, and probes that contradict each other are believed less', () => {
  const near = [
    { level: 100, seen: misses(3000, 9) },
    { level: 108, seen: misses(3000, 60) },
  ];
  const far = edgeOf([...near, { level: 200, seen: misses(5000, 4900) }])!;
  assert.ok(Math.abs(far.at / edgeOf(near)!.at - 1) < 0.02);
  const calm = edgeOf([...near, { level: 104, seen: misses(3000, 30) }])!;
  const contrary = edgeOf([...near, { level: 104, seen: misses(3000, 2) }, { level: 96, seen: misses(3000, 90) }])!;
  assert.ok(contrary.below(0.95) / contrary.below(0.05) > calm.below(0.95) / calm.below(0.05));
});

test('where nothing was seen beyond, nothing is said but that the edge is higher', () => {
  const edge = edgeOf([350, 700, 1400].map((level) => ({ level, seen: misses(level * 3, 0) })))!;
  assert.ok(edge.beyond(1400) < 0.01);
  assert.equal(edgeOf([]), null);
});

test('a ladder tells the server alone, what saturates it, and where Little’s law does not hold', () => {
  const rungs: Rung[] = [
    { users: 1, rate: 100, latency: 10, valid: true },
    { users: 4, rate: 380, latency: 10.5, valid: true },
    { users: 16, rate: 400, latency: 40, valid: true },
  ];
  const climb = climbOf(rungs)!;
  assert.equal(climb.saturated, true);
  assert.equal(climb.capacity, 400);
  assert.ok(Math.abs(climb.servers - 4) < 0.01);
  assert.equal(climbOf(rungs.slice(0, 2))!.saturated, false);
  // Users who think get no more answers for being more, and saturate nothing.
  assert.equal(climbOf([...rungs.slice(0, 2), { users: 16, rate: 400, latency: 10, valid: true }])!.saturated, false);
  assert.equal(climbOf([{ users: 1, rate: 0, latency: null, valid: true }]), null);
  const start = startRate(
    climbOf([
      { users: 1, rate: 500, latency: 2, valid: true },
      { users: 4, rate: 500, latency: 8, valid: true },
    ])!,
    20,
    0.01,
  );
  const edge = edgeInTheory(2, 20, 0.01);
  assert.ok(Math.abs(start / edge - 1) < 0.1, `${start} beside ${edge}`);
});

test('a probe is as long as its percentile needs, and there is none where the time is too short for it', () => {
  const time = { left: 60, overhead: 2, narrowing: 0, support: 368, rate: 300 };
  assert.ok(probeLength('bracket', time)! >= (368 * 1.2) / 300);
  assert.ok(probeLength('edge', time)! > probeLength('bracket', time)!);
  assert.equal(probeLength('bracket', { ...time, rate: 2 }), null);
  assert.equal(probeLength('edge', { ...time, left: 3 }), null);
  assert.ok(probeLength('edge', { ...time, left: 12, narrowing: 6 })! + 2 <= 12);
});

test('what saturated is what was short, or what worked without a pause, and is unknown where neither was told', () => {
  const load = documentOf().load;
  const facts = (resource: ResourceFacts['resource'], state: ResourceFacts['state']): ResourceFacts => {
    return { resource, state, utilisation: null, sentence: `${resource}: ${state}.` };
  };
  const [cpu, queue] = [facts('cpu', 'short'), facts('queue', 'short')];
  assert.equal(whatSaturated({ load, resources: [cpu, queue, facts('memory', 'free')] }), 'cpu: short. queue: short.');
  assert.equal(whatSaturated({ load, resources: [queue, facts('memory', 'near')] }), 'queue: short.');
  assert.equal(whatSaturated({ load, resources: [queue, facts('gpu', 'near')] }), 'gpu: near. queue: short.');
  assert.equal(whatSaturated({ load, resources: [facts('memory', 'near'), facts('cpu', 'near')] }), 'cpu: near.');
  assert.equal(whatSaturated({ load, resources: [facts('cpu', 'free'), facts('gil', 'unknown')] }), null);
  assert.equal(whatSaturated({ load }), null);
  assert.match(
    whatSaturated({ load: { ...load, failed: 300 } })!,
    /^Unknown; the server refused or failed 300 requests\.$/,
  );
});
