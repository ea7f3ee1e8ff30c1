import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GpuTelemetry } from '../../src/runner/telemetry/gpu-telemetry.ts';
import { takeOrigin } from '../../src/runs/clock.ts';
import { NvidiaSmi } from '../../src/telemetry/capture-nvidia-smi.ts';
import { targetGpus } from '../../src/telemetry/gpu-series.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { NvidiaSmiReader, readNvidiaSmi, withIndexes } from '../../src/telemetry/nvidia-smi.ts';

const ORIGIN = new Date(2026, 10, 24, 13, 0, 0).getTime();
const HEADER = 'timestamp, index, name, utilization.gpu [%], memory.used [MiB], power.draw [W]';
const row = (time: string, index: number, busy: string, power = '250.10 W') =>
  `2026/11/24 ${time}, ${index}, NVIDIA H100 80GB HBM3, ${busy}, 1024 MiB, ${power}`;
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');
const told = (series: readonly LabelledSeries[], name: string, labels: Record<string, string> = {}): LabelledSeries => {
  const found = series.filter(
    (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
  );
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)} of ${series.map((one) => one.name).join(', ')}`);
  return found[0]!;
};

test('readings are read by the header, per GPU, on the run’s clock', () => {
  const text = lines(
    HEADER,
    row('13:00:01.000', 0, '0 %'),
    row('13:00:01.001', 1, '[N/A]', '[Not Supported]'),
    row('13:00:02.500', 0, '80 %'),
    row('13:00:02.501', 1, '7 %', '[N/A]'),
  );
  const { kind, series, trouble } = readNvidiaSmi(
    `${text}2026/11/24 13:00:03.000, 0, NVIDIA H100 80GB HBM3, 9`,
    ORIGIN,
    5000,
  );
  assert.deepEqual([kind, trouble], ['query-gpu', null]);
  const first = told(series, 'GPU utilisation', { gpu: '0', model: 'NVIDIA H100 80GB HBM3' });
  assert.deepEqual([...first.time], [1000, 2500]);
  assert.deepEqual([...first.values], [0, 0.8]);
  assert.equal(told(series, 'GPU memory', { gpu: '0' }).values[0], 1024);
  assert.equal(told(series, 'GPU power', { gpu: '0' }).values[0], 250.1);
  assert.deepEqual([...told(series, 'GPU utilisation', { gpu: '1' }).values], [Number.NaN, 0.07]);
  assert.ok(!series.some(({ name, labels }) => name === 'GPU power' && labels['gpu'] === '1'), 'it was never told');
});

test('all that the driver tells of a GPU is kept, by whichever name it has', () => {
  const columns =
    'timestamp, uuid, index, clocks_event_reasons.active, memory.total [MiB], temperature.gpu, pcie.link.gen.current, pcie.link.width.current, clocks.current.sm [MHz]';
  const text = lines(
    columns,
    '2026/11/24 13:00:01.000, GPU-1a, 0, 0x0000000000000001, 81559 MiB, 41, 5, 16, 1980 MHz',
    '2026/11/24 13:00:02.000, GPU-1a, 0, 0x0000000000000024, 81559 MiB, 88, 5, 8, 1200 MHz',
    '2026/11/24 13:00:03.000, GPU-1a, 0, [N/A], 81559 MiB, 88, 5, 8, 1200 MHz',
  );
  const { series, indexes } = readNvidiaSmi(text, ORIGIN, 5000);
  const values = (name: string): number[] => [
    ...told(
      series.filter(({ labels }) => !labels['reason']),
      name,
    ).values,
  ];
  assert.deepEqual(values('GPU memory total'), [81559, 81559, 81559]);
  assert.deepEqual(values('GPU temperature'), [41, 88, 88]);
  assert.deepEqual(values('GPU PCIe generation'), [5, 5, 5]);
  assert.deepEqual(values('GPU PCIe lanes'), [16, 8, 8]);
  assert.deepEqual(values('GPU clock'), [1980, 1200, 1200]);
  // Idle is no reason of that kind.
  assert.deepEqual(values('GPU throttled'), [0, 1, Number.NaN]);
  const reasons = series.filter(({ name, labels }) => name === 'GPU throttled' && labels['reason'] !== undefined);
  assert.deepEqual(reasons.map(({ labels }) => labels['reason']).sort(), ['heat', 'power cap']);
  assert.deepEqual([...indexes], [['GPU-1a', '0']]);
});

test('memory by process is told of the GPU by its number, and says which GPUs the target uses', () => {
  const apps = lines(
    'timestamp, gpu_uuid, pid, process_name, used_gpu_memory [MiB]',
    '2026/11/24 13:00:01.000, GPU-1a, 4242, /usr/bin/python3, 6010 MiB',
    '2026/11/24 13:00:01.000, GPU-2b, 77, C:\\Program Files\\a, b.exe, [N/A]',
    '2026/11/24 13:00:02.000, GPU-1a, 4242, /usr/bin/python3, 6020 MiB',
    '2026/11/24 13:00:02.000, GPU-2b, 77, C:\\Program Files\\a, b.exe, 5 MiB',
  );
  const { kind, series } = readNvidiaSmi(apps, ORIGIN, 5000);
  assert.equal(kind, 'compute-apps');
  const numbered = withIndexes(series, new Map([['GPU-1a', '3']]));
  const own = told(numbered, 'GPU memory of a process', { gpu: '3', pid: '4242', process: 'python3' });
  assert.deepEqual([...own.values], [6010, 6020]);
  assert.deepEqual(
    [...told(numbered, 'GPU memory of a process', { gpu: 'GPU-2b', process: 'a, b.exe' }).values],
    [NaN, 5],
  );
  assert.equal(targetGpus(numbered), null);
  const classified = numbered.map((one) => ({
    ...one,
    labels: { ...one.labels, target: one.labels['pid'] === '4242' ? 'yes' : 'no' },
  }));
  assert.deepEqual(targetGpus(classified), new Set(['3']));
  // Nobody used a GPU: that is no trouble.
  const none = readNvidiaSmi(lines('timestamp, gpu_uuid, pid, process_name, used_gpu_memory [MiB]'), ORIGIN, 5000);
  assert.deepEqual([none.series, none.trouble], [[], null]);
});

test('dmon’s columns are read by their header, whichever the driver has, each second in its middle', () => {
  const old = lines(
    '#Date       Time        gpu   pwr  temp    sm   mem   enc   dec  mclk  pclk pviol tviol    fb  bar1 rxpci txpci',
    '#YYYYMMDD   HH:MM:SS    Idx     W     C     %     %     %     %   MHz   MHz     % bool    MB    MB  MB/s  MB/s',
    ' 20261124   13:00:01      0   312    61    95    40     0     0  1593  1410    12     1  8000     5    10    20',
    '#Date       Time        gpu   pwr  temp    sm   mem   enc   dec  mclk  pclk pviol tviol    fb  bar1 rxpci txpci',
    '#YYYYMMDD   HH:MM:SS    Idx     W     C     %     %     %     %   MHz   MHz     % bool    MB    MB  MB/s  MB/s',
    ' 20261124   13:00:02      0     -    61     0     0     -     -  1593   210     0     0  8000     5    10    20',
  );
  const { kind, series } = readNvidiaSmi(old, ORIGIN, 5000);
  assert.equal(kind, 'dmon');
  const own = { gpu: '0', from: 'dmon' };
  assert.deepEqual([...told(series, 'GPU utilisation', own).time], [1500, 2500]);
  assert.deepEqual([...told(series, 'GPU utilisation', own).values], [0.95, 0]);
  assert.deepEqual([...told(series, 'GPU power', own).values], [312, Number.NaN]);
  assert.deepEqual([...told(series, 'GPU throttled', { reason: 'power cap' }).values], [0.12, 0]);
  assert.deepEqual([...told(series, 'GPU throttled', { reason: 'heat' }).values], [1, 0]);
  assert.equal(told(series, 'GPU PCIe received').values[0], 10);
  assert.equal(told(series, 'GPU temperature').values[0], 61);
  assert.equal(told(series, 'GPU memory').values[0], 8000);

  // A newer one, as CSV, with what Hopper tells, and without dates: past midnight it is the next day.
  const late = new Date(2026, 10, 24, 23, 59, 58).getTime();
  const newer = lines(
    '#Time, gpu, pwr, gtemp, mtemp, sm, mem, gract, mmaact',
    '#HH:MM:SS, Idx, W, C, C, %, %, GPM:%, GPM:%',
    '23:59:59, 0, 12, 43, -, 0, 1, -, -',
    '00:00:00, 0, 12, 43, -, 100, 1, 40, 5',
  );
  const hopper = readNvidiaSmi(newer, late, 5000).series;
  assert.deepEqual([...told(hopper, 'GPU engine activity').time], [1500, 2500]);
  assert.deepEqual([...told(hopper, 'GPU engine activity').values], [Number.NaN, 0.4]);
  assert.deepEqual([...told(hopper, 'GPU tensor activity').values], [Number.NaN, 0.05]);
});

test('pmon tells what each process has of a GPU; a GPU without any tells nothing', () => {
  const text = lines(
    '#Date       Time        gpu         pid   type     sm    mem    enc    dec    jpg    ofa     fb   ccpm    command ',
    '#YYYYMMDD   HH:MM:SS    Idx           #    C/G      %      %      %      %      %      %     MB     MB    name ',
    ' 20261124   13:00:01      0        4242     C     45     12      -      -      -      -    500      0    python3 -m x ',
    ' 20261124   13:00:01      1           -     -      -      -      -      -      -      -      -      -    -              ',
  );
  const { kind, series } = readNvidiaSmi(text, ORIGIN, 5000);
  assert.equal(kind, 'pmon');
  const labels = { gpu: '0', pid: '4242', process: 'python3 -m x', from: 'pmon' };
  assert.equal(told(series, 'GPU utilisation of a process', labels).values[0], 0.45);
  assert.equal(told(series, 'GPU memory of a process', labels).values[0], 500);
  assert.equal(series.length, 2);
});

test('a file from another time zone is moved by quarter hours to the run; one from another day is refused', () => {
  const text = lines(HEADER, row('18:30:01.000', 0, '50 %'), row('18:30:03.000', 0, '50 %'));
  assert.deepEqual([...readNvidiaSmi(text, ORIGIN, 5000).series[0]!.time], [1000, 3000]);
  assert.throws(() => readNvidiaSmi(text, ORIGIN + 72 * 3600_000, 5000), {
    name: 'TelemetryError',
    message: /not when the run was/,
  });
  // Three hours of it reach over the run in either zone; its last line is of when the file was last written.
  const hours = Array.from({ length: 181 }, (_, minute) =>
    row(`${11 + Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}:02.000`, 0, `${minute % 100} %`),
  );
  const values = (written: number | null): number[] => [
    ...readNvidiaSmi(lines(HEADER, ...hours), ORIGIN, 5000, written).series[0]!.values,
  ];
  assert.deepEqual(values(null), [0.2]);
  assert.deepEqual(values(new Date(2026, 10, 24, 14, 0, 2, 50).getTime()), [0.2]);
  assert.deepEqual(values(new Date(2026, 10, 24, 13, 0, 2, 50).getTime()), [0.8]);
  assert.deepEqual(values(new Date(2026, 10, 25, 9, 7, 0).getTime()), [0.2], 'copied later');
});

test('what is read while it is being written comes to what is read in the end, and begins with the run', () => {
  const rows = Array.from({ length: 40 }, (_, i) =>
    row(`13:00:${String(Math.floor(i / 4)).padStart(2, '0')}.${i % 4 === 3 ? '750' : '100'}`, i % 2, `${i} %`),
  );
  const whole = readNvidiaSmi(lines(HEADER, ...rows), ORIGIN, 10_000).series;
  const reader = new NvidiaSmiReader(ORIGIN);
  assert.deepEqual(reader.read(lines(HEADER), 500), []);
  const parts = [0, 1, 2, 3].flatMap((part) => reader.read(lines(...rows.slice(part * 10, part * 10 + 10)), 10_000));
  for (const series of whole) {
    const own = parts.filter(({ name, labels }) => name === series.name && labels['gpu'] === series.labels['gpu']);
    assert.deepEqual(
      own.flatMap(({ time }) => [...time]),
      [...series.time],
    );
    assert.deepEqual(
      own.flatMap(({ values }) => [...values]),
      [...series.values],
    );
  }
  // What was recorded before the run is held back until something of the run shows that the clocks agree.
  const later = new NvidiaSmiReader(ORIGIN + 11_000);
  assert.deepEqual(later.read(lines(HEADER, ...rows), -1000), []);
  const [first] = later.read(lines(row('13:00:11.500', 0, '7 %')), 1000);
  assert.deepEqual([...first!.time], [-1900, -1900, 500], 'and little from before it is kept');
});

test('what cannot be read says the line and the column, and hides nothing else', () => {
  const of = (text: string) => () => readNvidiaSmi(text, ORIGIN, 1000);
  assert.throws(of(' \n'), /is empty/);
  assert.throws(of('timestamp, name\n'), /none of the columns that are known of it: utilization.gpu, /);
  assert.throws(
    of('index, utilization.gpu [%]\n'),
    /no column "timestamp" in line 1\. Record it with --query-gpu=timestamp,/,
  );
  assert.throws(of(lines(row('13:00:00.500', 0, '1 %'))), /no header in line 1\. Record it without "noheader"/);
  assert.throws(
    of('# gpu   pwr\n# Idx     W\n    0   43\n'),
    /does not tell the time in line 1\. Record it with "nvidia-smi dmon -o DT"/,
  );
  assert.throws(of('NVIDIA-SMI has failed because\nit could not\n'), /begins with no header that is known/);
  const { series, trouble } = readNvidiaSmi(
    lines(
      HEADER,
      row('13:00:00.100', 0, '1 %'),
      'Unable to determine the device handle',
      row('noon', 0, '2 %'),
      row('13:00:00.300', 0, '3 %'),
    ),
    ORIGIN,
    1000,
  );
  assert.deepEqual([...series[0]!.values], [0.01, 0.03]);
  assert.equal(
    trouble,
    '2 lines of the nvidia-smi file could not be read and were left out: line 3 is "Unable to determine the device handle".',
  );
});

test('an nvidia-smi that does not end is waited for a little, and what it said is kept', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-smi-'));
  const program = path.join(folder, 'nvidia-smi');
  const file = path.join(folder, 'said.csv');
  const before = process.env['PATH'];
  try {
    // Who holds its output open is all that can be seen of one that hangs in its driver.
    await writeFile(program, `#!/bin/sh\necho '${HEADER}'\nsleep 8 &\nexec sleep 8\n`);
    await chmod(program, 0o755);
    process.env['PATH'] = `${folder}${path.delimiter}${before}`;
    const smi = await NvidiaSmi.start('query-gpu', file);
    await sleep(500);
    const asked = performance.now();
    await smi!.stop();
    assert.ok(performance.now() - asked < 4000, `${performance.now() - asked} ms`);
    assert.equal(await readFile(file, 'utf8'), `${HEADER}\n`);
  } finally {
    process.env['PATH'] = before;
    await rm(folder, { recursive: true, force: true });
  }
});

test('that there is no nvidia-smi is said of what was asked for by its name, and not where the choice was ours', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-no-smi-'));
  const file = path.join(folder, 'gpu.csv');
  const before = process.env['PATH'];
  const said = async (source: string): Promise<string | null> => {
    const gpu = new GpuTelemetry(source);
    await gpu.check();
    return gpu.begin({ folder, origin: takeOrigin(), target: null, now: () => 0 });
  };
  try {
    await writeFile(file, `${HEADER}\n`);
    process.env['PATH'] = folder;
    assert.equal(await said('auto'), null);
    assert.equal(await said(`auto,${file}`), null);
    assert.equal(await said('auto,dmon'), 'nvidia-smi was not found, so it tells nothing of dmon.');
  } finally {
    process.env['PATH'] = before;
    await rm(folder, { recursive: true, force: true });
  }
});
