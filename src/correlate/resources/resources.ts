import type { ResourceFacts } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import { cpuFacts } from './cpu.ts';
import { gpuFacts } from './gpu.ts';
import { eventLoopFacts, gilFacts } from './interpreter.ts';
import { memoryFacts } from './memory.ts';
import { modelServerFacts } from './model-server.ts';
import { Observed, type TargetFacts } from './observed.ts';
import { connectionFacts, descriptorFacts, threadFacts } from './pools.ts';
import { queueFacts } from './queue.ts';
import type { RequestWindows } from './request-windows.ts';
import { waitingOf } from './waiting.ts';

/** What a run's resources are told from. */
export interface ResourceInput {
  readonly target: TargetFacts;
  /** Of the measured phase. */
  readonly measured: RequestWindows;
  /** Of the profiled one; null where there was none. */
  readonly profiled: RequestWindows | null;
  /** Ms of the one request before the load; NaN unknown. */
  readonly preflight: number;
  readonly series: readonly LabelledSeries[];
}

/** Of what is short the first named: what tells most of it. A machine without a free core makes all others wait, and is told before them. */
const SHARPEST: readonly ResourceFacts['resource'][] = [
  'model server',
  'gil',
  'event loop',
  'file descriptors',
  'connections',
  'threads',
  'memory',
  'gpu',
  'cpu',
  'queue',
];
const STATES: readonly ResourceFacts['state'][] = ['short', 'near', 'free', 'unknown'];

/**
 * What the target had to work with, the shortest first. It says what was at its limit while requests waited, never that they waited for
 * it: that they happened together is all that is seen.
 */
export function resourceFacts({ target, measured, profiled, preflight, series }: ResourceInput): ResourceFacts[] {
  const waiting = waitingOf(measured, preflight);
  const observed = new Observed(target, waiting, profiled && waitingOf(profiled, preflight), series);
  const cpu = cpuFacts(observed);
  const others = [
    cpu.facts,
    gilFacts(observed),
    eventLoopFacts(observed),
    modelServerFacts(observed),
    threadFacts(observed),
    connectionFacts(observed),
    descriptorFacts(observed),
    memoryFacts(observed),
    gpuFacts(observed),
  ].filter((facts) => facts !== null);
  const all = [
    ...others,
    queueFacts(
      waiting,
      others.some(({ state }) => state === 'short'),
    ),
  ];
  const rank = (facts: ResourceFacts): number =>
    facts === cpu.facts && cpu.isWhole ? -1 : SHARPEST.indexOf(facts.resource);
  return all.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || rank(a) - rank(b));
}
