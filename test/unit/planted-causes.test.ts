import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from '../../src/profile/profile.ts';
import { isSlow, uniform } from '../support/planted/chance.mjs';
import { type ExpectedAnswer, isExpectedFunction, readExpectedAnswers } from '../support/planted/expected-answer.ts';
import { type Circumstances, claimsSomething, type JudgedFinding, judge } from '../support/planted/judgement.ts';
import { naiveReading } from '../support/planted/naive-reading.ts';
import { foundIn } from '../support/planted/planted-run.ts';
import { clusteredProportion, proportion } from '../support/planted/proportion.ts';
import type { JudgedRun } from '../support/planted/rates.ts';
import { ratesTables, withTables } from '../support/planted/rates-table.ts';
import { placedAt, type Recording, readRecording, recordingOf, writeRecording } from '../support/planted/recording.ts';
import { resampled, shifted } from '../support/planted/redrawn.ts';
import { PLANTED_SERVERS } from '../support/planted/servers.ts';
import { MODEL_FILE, PLANTED_LINE, type Simulation, simulateServer } from '../support/simulated-server.ts';

const SIMULATION: Simulation = {
  seed: 1,
  duration: 12_000,
  rate: 60,
  arrivals: 'poisson',
  hz: 1000,
  planted: { ms: 40, chance: 0.03 },
};
const ROOT = '/srv/app';
const NO_LATENCY = {
  count: 0,
  min: null,
  mean: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
};

function record(simulation: Simulation): Recording {
  const { profile, start, end, phase } = simulateServer(simulation);
  const latency = end.map((at, row) => at - start[row]!);
  return recordingOf(profile, { start, end, latency }, phase, 0.2, ROOT);
}

function finding(more: Partial<JudgedFinding>): JudgedFinding {
  return { kind: 'line', function: 'f', file: 'server.py', line: 7, tailShare: 0.5, sentence: '', ...more };
}

const SHORT = finding({ kind: 'resource', file: null, line: null, tailShare: null, sentence: 'The queue grew.' });
const EXPECTED: ExpectedAnswer = {
  name: 'server',
  planted: '',
  answer: 'line',
  kinds: ['line', 'waited'],
  lines: new Set(['server.py:7', 'server.py:9']),
  functions: /^f$/,
  says: null,
  resource: { says: /thread/i, cells: ['16u'] },
};
const CARRIED: Circumstances = { cell: '4u', carried: true, overload: /cpu|queue/i };

describe('expected answers', () => {
  test('there is one for each planted server, and its lines stand in the sources', async () => {
    const { byServer } = await readExpectedAnswers(process.cwd());
    assert.deepEqual([...byServer.keys()], [...PLANTED_SERVERS.map(({ name }) => name)]);
    assert.ok(byServer.get('cache')?.lines.size === 6);
    // A text that stands in two lines means both.
    assert.ok((byServer.get('lock')?.lines.size ?? 0) > 5);
  });

  test('functions are known under the names that profilers give them', async () => {
    const { byServer } = await readExpectedAnswers(process.cwd());
    const known = (server: string, name: string): boolean => isExpectedFunction(byServer.get(server)!, name);
    assert.ok(known('lock', 'Ranking.rank') && known('cache', 'tasteOf') && known('garbage', '(garbage collector)'));
    assert.ok(!known('lock', 'Index.nearest') && !known('downstream', 'Customs.hours'));
  });

  test('slow requests are drawn by number and seed, as often as designed, in JavaScript as in Python', () => {
    // From chance.py.
    const drawn = [0.3187225707806647, 0.10767094511538744, 0.2459435814525932, 0.826613056473434, 0.6258349432609975];
    assert.deepEqual(
      [0, 1, 2, 1000, 123_456].map((number) => uniform(number, 3)),
      drawn,
    );
    const slow = Array.from({ length: 100_000 }, (_, number) => number).filter((number) => isSlow(number, 0.03));
    assert.ok(Math.abs(slow.length - 3000) < 3 * Math.sqrt(3000 * 0.97), `${slow.length}`);
    const gaps = slow.slice(1).map((number, index) => number - slow[index]!);
    assert.ok(new Set(gaps).size > 100, 'no period');
    const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    assert.ok(Math.abs(deviation / mean - 0.985) < 0.05, 'gaps as chance makes them');
  });
});

describe('judgement', () => {
  const cases: readonly [
    what: string,
    findings: readonly JudgedFinding[],
    expected: string,
    Partial<Circumstances>?,
  ][] = [
    ['nothing found', [], 'cannot tell'],
    ['a line expected', [finding({ line: 9 })], 'right'],
    ['another line of the same function', [finding({ line: 8 })], 'wrong'],
    ['the same line of another file', [finding({ file: 'other.py' })], 'wrong'],
    ['the right line only second', [finding({ line: 8 }), finding({})], 'wrong'],
    ['a wait in an expected line', [finding({ kind: 'waited' })], 'right'],
    ['a wait without a line where there is one', [finding({ kind: 'waited', file: null, line: null })], 'wrong'],
    ['a resource that ran', [finding({ kind: 'resource', sentence: 'All threads ran.' })], 'wrong'],
    ['a resource of the whole run', [SHORT], 'cannot tell'],
    ['a line after it', [SHORT, finding({ line: 9 })], 'right'],
    ['another line after it', [SHORT, finding({ line: 8 })], 'wrong'],
    ['a resource in its cell', [{ ...SHORT, sentence: 'All threads.' }], 'right', { cell: '16u' }],
    ['what was used up', [SHORT], 'right', { carried: false }],
  ];
  for (const [what, findings, expected, circumstances] of cases) {
    test(`${what}: ${expected}`, () => {
      assert.equal(judge(findings, EXPECTED, { ...CARRIED, ...circumstances }), expected);
    });
  }

  test('where no line of the user runs, words are right; where the server waits, any wait is, and no line that ran', () => {
    const collector: ExpectedAnswer = {
      ...EXPECTED,
      answer: 'resource',
      kinds: ['line', 'resource'],
      says: /garbage/i,
    };
    const said = finding({ kind: 'resource', file: null, line: null, sentence: 'Garbage collection ran.' });
    assert.equal(judge([said], collector, CARRIED), 'right');
    assert.equal(judge([{ ...said, sentence: 'JSON.', function: 'g' }], collector, CARRIED), 'wrong');
    const waits: ExpectedAnswer = { ...EXPECTED, answer: 'waited', kinds: ['waited'] };
    assert.equal(judge([finding({ kind: 'waited', file: null, line: null })], waits, CARRIED), 'right');
    assert.equal(judge([finding({ kind: 'waited', line: 8 })], waits, CARRIED), 'wrong');
    assert.equal(judge([finding({})], waits, CARRIED), 'wrong');
  });

  test('where nothing is planted, any line or wait is a false claim, and what is short over the whole run is none', () => {
    assert.equal(claimsSomething([]), false);
    assert.equal(claimsSomething([SHORT]), false);
    assert.equal(claimsSomething([SHORT, finding({})]), true);
    assert.equal(claimsSomething([finding({ kind: 'waited', line: null })]), true);
  });
});

describe('a recording', () => {
  test('gives back what was measured, to 0.01 ms, and names no folder of the machine', () => {
    const recording = record(SIMULATION);
    const bytes = writeRecording(recording);
    const back = readRecording(bytes);
    assert.equal(back.requests.start.length, recording.requests.start.length);
    const worst = (a: Float64Array, b: Float64Array): number =>
      a.reduce((most, at, row) => Math.max(most, Math.abs(at - b[row]!)), 0);
    assert.ok(worst(recording.requests.start, back.requests.start) <= 0.00501);
    assert.ok(worst(recording.requests.latency, back.requests.latency) <= 0.03);
    assert.ok(worst(recording.profile.samples.time, back.profile.samples.time) <= 0.00501);
    assert.deepEqual(back.profile.frames, recording.profile.frames);
    assert.ok(!JSON.stringify(back.profile.frames).includes(ROOT));
    assert.ok(bytes.length < 100_000, `${bytes.length} bytes`);
    const total = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);
    const before = simulateServer(SIMULATION).profile.samples.weight;
    assert.ok(Math.abs(total(back.profile.samples.weight) / total(before) - 1) < 0.01, 'no time is lost by joining');
  });

  test('is placed in any working copy, where its own code is the user’s and libraries are not', () => {
    const library: Frame = { function: 'dumps', file: '/opt/env/lib/python3.11/json/__init__.py', line: 1, column: 0 };
    const { profile, start, end, phase } = simulateServer(SIMULATION);
    const frames = [...profile.frames, library];
    const kept = recordingOf({ ...profile, frames }, { start, end, latency: end }, phase, 0.2, ROOT);
    const files = new Set(placedAt(kept, '/home/copy').profile.frames.map(({ file }) => file));
    assert.ok(files.has(path.join('/home/copy', path.relative(ROOT, MODEL_FILE))));
    assert.ok(files.has('/lib/python3.11/json/__init__.py'));
  });

  test('says the same as the run it was cut out of, and when it is resampled; shifted, it says nothing', () => {
    const recording = readRecording(writeRecording(record(SIMULATION)));
    const first = (one: Recording): string => {
      const [found] = foundIn(one, { seed: 1, rate: { asked: 60, got: 60 } }, '/home/copy').findings;
      return found === undefined ? 'nothing' : `${found.file}:${found.line}`;
    };
    const right = `model.mjs:${PLANTED_LINE}`;
    assert.equal(first(recording), right);
    assert.deepEqual(
      [1, 2, 3].map((seed) => first(resampled(recording, seed))),
      [right, right, right],
    );
    assert.deepEqual(
      [0.2, 0.45, 0.7].map((share) => first(shifted(recording, share * recording.span.end))),
      ['nothing', 'nothing', 'nothing'],
    );
  });

  test('resampled, it is about as long, with requests and samples in order, another one for another seed', () => {
    const recording = record(SIMULATION);
    const { span, requests, profile } = resampled(recording, 1);
    assert.ok(span.end >= recording.span.end && span.end < recording.span.end + 1000);
    const inOrder = (times: Float64Array): boolean => times.every((at, row) => row === 0 || at >= times[row - 1]!);
    assert.ok(inOrder(requests.start) && inOrder(profile.samples.time));
    const kept = requests.start.length / recording.requests.start.length;
    assert.ok(kept > 0.7 && kept < 1.4, `${kept}`);
    const other = resampled(recording, 2).requests.start;
    assert.notDeepEqual([...other], [...requests.start]);
  });

  test('shifted, it has the same requests at other times', () => {
    const recording = record(SIMULATION);
    const moved = shifted(recording, 3000).requests;
    assert.deepEqual([...moved.latency].sort(), [...recording.requests.latency].sort());
    const [first] = recording.requests.start;
    assert.ok(moved.start.some((at) => Math.abs(at - (first! + 3000)) < 1e-6));
    assert.ok(moved.start.every((at) => at >= 0 && at < recording.span.end));
  });

  test('read naively it names what runs most, not what is planted', () => {
    const { profile } = placedAt(record(SIMULATION), ROOT);
    assert.deepEqual(naiveReading(profile), { self: 'multiply', own: 'multiply' });
  });
});

test('shares of runs have Wilson’s interval, and those of recordings one that counts recordings', () => {
  const nine = proportion([...new Array<boolean>(9).fill(true), false]);
  assert.equal(nine.count, 9);
  const [low, high] = nine.interval!;
  // Newcombe 1998: 9 of 10 is 0.5958 to 0.9821.
  assert.ok(Math.abs(low - 0.5958) < 0.001 && Math.abs(high - 0.9821) < 0.001, `${low} to ${high}`);
  assert.equal(proportion([]).interval, null);
  const width = ([from, to]: readonly [number, number]): number => to - from;
  // Ten recordings of which one is always wrong are not as good as a hundred.
  const clusters = Array.from({ length: 10 }, (_, cluster) => new Array<boolean>(10).fill(cluster > 0));
  const together = clusteredProportion(clusters, 1);
  assert.equal(together.count, 90);
  assert.ok(width(together.interval!) > 2 * width(proportion(clusters.flat()).interval!));
  const none = clusteredProportion([[false, false, false], [false], []], 1);
  assert.deepEqual(none.interval, proportion([false, false]).interval);
});

test('tables replace those that were there, and nothing else', () => {
  const once = withTables('# Title\n\nText.\n', 'first');
  assert.match(once, /^# Title\n\nText\.\n\n<!-- planted-causes.*-->\n\nfirst\n\n<!-- \/planted-causes -->\n$/);
  const twice = withTables(`${once}\nMore.\n`, 'second');
  assert.ok(twice.endsWith('\nMore.\n') && twice.includes('second') && !twice.includes('first'));
});

test('tables count what was right of answers, answered cells, and claims where nothing was planted', () => {
  const run = (cell: string, judgement: JudgedRun['judgement'], more: Partial<JudgedRun['run']> = {}): JudgedRun => ({
    run: {
      server: 'lock',
      cell,
      slowPath: judgement === null ? 'off' : 'on',
      seed: 1,
      startedAt: '2026-11-26T08:00:00.000Z',
      machine: { cpu: '', cores: 2, node: 'v20.1.0' },
      rate: { asked: null, got: 1 },
      carried: true,
      latency: NO_LATENCY,
      profiled: null,
      paths: null,
      findings: [],
      note: null,
      resources: null,
      naive: null,
      ...more,
    },
    judgement,
    claimed: judgement === null ? cell === '30' : null,
    naive: judgement === null ? null : { self: judgement === 'right', own: false },
    redrawn: { judgements: judgement === null ? [] : [judgement, 'right'], claims: [false] },
  });
  const text = ratesTables(
    [
      run('1u', 'right'),
      run('1u', 'wrong'),
      run('1u', 'cannot tell'),
      run('30', 'cannot tell', { carried: false }),
      run('1u', null),
      run('30', null),
    ],
    ['lock'],
    ['1u', '30'],
    2,
  );
  const row = (start: string): string[] =>
    text
      .split('\n')
      .find((line) => line.startsWith(`| ${start}`))!
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());
  assert.deepEqual(row('the first answer is right').slice(2, 3), ['1 of 2']);
  assert.deepEqual(row('the same: resampled').slice(0, 1), ['83 %']);
  assert.deepEqual(row('cells answered').slice(2), ['1 of 2', '≥ 70 %']);
  assert.deepEqual(row('cannot tell: runs').slice(2, 3), ['2 of 4']);
  assert.deepEqual(row('false claims: runs').slice(2, 3), ['1 of 2']);
  assert.deepEqual(row('false claims: shifted').slice(0, 3), ['0 %', '0 % to 39 %', '0 of 6']);
  assert.deepEqual(row('naive reading right: most time of its own').slice(2, 3), ['1 of 4']);
  assert.deepEqual(row('lock'), ['1/2 of 3', '(– of 1)', '1 of 2', '1 of 4', '0 of 4']);
  assert.match(text, /4 runs with the slow path, 2 without; 2 cores, Node 20\.1\.0; 2026-11-26\./);
});
