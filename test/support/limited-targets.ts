import type { ResourceFacts } from '../../src/runs/run-document.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { OUTGOING_SERIES, TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import type { SimulatedLoad } from './simulated-target.ts';

/** A kind of target that one thing limits, and what is told of it while it works on requests and keeps others waiting. */
export interface LimitedTarget {
  readonly name: string;
  readonly resource: ResourceFacts['resource'];
  readonly runtime: 'node' | 'python' | null;
  /** Requests worked on at once. */
  readonly servers: number;
  readonly told: (load: SimulatedLoad) => LabelledSeries[];
}

export const CORES = 4;

/** @param of what is read at a moment at which so many were worked on and so many waited */
function series(
  { time, busy, queued }: SimulatedLoad,
  name: string,
  unit: string,
  of: (busy: number, queued: number) => number,
  labels: Readonly<Record<string, string>> = {},
): LabelledSeries {
  return { name, labels, unit, time, values: time.map((_, index) => of(busy[index]!, queued[index]!)) };
}

/** What is told of every target: CPU by the request that is worked on, threads, connections, memory. */
function usual(load: SimulatedLoad, cpuEach: number, threadEach: number, threads: number): LabelledSeries[] {
  return [
    series(load, TARGET_SERIES.cpu, 'cores', (busy) => 0.02 + cpuEach * busy),
    series(load, TARGET_SERIES.busiestThread, 'cores', (busy) => 0.01 + threadEach * Math.min(1, busy)),
    series(load, TARGET_SERIES.machineCpu, '%', (busy) => Math.min(100, 5 + (100 * cpuEach * busy) / CORES)),
    series(load, TARGET_SERIES.threads, 'threads', () => threads),
    series(load, TARGET_SERIES.connections, 'connections', () => 32),
    series(load, TARGET_SERIES.acceptQueue, 'connections', () => 0),
    series(load, TARGET_SERIES.fds, '%', () => 5),
    series(load, TARGET_SERIES.memory, 'MiB', () => 120),
    series(load, TARGET_SERIES.machineMemory, '%', () => 40),
  ];
}

export const LIMITED: readonly LimitedTarget[] = [
  {
    name: 'four processes that compute on four cores',
    resource: 'cpu',
    runtime: 'python',
    servers: CORES,
    told: (load) => [
      ...usual(load, 0.98, 0.25, 4),
      series(load, TARGET_SERIES.waitingForCore, 'threads', (_, queued) => Math.min(queued, 3)),
    ],
  },
  {
    name: 'one thread that computes',
    resource: 'cpu',
    runtime: null,
    servers: 1,
    told: (load) => usual(load, 0.99, 0.98, 3),
  },
  {
    name: 'threads of Python that compute, sampled',
    resource: 'gil',
    runtime: 'python',
    servers: 1,
    told: (load) => [
      ...usual(load, 0.99, 0.2, 34),
      series(load, TARGET_SERIES.gil, '%', (busy) => 99 * Math.min(1, busy)),
      series(load, TARGET_SERIES.waitingForGil, 'threads', (_, queued) => queued),
    ],
  },
  {
    name: 'threads of Python that compute, not sampled',
    resource: 'gil',
    runtime: 'python',
    servers: 1,
    told: (load) => usual(load, 0.97, 0.2, 34),
  },
  {
    name: 'an event loop that is blocked',
    resource: 'event loop',
    runtime: 'node',
    servers: 1,
    told: (load) => [
      ...usual(load, 0.98, 0.97, 11),
      series(load, TARGET_SERIES.loopUtilisation, '%', (busy) => 99 * Math.min(1, busy)),
      series(load, TARGET_SERIES.loopDelay, 'ms', (busy, queued) => 1 + 10 * busy + 10 * queued),
    ],
  },
  {
    name: 'eight threads that wait for something',
    resource: 'threads',
    runtime: 'python',
    servers: 8,
    told: (load) => usual(load, 0.01, 0.01, 10),
  },
  {
    name: 'four connections to something else',
    resource: 'connections',
    runtime: 'python',
    servers: 4,
    told: (load) => [
      ...usual(load, 0.02, 0.05, 2),
      series(load, OUTGOING_SERIES, 'connections', () => 4, { to: '127.0.0.1:5432' }),
    ],
  },
  {
    name: 'a process that accepts too late',
    resource: 'connections',
    runtime: null,
    servers: 1,
    told: (load) =>
      usual(load, 0.01, 0.01, 1).map((one) =>
        one.name === TARGET_SERIES.acceptQueue
          ? series(load, one.name, one.unit, (_, queued) => Math.max(0, queued - 1))
          : one,
      ),
  },
  {
    name: 'a lock that one holds at a time',
    resource: 'queue',
    runtime: 'python',
    servers: 1,
    told: (load) => usual(load, 0.02, 0.01, 40),
  },
  {
    name: 'memory that is all taken',
    resource: 'memory',
    runtime: null,
    servers: 2,
    told: (load) =>
      usual(load, 0.1, 0.1, 40).map((one) =>
        one.name === TARGET_SERIES.machineMemory
          ? series(load, one.name, '%', (busy, queued) => Math.min(99.5, 60 + 10 * busy + 5 * queued))
          : one,
      ),
  },
  {
    name: 'file descriptors that are used up',
    resource: 'file descriptors',
    runtime: null,
    servers: 2,
    told: (load) =>
      usual(load, 0.1, 0.1, 40).map((one) =>
        one.name === TARGET_SERIES.fds
          ? series(load, one.name, '%', (busy, queued) => Math.min(100, 20 + 10 * busy + 10 * queued))
          : one,
      ),
  },
  {
    name: 'a GPU',
    resource: 'gpu',
    runtime: 'python',
    servers: 1,
    told: (load) => [
      ...usual(load, 0.1, 0.1, 40),
      series(load, 'GPU utilisation', '', (busy) => 0.99 * Math.min(1, busy), { gpu: '0', model: 'H100' }),
    ],
  },
  {
    name: 'the batch of a model server',
    resource: 'model server',
    runtime: 'python',
    servers: 8,
    told: (load) => [
      ...usual(load, 0.1, 0.6, 40),
      series(load, 'vLLM running', 'requests', (busy) => busy, { model: 'm' }),
      series(load, 'vLLM waiting', 'requests', (_, queued) => queued, { model: 'm' }),
      series(load, 'vLLM KV cache', '%', (busy) => (100 * busy) / 8, { model: 'm' }),
    ],
  },
];
