import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Plan } from '../load/plan/plan.ts';
import { dataOfEveryRun } from '../load/plan/plan-prompts.ts';
import { firstAddress } from '../load/plan/plan-steps.ts';
import { withoutSecrets } from '../load/plan/redaction.ts';
import type { Environment } from '../runs/run-document.ts';
import { filesOf } from './sent-files.ts';

/** What runs have in common whose figures can be held against each other: what was sent, with what load, on what machine. */
export interface Conditions {
  /** What the plan sends, wherever it sends it and however long: its {@link fingerprint}. */
  readonly plan: string;
  /** That was sent; of segments it is the gate's, and not the plan's. */
  readonly load: unknown;
  /** See {@link machineOf}. */
  readonly machine: unknown;
}

const GIB = 1024 ** 3;

/** What figures hang on of a machine, and not what an update of its system changes. */
export function machineOf({ os, arch, cpus, cpuModel, memoryBytes, node }: Environment): unknown {
  const [system] = os.split(/[ /]/);
  const [major] = node.replace(/^v/, '').split('.');
  return { system, arch, cpus, cpuModel, memory: `${Math.round(memoryBytes / GIB)} GiB`, node: major };
}

/**
 * A hash of all that decides what a plan sends and how it is sent.
 * @param plan as it was asked for: what a run resolves may differ from run to run
 * @param contents of its files by their paths, as `contentsOf` tells them; of a file that is not among them only the name counts
 */
export function fingerprint(plan: Plan, contents: ReadonlyMap<string, string>): string {
  const { target, setup, scenarios, data, environment, connections, timeout, maxInFlight } = withoutSecrets(plan);
  const { http, tls, headers, streams, keepAlive, compression, redirects } = target;
  const requests = JSON.stringify({ setup, scenarios, headers });
  const named = new Set([...requests.matchAll(/\$\{\s*env\.([^}]*?)\s*\}/g)].map(([, name]) => name!));
  const { pathname, search } = new URL(target.url);
  const sent = {
    setup,
    scenarios,
    data: Object.entries(dataOfEveryRun(data)),
    environment: Object.entries(environment).filter(([name]) => named.has(name)),
    // Addresses of steps may be relative to it.
    path: pathname + search,
    http,
    tls: { client: tls.cert !== null, verify: tls.verify },
    headers,
    streams,
    keepAlive,
    compression,
    redirects,
    connections,
    timeout,
    maxInFlight,
  };
  const files = new Set(filesOf(plan));
  // A plan is the same in whatever folder it lies.
  const byName = (_: string, value: unknown): unknown =>
    typeof value === 'string' && files.has(value) ? [path.basename(value), contents.get(value) ?? null] : value;
  const text = JSON.stringify(sent, byName).replaceAll(new URL(firstAddress(plan)).origin, '');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
