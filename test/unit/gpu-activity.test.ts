import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { gpuActivity, targetActivity } from '../../src/telemetry/gpu-activity.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';

const NVIDIA_SMI = 'GPU utilisation';
const series = (
  name: string,
  gpu: string,
  every: number,
  values: readonly number[],
  labels: Record<string, string> = {},
): LabelledSeries => ({
  name,
  labels: { gpu, ...labels },
  unit: '',
  time: Float64Array.from(values, (_, i) => (i + 1) * every),
  values: Float64Array.from(values),
});
const random = seededRandom(7);
const noise = (count: number): number[] => Array.from({ length: count }, () => Math.round(random() * 98 + 1) / 100);

test('engines tell before tensor cores, these before utilisation; what has hardly a value tells last', () => {
  const engine = series('DCGM_FI_PROF_GR_ENGINE_ACTIVE', '0', 1000, noise(20), { modelName: 'NVIDIA H100' });
  const tensor = series('DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', '0', 1000, noise(20));
  const utilisation = series(NVIDIA_SMI, '0', 200, noise(100), { model: 'H100' });
  const percent = series(
    'DCGM_FI_DEV_GPU_UTIL',
    '0',
    1000,
    noise(20).map((value) => value * 100),
  );
  const bestOf = (...all: LabelledSeries[]) => gpuActivity(all).map(({ source, by }) => [source, by]);
  assert.deepEqual(bestOf(percent, utilisation, tensor, engine), [['engine', "DCGM's DCGM_FI_PROF_GR_ENGINE_ACTIVE"]]);
  assert.equal(gpuActivity([engine])[0]!.name, 'NVIDIA H100');
  assert.deepEqual(bestOf(percent, utilisation, tensor), [['tensor', "DCGM's DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"]]);
  assert.deepEqual(bestOf(percent, utilisation), [['utilisation', "nvidia-smi's utilisation"]]);
  assert.deepEqual(bestOf(percent), [['utilisation', "DCGM's DCGM_FI_DEV_GPU_UTIL"]]);
  assert.ok(
    gpuActivity([percent])[0]!.values.every((value) => value > 0 && value < 1),
    'it is told in per cent',
  );
  // An exporter that collects every 30 s tells nothing of a run of 20 s.
  const stale = series('DCGM_FI_PROF_GR_ENGINE_ACTIVE', '0', 1000, new Array<number>(20).fill(0.3217));
  assert.deepEqual(bestOf(stale, utilisation), [['utilisation', "nvidia-smi's utilisation"]]);
  assert.deepEqual(bestOf(stale), []);
  const few = series('DCGM_FI_PROF_GR_ENGINE_ACTIVE', '0', 5000, noise(4));
  assert.deepEqual(bestOf(few, utilisation), [['utilisation', "nvidia-smi's utilisation"]]);
  assert.deepEqual(bestOf(few), [['engine', "DCGM's DCGM_FI_PROF_GR_ENGINE_ACTIVE"]]);
});

test('a value is of the time since the one before, of no more than the driver averages over, and comes late', () => {
  const fast = gpuActivity([series(NVIDIA_SMI, '0', 200, [0.1, 0.2, Number.NaN, 0.4, 0.3])])[0]!;
  assert.equal(fast.window, 200);
  assert.deepEqual([...fast.time], [100, 300, 700, 900]);
  // 0.4 was told after a gap: of the first half of it nothing is known.
  assert.deepEqual([...fast.from], [-200, 100, 400, 700]);
  const slow = gpuActivity([series(NVIDIA_SMI, '0', 5000, noise(12))])[0]!;
  assert.deepEqual([...slow.from.slice(0, 3)], [3900, 8900, 13_900]);
});

test('a driver that tells anew once a second is heard once a second, though it is asked five times', () => {
  const truth = noise(40);
  // Each value is of the second before it, and stands until the next.
  const asked = Array.from({ length: 200 }, (_, i) => truth[Math.floor(i / 5)]!);
  const [gpu] = gpuActivity([series(NVIDIA_SMI, '0', 200, asked)]);
  assert.ok(Math.abs(gpu!.window - 1000) < 1, `${gpu!.window}`);
  for (let i = 1; i < 39; i++) {
    const middle = 1000 * i - 300;
    const row = gpu!.time.findIndex((time) => time >= middle);
    assert.equal(gpu!.values[row], truth[i], `the second before ${1000 * i + 200} ms`);
  }
  // One that is always busy or idle stands too, and may have been told anew each time.
  const square = Array.from({ length: 200 }, (_, i) => Number(Math.floor(i / 5) % 2 === 0));
  const [squared] = gpuActivity([series(NVIDIA_SMI, '0', 200, square)]);
  assert.deepEqual([squared!.window, squared!.time.length], [200, 200]);
});

test('parts of a GPU are told apart, pods that come and go are not, and only the target’s GPUs count where they are known', () => {
  const name = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';
  const early = series(name, '0', 1000, noise(10), { pod: 'a' });
  const late = { ...series(name, '0', 1000, noise(10), { pod: 'b' }), time: early.time.map((time) => time + 10_000) };
  const parts = ['7', '8'].map((part) => series(name, '1', 1000, noise(12), { GPU_I_ID: part }));
  const all = [...parts, late, early];
  assert.deepEqual(
    gpuActivity(all).map(({ gpu, time }) => [gpu, time.length]),
    [
      ['0', 20],
      ['1/7', 12],
      ['1/8', 12],
    ],
  );
  const memory = series('GPU memory of a process', '1', 1000, [5], { pid: '9', target: 'yes' });
  const others = series('GPU memory of a process', '0', 1000, [5], { pid: '8', target: 'no' });
  const used = targetActivity([...all, memory, others]);
  assert.deepEqual([used.known, used.gpus.map(({ gpu }) => gpu)], [true, ['1/7', '1/8']]);
  assert.deepEqual(targetActivity([...all, others]).known, false);
  assert.equal(targetActivity([...all, others]).gpus.length, 3);
});
