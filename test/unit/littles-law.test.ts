import assert from 'node:assert/strict';
import test from 'node:test';
import { LittlesLawCheck } from '../../src/correlate/littles-law.ts';
import { littlesLawNote } from '../../src/runner/telemetry/run-resources.ts';
import type { HealthSample } from '../../src/runs/health-sample.ts';
import { OUTCOMES, type RequestTable, rowsWhere } from '../../src/runs/request-table.ts';
import type { LittlesLaw } from '../../src/runs/run-document.ts';
import { simulateTarget } from '../support/simulated-target.ts';

const SPAN = { start: 2000, end: 18_000 };
const NOTHING = { cpu: 0, ran: null, waited: null, gcTotal: 0, gcMax: 0, fds: null, ports: null, opened: 0 };

/** Counted step by step as requests come and go, as a generator does; not from their lengths. */
function samplesOf(requests: RequestTable, at: readonly number[]): HealthSample[] {
  const changes = [...requests.id.keys()].flatMap((row) => [
    { time: requests.dispatched[row]!, change: 1 },
    { time: requests.end[row]!, change: -1 },
  ]);
  changes.sort((a, b) => a.time - b.time);
  let [flown, count, last, next] = [0, 0, 0, 0];
  return at.map((time) => {
    for (; next < changes.length && changes[next]!.time <= time; next++) {
      flown += count * (changes[next]!.time - last);
      last = changes[next]!.time;
      count += changes[next]!.change;
    }
    flown += count * (time - last);
    last = time;
    return { ...NOTHING, at: time, flown };
  });
}

const EVERY_SECOND = Array.from({ length: 20 }, (_, second) => 130 + 1000 * second);

function requestsOf(seed: number, rate: number, servers = 2): RequestTable {
  return simulateTarget({
    seed,
    servers,
    service: 40,
    duration: 20_000,
    spread: 0.8,
    load: { rate: () => rate, most: rate },
  }).requests;
}

function lawOf(samples: readonly (readonly HealthSample[])[], requests: RequestTable): LittlesLaw | null {
  const check = new LittlesLawCheck(samples, SPAN);
  for (let row = 0; row < requests.length; row++) check.add(requests, row);
  return check.result();
}

test('what is counted and what the requests say agree at any load, also one that piles up', () => {
  for (const rate of [2, 20, 45, 80]) {
    for (let seed = 1; seed <= 10; seed++) {
      const requests = requestsOf(seed, rate);
      const law = lawOf([samplesOf(requests, EVERY_SECOND)], requests)!;
      assert.ok(law.agrees, `${rate}/s, seed ${seed}: ${JSON.stringify(law)}`);
      assert.equal(littlesLawNote(law), null);
      if (rate > 45) continue;
      const mean = law.inFlight;
      assert.ok(Math.abs(law.expected - mean) < 0.4 * mean + 0.3, `${rate}/s: ${JSON.stringify(law)}`);
    }
  }
});

test('each generator is held against its own requests', () => {
  const requests = requestsOf(4, 30);
  const generators = [0, 1, 2].map((generator) => rowsWhere(requests, (row) => requests.id[row]! % 3 === generator));
  const samples = generators.map((own, index) =>
    samplesOf(
      own,
      EVERY_SECOND.map((at) => at + 300 * index),
    ),
  );
  const law = lawOf(samples, requests)!;
  assert.ok(law.agrees, JSON.stringify(law));
  const without = rowsWhere(requests, (row) => requests.id[row]! % 3 !== 0);
  assert.equal(lawOf(samples, without)!.agrees, false, 'all of one are lost');
  assert.equal(lawOf([samples[0]!, [], samples[2]!], requests), null);
});

test('requests that are lost, told twice or stamped by another clock show', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const requests = requestsOf(seed, 40);
    const samples = [samplesOf(requests, EVERY_SECOND)];
    const lost = rowsWhere(requests, (row) => row % 10 !== 0);
    assert.equal(lawOf(samples, lost)!.agrees, false, 'a tenth is lost');
    const stamped = rowsWhere(requests, () => true);
    for (let row = 0; row < stamped.length; row++) stamped.end[row]! += 15;
    const law = lawOf(samples, stamped)!;
    assert.equal(law.agrees, false, '15 ms late');
    assert.match(littlesLawNote(law)!, /^Something is wrong with this measurement: /);
    const check = new LittlesLawCheck(samples, SPAN);
    for (let row = 0; row < requests.length; row++)
      for (let times = row % 8 === 0 ? 2 : 1; times > 0; times--) check.add(requests, row);
    assert.equal(check.result()!.agrees, false, 'an eighth is told twice');
  }
});

test('it says nothing where a side of it is not known', () => {
  const requests = requestsOf(1, 20);
  const samples = samplesOf(requests, EVERY_SECOND);
  const old = samples.map(({ flown: _, ...others }): HealthSample => others);
  assert.equal(lawOf([old], requests), null);
  assert.equal(lawOf([samples.slice(0, 3)], requests), null);
  assert.equal(lawOf([], requests), null);
  const dropped = rowsWhere(requests, () => true);
  for (let row = 0; row < dropped.length; row += 20) dropped.outcome[row] = OUTCOMES.indexOf('dropped');
  assert.equal(lawOf([samples], dropped), null, 'how long those waited that were never sent is not known');
});
