import { gpuIdleFinding } from '../../src/correlate/gpu-idle.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { type Profile, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';

/** Ms that a simulated target was profiled for, and between two samples of it. */
export const SIMULATED_MS = 24_000;
const SAMPLE_MS = 10;
const LINES: Readonly<Record<string, number>> = { tokenize: 12, serialize: 31, other: 40 };

/** True in every other of stretches of `least` to `most` ms. */
export function stretches(seed: number, least = 300, most = 1300): (time: number) => boolean {
  const random = seededRandom(seed);
  const edges: number[] = [];
  for (let at = 0; at < SIMULATED_MS + most; at += least + (most - least) * random()) edges.push(at);
  return (time) => edges.findLastIndex((edge) => edge <= time) % 2 === 1;
}

/** How a GPU's work is told: means over `window` ms that ended `late` ms before, told anew as often as they are long, and asked for every `every` ms. */
export interface SimulatedTelling {
  readonly name: string;
  readonly window: number;
  readonly every: number;
  readonly late: number;
  /** Parts of one that are told. */
  readonly steps: number;
}
/** As the driver was seen to (docs/decisions/gpu.md). */
export const SMI: SimulatedTelling = { name: 'GPU utilisation', window: 100, every: 200, late: 150, steps: 100 };

export function tellGpu(isBusy: (time: number) => boolean, telling: SimulatedTelling = SMI, gpu = '0'): LabelledSeries {
  const { name, window, every, late, steps } = telling;
  const mean = (to: number): number => {
    let busy = 0;
    for (let ms = 1; ms <= window; ms++) busy += Number(isBusy(to - window + ms));
    return Math.round((steps * busy) / window) / steps;
  };
  const time = Float64Array.from({ length: Math.ceil(SIMULATED_MS / every) + 1 }, (_, i) => 70 + i * every);
  // What was told last, when it was asked.
  const values = time.map((at) => mean(Math.floor(at / window) * window - late));
  return { name, labels: { gpu }, unit: '', time, values };
}

/** A server of `handle`, which calls what `pick` says; where that is null its thread waits. */
export function simulatedTarget(pick: (time: number) => string | null): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const frame = (name: string, file = '/app/server.py') =>
    builder.frame({ function: name, file, line: null, column: null });
  const library = builder.stack(-1, frame('run', '/usr/lib/python3/asyncio/runners.py'), 9);
  for (let time = 0; time < SIMULATED_MS; time += SAMPLE_MS) {
    const name = pick(time);
    const handle = builder.stack(library, frame('handle'), name === null ? 55 : 50);
    const stack = name === null ? handle : builder.stack(handle, frame(name), LINES[name]!);
    builder.sample(time, stack, thread, SAMPLE_MS, name === null ? WAITING : RUNNING);
  }
  return builder.build('simulated', 'ms', true);
}

export function idleOf(
  profile: Profile,
  series: readonly LabelledSeries[],
  seed = 1,
): ReturnType<typeof gpuIdleFinding> {
  const isUserCode = ({ file }: { file: string | null }): boolean => file === '/app/server.py';
  return gpuIdleFinding({ profile, phase: { start: 0, end: SIMULATED_MS }, isUserCode, seed }, series);
}
