import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuIdleWeights, gpuProfile } from '../../src/correlate/gpu-idle.ts';
import { hotspots } from '../../src/profile/hotspots.ts';
import { RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { NvidiaSmiReader, readNvidiaSmi } from '../../src/telemetry/nvidia-smi.ts';

const ORIGIN = new Date(2026, 10, 24, 13, 0, 0).getTime();
const HEADER = 'timestamp, index, name, utilization.gpu [%], memory.used [MiB], power.draw [W]';
const row = (time: string, index: number, busy: string, power = '250.10 W') =>
  `2026/11/24 ${time}, ${index}, NVIDIA H100 80GB HBM3, ${busy}, 1024 MiB, ${power}`;

test('readings are read by the header, per GPU, on the run’s clock', () => {
  const text = [
    HEADER,
    row('13:00:01.000', 0, '0 %'),
    row('13:00:01.001', 1, '[N/A]', '[Not Supported]'),
    row('13:00:02.500', 0, '80 %'),
    '2026/11/24 13:00:03',
  ].join('\n');
  const [first, second] = readNvidiaSmi(text, ORIGIN, 5000);
  assert.deepEqual([...first!.time], [1000, 2500]);
  assert.deepEqual([...first!.utilisation], [0, 0.8]);
  assert.equal(first!.memoryUsed[0], 1024);
  assert.equal(first!.power[0], 250.1);
  assert.deepEqual([second!.index, second!.utilisation[0], second!.power[0]], [1, Number.NaN, Number.NaN]);
});

test('a file from another time zone is moved by quarter hours to the run; one from another day is refused', () => {
  const text = [HEADER, row('18:30:01.000', 0, '50 %'), row('18:30:03.000', 0, '50 %')].join('\n');
  assert.deepEqual([...readNvidiaSmi(text, ORIGIN, 5000)[0]!.time], [1000, 3000]);
  assert.throws(() => readNvidiaSmi(text, ORIGIN + 72 * 3600_000, 5000), {
    name: 'TelemetryError',
    message: /not when the run was/,
  });
});

test('what is read while it is being written comes to what is read in the end, and begins with the run', () => {
  const rows = Array.from({ length: 40 }, (_, i) =>
    row(`13:00:${String(Math.floor(i / 4)).padStart(2, '0')}.${i % 4 === 3 ? '750' : '100'}`, i % 2, `${i} %`),
  );
  const whole = readNvidiaSmi([HEADER, ...rows].join('\n'), ORIGIN, 10_000);
  const reader = new NvidiaSmiReader(ORIGIN);
  assert.deepEqual(reader.read(`${HEADER}\n`, 500), []);
  const parts = [0, 1, 2, 3].flatMap((part) =>
    reader.read(`${rows.slice(part * 10, part * 10 + 10).join('\n')}\n`, 10_000),
  );
  for (const gpu of whole) {
    const own = parts.filter(({ index }) => index === gpu.index);
    assert.deepEqual(
      own.flatMap(({ time }) => [...time]),
      [...gpu.time],
    );
    assert.deepEqual(
      own.flatMap(({ utilisation }) => [...utilisation]),
      [...gpu.utilisation],
    );
  }
  // What was recorded before the run is held back until something of the run shows that the clocks agree.
  const later = new NvidiaSmiReader(ORIGIN + 60_000);
  assert.deepEqual(later.read([HEADER, ...rows, ''].join('\n'), 1000), []);
  const [first] = later.read(`${row('13:01:00.500', 0, '7 %')}\n`, 1000);
  assert.equal(first!.time.length, 21);
  assert.equal(first!.time.at(-1), 500);
});

test('what cannot be read says the line and the column', () => {
  assert.throws(() => readNvidiaSmi('', ORIGIN, 1), /is empty/);
  assert.throws(() => readNvidiaSmi('timestamp, name\n', ORIGIN, 1), /no column "utilization.gpu" in line 1/);
  assert.throws(
    () => readNvidiaSmi([HEADER, row('13:00:01', 0, '1 %'), row('noon', 0, '1 %')].join('\n'), ORIGIN, 1),
    /^TelemetryError: Line 3/,
  );
});

test('while the GPU was idle a sample weighs 1 − utilisation; a GPU’s bands last as long as they did', () => {
  const text = [
    HEADER,
    row('13:00:00.000', 0, '0 %'),
    row('13:00:01.000', 0, '90 %'),
    row('13:00:02.000', 0, '10 %'),
    row('13:00:02.500', 0, '100 %'),
  ].join('\n');
  const gpus = readNvidiaSmi(text, ORIGIN, 5000);
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const stack = (name: string) =>
    builder.stack(-1, builder.frame({ function: name, file: null, line: null, column: null }), 0);
  // GPU 90 % busy in the first second, 10 % in the next; nothing is known after 2.5 s.
  for (let time = 0; time < 4000; time += 10)
    builder.sample(time, stack(time < 1000 ? 'first' : time < 2000 ? 'second' : 'later'), thread, 10, RUNNING);
  const profile = builder.build('x', 'ms', true);
  const spots = hotspots(profile, gpuIdleWeights(profile, gpus));
  const self = Object.fromEntries(spots.functions.map(({ frame, self: ms }) => [frame.function, Math.round(ms)]));
  assert.deepEqual(self, { second: 892, first: 109, later: 9 });
  const bands = hotspots(gpuProfile(gpus[0]!)).functions.filter(({ self: ms }) => ms > 0);
  assert.deepEqual(
    bands.map(({ frame, self: ms }) => [frame.function, ms]),
    [
      ['90–100 % busy', 1500],
      ['10–20 % busy', 1000],
    ],
  );
});
