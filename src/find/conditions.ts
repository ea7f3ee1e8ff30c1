import { createHash } from 'node:crypto';
import type { Environment, RunDocument } from '../runs/run-document.ts';

/** What runs have in common whose figures can be held against each other: what was sent, with what load, on what machine. */
export interface Conditions {
  /** What the plan sends, wherever it sends it and however long. */
  readonly plan: string;
  readonly load: unknown;
  readonly machine: unknown;
}

const GIB = 1024 ** 3;

/** @param load that was sent; of segments it is the gate's, and not the plan's */
export function conditionsOf(document: RunDocument, load: unknown): Conditions {
  return { plan: fingerprint(document), load, machine: machineOf(document.environment) };
}

/** What figures hang on of a machine, and not what an update of its system changes. */
export function machineOf({ os, arch, cpus, cpuModel, memoryBytes, node }: Environment): unknown {
  const [system] = os.split(/[ /]/);
  const [major] = node.replace(/^v/, '').split('.');
  return { system, arch, cpus, cpuModel, memory: `${Math.round(memoryBytes / GIB)} GiB`, node: major };
}

export function fingerprint({ plan, target }: RunDocument): string {
  const { load: _, duration, warmup, seed, objectives, name, ...sent } = plan as Record<string, unknown>;
  // Fresh prompts are others in every run, and as long.
  const text = JSON.stringify(sent, (key, value: unknown) => (key === 'nonce' ? undefined : value)).replaceAll(
    new URL(target.url).origin,
    '',
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
