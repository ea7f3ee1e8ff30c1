import path from 'node:path';
import type { ResourceFacts } from '../../src/runs/run-document.ts';

/** A real server that one thing limits, and two loads: one that it bears easily, and one that is too much for it. */
export interface LimitedServer {
  readonly name: string;
  /** Of `limited_server.py`; null: it is `blocked-loop.child.ts`. */
  readonly mode: string | null;
  /** What is short at the high load, as it was written down before anything was measured. */
  readonly resource: ResourceFacts['resource'];
  /** Options of `tailflame run`. */
  readonly high: readonly string[];
  readonly low: readonly string[];
  /** Whether it is told with a profiler alone. */
  readonly profiled?: true;
  /** Whether it tells of itself under /metrics. */
  readonly tells?: true;
}

export const LIMITED_SERVERS: readonly LimitedServer[] = [
  { name: 'processes', mode: 'processes', resource: 'cpu', high: users(16), low: rate(25) },
  { name: 'gil', mode: 'gil', resource: 'gil', high: users(8), low: rate(15) },
  { name: 'gil, profiled', mode: 'gil', resource: 'gil', high: users(8), low: rate(15), profiled: true },
  { name: 'loop', mode: null, resource: 'event loop', high: users(8), low: rate(20), profiled: true },
  { name: 'threads', mode: 'threads', resource: 'threads', high: users(16), low: rate(15) },
  { name: 'pool', mode: 'pool', resource: 'connections', high: users(16), low: rate(12) },
  { name: 'engine', mode: 'engine', resource: 'model server', high: users(16), low: rate(10), tells: true },
  { name: 'lock', mode: 'lock', resource: 'queue', high: users(8), low: rate(8) },
  { name: 'accept', mode: 'accept', resource: 'connections', high: users(8), low: rate(5) },
  {
    name: 'descriptors',
    mode: 'descriptors',
    resource: 'file descriptors',
    high: [...users(80), '--connections', '80', '--timeout', '2s'],
    low: [...rate(20), '--connections', '8'],
  },
];

/** @param python that has the packages of the examples */
export function commandOf({ mode }: LimitedServer, python: string): string {
  if (mode !== null) return `"${python}" "${path.resolve('test/support/limited_server.py')}" ${mode}`;
  return `"${process.execPath}" "${path.resolve('out/test/support/blocked-loop.child.mjs')}"`;
}

function users(count: number): string[] {
  return ['--users', String(count)];
}

function rate(perSecond: number): string[] {
  return ['--rate', String(perSecond)];
}
