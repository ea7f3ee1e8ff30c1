import type { HealthSample } from '../../runs/health-sample.ts';
import type { Health } from '../../runs/run-document.ts';
import type { RunEvent } from '../../runs/run-log.ts';
import type { GeneratorFacts } from './generator-trouble.ts';
import type { Span } from './sliding-window.ts';
import type { Tally } from './tally.ts';

/** One generator over a span, from the samples nearest to its ends. */
interface Watched {
  readonly wall: number;
  readonly cpu: number;
  readonly waited: number | null;
  readonly gcShare: number;
  readonly gcMax: number;
  readonly opened: number;
  readonly samples: readonly HealthSample[];
}

/** What the samples of the generators' health come to in one phase. @param span of the phase, ms of run time */
export function summarizeHealth(
  events: readonly RunEvent[],
  span: Span,
  generators: number,
  capacity: number | null,
  total: Tally,
): { readonly facts: GeneratorFacts; readonly document: Health } {
  const { lateness, poolWait } = total;
  const watched = Array.from({ length: generators }, (_, generator) =>
    watch(
      events.flatMap((event) => (event.type === 'health' && event.generator === generator ? [event.sample] : [])),
      span,
    ),
  ).filter((one) => one !== null);
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
    fds: nearestToLimit(watched.flatMap(({ samples }) => samples.flatMap(({ fds }) => fds ?? []))),
    ports: mostPorts(watched.flatMap(({ samples }) => samples.flatMap(({ ports }) => ports ?? []))),
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
