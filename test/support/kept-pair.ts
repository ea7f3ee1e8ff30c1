import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { GateDocument } from '../../src/find/gate-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import type { KeptPair } from './gate-cases.ts';

/** What either segment of a pair came to, ms, from its run in the folder that a gate ran in. */
export async function keptPair(cwd: string, { baseline, candidate }: GateDocument['pairs'][number]): Promise<KeptPair> {
  const of = async (run: string): Promise<KeptPair['baseline']> => {
    const { latency } = JSON.parse(await readFile(path.join(cwd, run, 'run.json'), 'utf8')) as RunDocument;
    return { p50: latency.p50, p99: latency.p99 };
  };
  return { baseline: await of(baseline), candidate: await of(candidate) };
}
