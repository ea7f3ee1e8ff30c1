import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestWindows } from '../../src/correlate/resources/request-windows.ts';
import { resourceFacts } from '../../src/correlate/resources/resources.ts';
import { toldOver } from '../../src/correlate/resources/told-series.ts';
import { type Waiting, waitingOf } from '../../src/correlate/resources/waiting.ts';
import { resourceLines } from '../../src/report/resource-lines.ts';
import { lineText } from '../../src/report/styled-line.ts';
import type { ResourceFacts } from '../../src/runs/run-document.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { CORES, LIMITED, type LimitedTarget } from '../support/limited-targets.ts';
import { type SimulatedLoad, type SimulatedTarget, simulateTarget } from '../support/simulated-target.ts';

const SERVICE = 20;
const DURATION = 20_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

function factsOf(kind: LimitedTarget, seed: number, load: SimulatedTarget['load']): ResourceFacts[] {
  return factsFrom(kind, simulateTarget({ seed, servers: kind.servers, service: SERVICE, duration: DURATION, load }));
}

function factsFrom({ runtime, told }: LimitedTarget, load: SimulatedLoad, preflight = SERVICE): ResourceFacts[] {
  const measured = new RequestWindows({ start: 0, end: DURATION });
  const { requests } = load;
  for (let row = 0; row < requests.length; row++) measured.add(requests, row);
  const target = { runtime, cores: CORES, connections: 256, failed: 0, answered: requests.length };
  return resourceFacts({ target, measured, profiled: null, preflight, series: told(load) });
}

function waitingIn({ requests }: SimulatedLoad, preflight: number): Waiting {
  const measured = new RequestWindows({ start: 0, end: DURATION });
  for (let row = 0; row < requests.length; row++) measured.add(requests, row);
  return waitingOf(measured, preflight);
}

/** What it can work off, requests a second. */
function capacity({ servers }: LimitedTarget): number {
  return (servers / SERVICE) * 1000;
}

for (const kind of LIMITED) {
  test(`${kind.name}: told first at a load that is too much for it, and nothing is short at a low one`, () => {
    for (const seed of SEEDS) {
      const most = capacity(kind);
      const loads: Record<string, SimulatedTarget['load']> = {
        'many users': { users: 6 * kind.servers },
        'a rate above it': { rate: () => 1.2 * most, most: 1.2 * most },
        'a rate that grows': { rate: (time) => (1.3 * most * time) / DURATION, most: 1.3 * most },
      };
      for (const [name, load] of Object.entries(loads)) {
        const [first] = factsOf(kind, seed, load);
        assert.deepEqual(
          [first!.resource, first!.state],
          [kind.resource, 'short'],
          `${name}, seed ${seed}: ${first!.sentence}`,
        );
      }
      const calm = factsOf(kind, seed, { rate: () => 0.2 * most, most: 0.2 * most });
      const short = calm.filter(({ state }) => state === 'short' || state === 'near');
      assert.deepEqual(short, [], `low, seed ${seed}`);
    }
  });
}

const THREAD = LIMITED.find(({ name }) => name === 'one thread that computes')!;

/** Of a kind of target with some of what is told of it told otherwise. */
function toldAs(kind: LimitedTarget, values: Readonly<Record<string, number>>): LimitedTarget {
  const told = (load: SimulatedLoad): LabelledSeries[] => {
    const others = kind.told(load).filter(({ name }) => !(name in values));
    const own = Object.entries(values).map(([name, value]): LabelledSeries => {
      return { name, labels: {}, unit: '', time: load.time, values: load.time.map(() => value) };
    });
    return [...others, ...own];
  };
  return { ...kind, told };
}

function stateIn(facts: readonly ResourceFacts[], resource: ResourceFacts['resource']): ResourceFacts {
  return facts.find((one) => one.resource === resource)!;
}

test('figures say how it was while requests waited, and while they did not', () => {
  const most = capacity(THREAD);
  const load = simulateTarget({
    seed: 3,
    servers: 1,
    service: SERVICE,
    duration: DURATION,
    load: { rate: (time) => (time < 10_000 ? 0.3 : 1.1) * most, most: 1.1 * most },
  });
  const facts = factsFrom(THREAD, load);
  const { sentence, utilisation } = stateIn(facts, 'cpu');
  const [, waited, calm] = /one thread ran (\d+) % of the time \((\d+) % while requests did not wait\)/.exec(sentence)!;
  const meanOf = (from: number, to: number): number => {
    const inside = [...load.time.keys()].filter((index) => load.time[index]! > from && load.time[index]! <= to);
    return inside.reduce((sum, index) => sum + load.busy[index]!, 0) / inside.length;
  };
  assert.ok(Math.abs(Number(calm) / 100 - (0.01 + 0.98 * meanOf(0, 10_000))) < 0.06, sentence);
  assert.ok(Math.abs(Number(waited) / 100 - (0.01 + 0.98 * meanOf(12_000, DURATION))) < 0.03, sentence);
  assert.ok(Math.abs(utilisation! - Number(waited) / 100) < 0.01);
  const queue = stateIn(facts, 'queue').sentence;
  assert.match(queue, /where it works on about (0\.9\d*|1|1\.0\d*|1\.1),/, queue);
  assert.match(queue, /one alone (19|2[0-3])(\.\d)? ms/, queue);
});

test('cores that others took, and a limit on those of a container, are the CPU', () => {
  const load = { users: 6 };
  const others = toldAs(THREAD, {
    [TARGET_SERIES.machineCpu]: 99,
    [TARGET_SERIES.cpu]: 0.5,
    [TARGET_SERIES.busiestThread]: 0.5,
  });
  const [first] = factsOf(others, 1, load);
  assert.equal(first!.resource, 'cpu');
  assert.equal(first!.state, 'short');
  assert.match(first!.sentence, /the machine's cores were 99 % busy; the target took 0\.5 of 4 cores/);
  const limited = toldAs(others, { [TARGET_SERIES.machineCpu]: 20, [TARGET_SERIES.throttled]: 40 });
  const [throttled] = factsOf(limited, 1, load);
  assert.match(throttled!.sentence, /^CPU: a limit kept it from running 40 % of the time/);
  assert.equal(throttled!.state, 'short');
});

test('a thread that never rests is near its limit as long as nobody waits for it', () => {
  const facts = factsOf(THREAD, 1, { users: 1 });
  assert.equal(stateIn(facts, 'cpu').state, 'near');
  assert.equal(stateIn(facts, 'queue').state, 'free');
  assert.ok(facts.every(({ state }) => state !== 'short'));
});

test('requests that differ among themselves are not taken for waiting ones', () => {
  const most = capacity(THREAD);
  for (const seed of SEEDS) {
    const shape = { seed, servers: 4, service: SERVICE, duration: DURATION, spread: 1.2 };
    const load = simulateTarget({ ...shape, load: { rate: () => 0.4 * most, most } });
    const short = factsFrom(THREAD, load).filter(({ state }) => state === 'short');
    assert.deepEqual(short, [], `seed ${seed}`);
  }
});

test('many under way at once that differ and are in nobody’s way are seldom taken for waiting ones', () => {
  const shape = { seed: 5, servers: 200, service: SERVICE, duration: DURATION, spread: 0.9 };
  const load = simulateTarget({ ...shape, load: { rate: () => 500, most: 500 } });
  // The preflight is one of them.
  const { intended, end } = load.requests;
  const tries = Array.from({ length: 200 }, (_, row) => waitingIn(load, end[40 * row]! - intended[40 * row]!).didWait);
  const wrong = tries.filter(Boolean).length;
  assert.ok(wrong <= 0.12 * tries.length, `${wrong} of ${tries.length}`);
});

test('of what was not told it says that it is unknown, and guesses nothing', () => {
  const lock = LIMITED.find(({ resource }) => resource === 'queue')!;
  const cpuOnly: LimitedTarget = {
    ...lock,
    told: (load) => lock.told(load).filter(({ name }) => name === TARGET_SERIES.cpu),
  };
  const facts = factsOf(cpuOnly, 1, { users: 6 });
  const unknown = facts.filter(({ state }) => state === 'unknown').map(({ resource }) => resource);
  assert.deepEqual(unknown.toSorted(), ['connections', 'file descriptors', 'gil', 'memory', 'threads']);
  assert.equal(facts[0]!.resource, 'queue');
});

test('the load’s own connections are told apart from the target’s', () => {
  const load = simulateTarget({ seed: 1, servers: 1, service: SERVICE, duration: DURATION, load: { users: 6 } });
  const { intended, sent } = load.requests;
  // As if three of its six waited for a connection first.
  for (let row = 0; row < load.requests.length; row++)
    sent[row] = intended[row]! + (load.requests.end[row]! - intended[row]!) / 2;
  const measured = new RequestWindows({ start: 0, end: DURATION });
  for (let row = 0; row < load.requests.length; row++) measured.add(load.requests, row);
  const target = { runtime: null, cores: CORES, connections: 3, failed: 0, answered: load.requests.length };
  const facts = resourceFacts({ target, measured, profiled: null, preflight: SERVICE, series: THREAD.told(load) });
  const { state, sentence } = stateIn(facts, 'connections');
  assert.equal(state, 'near');
  assert.match(
    sentence,
    /^Connections: the load used all of its own 3, and (2\.9\d*|3|3\.\d+) requests waited for one\.$/,
  );
});

test('a series over stretches of time is weighted by the time each reading stands for', () => {
  const series: LabelledSeries = {
    name: 'x',
    labels: {},
    unit: '',
    time: Float64Array.of(1000, 2000, 3000, 7000),
    values: Float64Array.of(1, 2, Number.NaN, 10),
  };
  const over = (start: number, end: number) => toldOver(series, [{ start, end }]);
  assert.equal(over(0, 2000)!.mean, 1.5);
  assert.equal(over(500, 2000)!.mean, (0.5 * 1 + 2) / 1.5);
  assert.equal(over(2000, 3000), null);
  assert.equal(over(1500, 4000)!.mean, (0.5 * 2 + 1 * 10) / 1.5);
  assert.deepEqual(
    toldOver(series, [
      { start: 0, end: 1000 },
      { start: 5000, end: 7000 },
    ]),
    {
      mean: (1 + 20) / 3,
      least: 1,
      most: 10,
      readings: 2,
    },
  );
  assert.equal(over(8000, 9000), null);
});

test('windows count what was with the target, and what the quick ones took to three per cent', () => {
  const load = simulateTarget({
    seed: 9,
    servers: 2,
    service: SERVICE,
    duration: DURATION,
    spread: 0.7,
    load: { rate: () => 80, most: 80 },
  });
  const measured = new RequestWindows({ start: 0, end: DURATION });
  const { requests, busy, queued } = load;
  for (let row = 0; row < requests.length; row++) measured.add(requests, row);
  const windows = measured.windows();
  assert.equal(windows.length, 20);
  windows.forEach(({ start, end, withTarget, answered, quick, unsent }, index) => {
    const [a, b] = [2 * index, 2 * index + 1];
    assert.ok(Math.abs(withTarget - (busy[a]! + queued[a]! + busy[b]! + queued[b]!) / 2) < 1e-6);
    const own = [...requests.end.keys()].filter((row) => requests.end[row]! >= start && requests.end[row]! < end);
    assert.equal(answered, own.length);
    const sorted = own.map((row) => requests.end[row]! - requests.intended[row]!).sort((x, y) => x - y);
    assert.ok(Math.abs(quick! / sorted[Math.ceil(sorted.length / 4) - 1]! - 1) < 0.03);
    assert.equal(unsent, 0);
  });
});

test('what is short and near has a line, and all else is named in one', () => {
  const facts: ResourceFacts[] = [
    { resource: 'gil', state: 'short', utilisation: 0.99, sentence: 'GIL: held.' },
    { resource: 'memory', state: 'near', utilisation: 0.93, sentence: 'Memory: taken.' },
    { resource: 'cpu', state: 'free', utilisation: 0.254, sentence: 'CPU: free.' },
    { resource: 'threads', state: 'free', utilisation: null, sentence: 'Threads: 4.' },
    { resource: 'gpu', state: 'unknown', utilisation: null, sentence: 'Not told.' },
  ];
  const text = (resources: ResourceFacts[]): string =>
    resourceLines({ resources })
      .map((line) => lineText(line, false))
      .join('\n');
  assert.equal(
    text(facts),
    `Resources
  short  GIL: held.
  near   Memory: taken.
  Free: CPU (25 %), threads; unknown: GPU.`,
  );
  assert.equal(
    text(facts.slice(2)),
    `Resources
  Nothing that was watched was short.
  Free: CPU (25 %), threads; unknown: GPU.`,
  );
  assert.equal(text([]), '');
});
