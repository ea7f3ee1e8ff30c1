import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuIdleSteps, gpuIdleWeights, gpuProfile, whyNeverIdle } from '../../src/correlate/gpu-idle.ts';
import { flightTime } from '../../src/correlate/shares.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { hotspots } from '../../src/profile/hotspots.ts';
import { RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { gpuActivity } from '../../src/telemetry/gpu-activity.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { idleOf, SIMULATED_MS, SMI, simulatedTarget, stretches, tellGpu } from '../support/simulated-gpu.ts';

test('a sample weighs 1 − activity of the window it falls into, and nothing where that is unknown', () => {
  const told: LabelledSeries = {
    name: 'GPU utilisation',
    labels: { gpu: '0' },
    unit: '',
    // Of the times that had ended 100 ms before.
    time: Float64Array.of(100, 1100, 2100, 2600),
    values: Float64Array.of(0, 0.9, 0.1, 1),
  };
  const gpus = gpuActivity([told]);
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const stack = (name: string) =>
    builder.stack(-1, builder.frame({ function: name, file: null, line: null, column: null }), 0);
  for (let time = 0; time < 4000; time += 10)
    builder.sample(time, stack(time < 1000 ? 'first' : time < 2000 ? 'second' : 'later'), thread, 10, RUNNING);
  // One that stood through windows is divided among them.
  builder.sample(900, stack('long'), thread, 200, RUNNING);
  const profile = builder.build('x', 'ms', true);
  const spots = hotspots(profile, gpuIdleWeights(profile, gpus));
  const self = Object.fromEntries(spots.functions.map(({ frame, self: ms }) => [frame.function, Math.round(ms)]));
  assert.deepEqual(self, { second: 900, long: 100, first: 100 });
  const bands = hotspots(gpuProfile(gpus[0]!)).functions.filter(({ self: ms }) => ms > 0);
  assert.deepEqual(Object.fromEntries(bands.map(({ frame, self: ms }) => [frame.function, ms])), {
    idle: 1000,
    '90–100 % busy': 1500,
    '10–20 % busy': 1000,
  });
  // Of two GPUs the mean, where both are known.
  const other = { ...told, labels: { gpu: '1' }, time: Float64Array.of(100, 1100), values: Float64Array.of(0, 0.1) };
  const steps = gpuIdleSteps(gpuActivity([told, other]));
  const idleAt = (time: number): number => steps.tail[steps.time.findLastIndex((edge) => edge <= time)]!;
  assert.deepEqual(
    [500, 1500, 2200, 3000].map(idleAt).map((idle) => Math.round(idle * 100) / 100),
    [0.5, 0.9, 0, 0],
  );
});

test('what runs while the GPU is idle is named with its line, its share of that time and its support', () => {
  const isBusy = stretches(3);
  const random = seededRandom(5);
  // It tokenises for 80 % of the time that the GPU has nothing to do; while it works, it serialises a little, and mostly waits.
  const profile = simulatedTarget((time) =>
    isBusy(time) ? (random() < 0.3 ? 'serialize' : null) : random() < 0.8 ? 'tokenize' : null,
  );
  const { finding, note } = idleOf(profile, [tellGpu(isBusy)]);
  const idleMs = Array.from({ length: SIMULATED_MS }, (_, ms) => Number(!isBusy(ms))).reduce(
    (sum, one) => sum + one,
    0,
  );
  const phase = { start: 0, end: SIMULATED_MS };
  const { tail: idle, rest: busy } = flightTime(gpuIdleSteps(gpuActivity([tellGpu(isBusy)])), phase);
  assert.ok(Math.abs(idle / (idle + busy) - idleMs / SIMULATED_MS) < 0.01, `${idle} of ${idleMs} ms`);
  assert.ok(finding);
  assert.equal(note, null);
  assert.deepEqual([finding.kind, finding.function, finding.line], ['resource', 'tokenize', 12]);
  // Of every 200 ms the mean of 100 is told: of 30 edges, each blurs at most 150 ms.
  assert.ok(finding.tailShare! > 0.68 && finding.tailShare! < 0.82, `${finding.tailShare}`);
  assert.ok(finding.restShare! < 0.12, `${finding.restShare}`);
  assert.ok(finding.interval![0] > 0.4 && finding.interval![1] < 0.9, `${finding.interval}`);
  assert.match(
    finding.sentence,
    /^While the GPU was idle \(\d\d % of the time, by nvidia-smi's utilisation\), line 12 of `tokenize` \(server\.py:12\) ran for \d\d % of it, \d+ % otherwise\.$/,
  );
  assert.match(
    finding.evidence![0]!,
    /^Idle for 1\d\.\d s of 2\d\.\d s that were told, in 1\d stretches; the target ran for \d+\.\d s of that, in \d{3,4} samples\.$/,
  );
  assert.match(finding.evidence!.at(-1)!, /^Utilisation is near 100 % whenever any kernel runs/);
});

test('what runs as much while the GPU works is not claimed', () => {
  let claimed = 0;
  for (let seed = 1; seed <= 40; seed++) {
    // Its own stretches, as long as the GPU's and not with them.
    const isTokenizing = stretches(1000 + seed);
    const profile = simulatedTarget((time) => (isTokenizing(time) ? 'tokenize' : 'other'));
    if (idleOf(profile, [tellGpu(stretches(seed))], seed).finding !== null) claimed++;
  }
  assert.ok(claimed <= 2, `${claimed} of 40 claimed, one in a hundred is expected`);
});

test('nothing is found where the GPU was never idle, never told, or idle for too little', () => {
  const profile = simulatedTarget((time) => (Math.floor(time / 700) % 2 === 0 ? 'tokenize' : null));
  const of = (...series: LabelledSeries[]): string | null => {
    const { finding, note } = idleOf(profile, series);
    assert.equal(finding, null);
    return note;
  };
  assert.equal(
    of(tellGpu(() => true)),
    "The GPU was never idle: busy for 100 % of the time, by nvidia-smi's utilisation.",
  );
  assert.equal(of(), null);
  const early = tellGpu(() => false);
  assert.equal(of({ ...early, time: early.time.map((time) => time - 60_000) }), null);
  const once = tellGpu((time) => time < 5000 || time > 7000);
  assert.match(
    of(once) ?? '',
    /^The GPU was idle for 8 % of the time, by nvidia-smi's utilisation\. That is too little, or too much, to tell/,
  );
});

test('only the GPU that the target uses counts, where that is known', () => {
  const isBusy = stretches(3);
  const profile = simulatedTarget((time) => (isBusy(time) ? null : 'tokenize'));
  const both = [tellGpu(isBusy), tellGpu(() => true, SMI, '1')];
  const time = Float64Array.of(1000);
  const memory = { name: 'GPU memory of a process', unit: 'MiB', time, values: Float64Array.of(5) };
  const uses = (gpu: string) => ({ ...memory, labels: { gpu, pid: '1', process: 'python', target: 'yes' } });
  const own = idleOf(profile, [...both, uses('0')]);
  assert.equal(own.finding!.function, 'tokenize');
  assert.ok(own.finding!.evidence!.includes('Of GPU 0, which the target uses.'));
  const other = idleOf(profile, [...both, uses('1')]);
  assert.deepEqual([other.finding, other.note?.slice(0, 23)], [null, 'The GPU was never idle:']);
  const unknown = idleOf(profile, both);
  assert.ok(unknown.finding!.evidence!.includes('The mean of GPUs 0, 1: nothing told which of them the target uses.'));
  assert.match(unknown.finding!.sentence, /^While the GPUs were idle \(2\d % of the time/);
});

test('little that was told is said to be too little, and what was not told ends no stretch in which it was idle', () => {
  const isBusy = stretches(3);
  const profile = simulatedTarget((time) => (isBusy(time) ? null : 'tokenize'));
  const told = tellGpu(isBusy);
  const kept = (isKept: (time: number) => boolean): LabelledSeries => {
    const rows = [...told.time.keys()].filter((row) => isKept(told.time[row]!));
    const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
    return { ...told, time: pick(told.time), values: pick(told.values) };
  };
  const early = idleOf(profile, [kept((time) => time < 8000)]);
  assert.equal(early.finding, null);
  assert.match(early.note ?? '', /^What the GPU did was told for \d\.\d s of the 24\.0 s that the target was profiled/);
  const busy = tellGpu(() => true);
  const barely = { ...busy, time: busy.time.subarray(0, 40), values: busy.values.subarray(0, 40) };
  assert.match(
    whyNeverIdle(gpuActivity([barely]), { start: 0, end: SIMULATED_MS }) ?? '',
    /too little to say how idle it was\.$/,
  );
  // Idle from 2 to 20 s, with a second in three of which nothing is known: one stretch, and too few to compare.
  const once = tellGpu((time) => time < 2000 || time > 20_000);
  const rows = [...once.time.keys()].filter((row) => once.time[row]! % 3000 < 2000);
  const gaps = {
    ...once,
    time: Float64Array.from(rows, (row) => once.time[row]!),
    values: Float64Array.from(rows, (row) => once.values[row]!),
  };
  assert.match(
    idleOf(profile, [gaps]).note ?? '',
    /That is too little, or too much, to tell what ran more meanwhile\.$/,
  );
});
