import type { HealthSample } from '../../runs/health-sample.ts';
import type { Health } from '../../runs/run-document.ts';
import type { RunEvent } from '../../runs/run-log.ts';
import type { GeneratorFacts } from './generator-trouble.ts';
import type { Span } from './sliding-window.ts';
import type { RequestWaits } from './waits.ts';

/** One generator over a span, from the samples nearest to its ends. */
interface Watched {
  readonly wall: number;
  readonly cpu: number;
  readonly waited: number | null;
  readonly gcShare: number;
  readonly gcMax: number;
  readonly stalls: readonly number[];
  readonly opened: number;
  readonly samples: readonly HealthSample[];
}

/** By generator, what was logged of its health. */
export function healthSamples(events: readonly RunEvent[], generators: number): HealthSample[][] {
  const samples = Array.from({ length: generators }, (): HealthSample[] => []);
  for (const event of events) if (event.type === 'health') samples[event.generator]?.push(event.sample);
  return samples;
}

/**
 * What the samples of the generators' health come to in one phase.
 * @param samples by generator, in order of time @param span of the phase, ms of run time @param waits of the requests of the phase
 */
export function summarizeHealth(
  samples: readonly (readonly HealthSample[])[],
  span: Span,
  capacity: number | null,
  waits: Pick<RequestWaits, 'lateness' | 'poolWait'>,
): { readonly facts: GeneratorFacts; readonly document: Health } {
  const { lateness, poolWait } = waits;
  const generators = samples.length;
  const watched = samples.map((own) => watch(own, span)).filter((one) => one !== null);
  const most = (values: readonly number[]): number | null => (values.length > 0 ? Math.max(...values) : null);
  const gc =
    watched.length === 0
      ? null
      : { max: most(watched.map((w) => w.gcMax))!, share: most(watched.map((w) => w.gcShare))! };
  const facts: GeneratorFacts = {
    lateness,
    poolWait,
    generators,
    cpu: watched.length > 0 ? watched.reduce((sum, { cpu, wall }) => sum + cpu / wall, 0) : null,
    starved: most(watched.flatMap(({ waited, wall }) => (waited === null ? [] : [waited / wall]))),
    gc,
    stalls: watched.flatMap((one) => one.stalls),
    fds: nearestToLimit(watched.flatMap((one) => one.samples.flatMap(({ fds }) => fds ?? []))),
    ports: mostPorts(watched.flatMap((one) => one.samples.flatMap(({ ports }) => ports ?? []))),
    capacity,
  };
  const { starved, fds, ports } = facts;
  const connections = watched.length > 0 ? watched.reduce((sum, { opened }) => sum + opened, 0) : null;
  return {
    facts,
    document: {
      lateness,
      poolWait,
      cpu: facts.cpu,
      starved,
      gc: { max: gc?.max ?? null, share: gc?.share ?? null },
      fds,
      ports,
      capacity,
      connections,
      generators,
    },
  };
}

/** Null where there are not two moments to tell a difference by. */
function watch(all: readonly HealthSample[], { start, end }: Span): Watched | null {
  const before = all.findLast(({ at }) => at <= start) ?? all[0];
  const after = all.find(({ at }) => at >= end) ?? all.at(-1);
  if (before === undefined || after === undefined || after.at <= before.at) return null;
  const samples = all.filter(({ at }) => at > before.at && at <= after.at);
  const wall = after.at - before.at;
  return {
    wall,
    cpu: after.cpu - before.cpu,
    waited: after.waited === null || before.waited === null ? null : after.waited - before.waited,
    gcShare: (after.gcTotal - before.gcTotal) / wall,
    gcMax: Math.max(...samples.map(({ gcMax }) => gcMax)),
    // What a sample tells of the time since the one before may have been in the warm-up, or after the last request.
    stalls: samples.flatMap(({ at, stall }, index) =>
      at <= end && (samples[index - 1] ?? before).at >= start ? (stall ?? []) : [],
    ),
    opened: after.opened,
    samples,
  };
}

function nearestToLimit(found: readonly { used: number; limit: number }[]): { used: number; limit: number } | null {
  return found.toSorted((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null;
}

function mostPorts(found: readonly { used: number; available: number }[]): { used: number; available: number } | null {
  return found.toSorted((a, b) => b.used - a.used)[0] ?? null;
}
