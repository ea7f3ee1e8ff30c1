import { durationText } from '../duration.ts';
import { loadText } from '../load-text.ts';
import { type Load, PLAN_DEFAULTS, type Plan, PlanError, type Stage } from '../plan.ts';
import { defaultStageName, type Replay } from '../read/load-document.ts';
import type { FileName } from './written-step.ts';

/** The keys of a plan file that say how much is sent and for how long. */
export function writtenLoad({ load, duration, warmup }: Plan, replay: Replay | null, fileName: FileName): object {
  const usualWarmup = replay === null ? PLAN_DEFAULTS.warmup : 0;
  return {
    ...levels(load, duration, replay, fileName),
    ...(warmup === usualWarmup ? {} : { warmup: durationText(warmup) }),
  };
}

function levels(load: Load | null, duration: number, replay: Replay | null, fileName: FileName): object {
  if (replay !== null) {
    const { file, speed, duration: written } = replay;
    return { load: { replay: fileName(file), ...(speed === 1 ? {} : { speed }) }, ...length(written) };
  }
  if (load === null) return length(duration);
  if (load.model === 'replay') {
    throw new PlanError('Recorded arrivals are written as the name of their file, which is not known here.');
  }
  const arrivals = load.model === 'open' ? writtenArrivals(load) : {};
  const [steady] = load.stages;
  // What a short form would make of it.
  if (load.stages.length !== 1 || !isSteady(steady!) || steady!.duration !== duration) {
    return { load: { ...arrivals, stages: writtenStages(load) } };
  }
  const level = load.model === 'open' ? { rate: steady!.from } : { users: steady!.from };
  return { load: loadText(load, false) ?? { ...level, ...arrivals }, ...length(duration) };
}

function length(duration: number | null): object {
  return duration === null || duration === PLAN_DEFAULTS.duration ? {} : { duration: durationText(duration) };
}

function writtenArrivals({ arrivals, burstiness }: Extract<Load, { model: 'open' }>): object {
  if (arrivals === 'poisson') return {};
  return { arrivals, ...(arrivals === 'gamma' && burstiness !== 1 ? { burstiness } : {}) };
}

function isSteady({ name, from, to }: Stage): boolean {
  return name === 'steady' && from === to;
}

function writtenStages({ model, stages }: Exclude<Load, { model: 'replay' }>): object[] {
  const [hold, ramp] = model === 'open' ? ['rate', 'ramp'] : ['users', 'rampUsers'];
  return stages.map(({ name, from, to, duration }, at) => {
    const before = at === 0 ? 0 : stages[at - 1]!.to;
    const level = from === to ? { [hold!]: to } : { [ramp!]: to, ...(from === before ? {} : { from }) };
    return { ...level, for: durationText(duration), ...(name === defaultStageName(at) ? {} : { name }) };
  });
}
