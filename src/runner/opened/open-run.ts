import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedPlan } from '../../load/plan/plan.ts';
import { stepNames } from '../../load/plan/plan-steps.ts';
import type { Profile } from '../../profile/profile.ts';
import { readSamples, SAMPLES_FILE } from '../../profile/sample-parquet.ts';
import { readChunkTables } from '../../runs/chunk-parquet.ts';
import type { ChunkTable } from '../../runs/chunk-table.ts';
import { readRequests, readRequestTables } from '../../runs/request-parquet.ts';
import type { Phase, RequestTable } from '../../runs/request-table.ts';
import type { RunDocument } from '../../runs/run-document.ts';
import { listRuns, RunUnderWayError, readRunDocument } from '../../runs/run-folder.ts';
import { REQUEST_LOG } from '../../runs/run-log.ts';
import { isBeingMeasured } from '../../runs/runner-mark.ts';
import { type GpuActivity, targetActivity } from '../../telemetry/gpu-activity.ts';
import { isGpuSeries, namedGpuSeries } from '../../telemetry/gpu-series.ts';
import { type LabelledSeries, namedSeries } from '../../telemetry/labelled-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import { readTelemetry, TELEMETRY_FILE } from '../../telemetry/telemetry-parquet.ts';
import { CHUNKS_FILE, conclude, REQUESTS_FILE, settle } from '../conclude.ts';
import { storedPlan } from './stored-plan.ts';

export interface OpenedRun {
  readonly folder: string;
  readonly document: RunDocument;
  readonly plan: ResolvedPlan;
}

/** Opens a run's folder; one whose runner died is concluded first. Throws a `RunError`, a {@link RunUnderWayError} while it is measured. */
export async function openRun(folder: string): Promise<OpenedRun> {
  let document = await readRunDocument(folder);
  const plan = storedPlan(document.plan);
  if (document.state === 'running') {
    if (await isBeingMeasured(folder)) throw new RunUnderWayError(folder);
    // It may have ended since.
    document = await readRunDocument(folder);
  }
  if (document.state === 'running' && (await exists(path.join(folder, REQUEST_LOG)))) {
    const unknown = { preflight: [], capacity: null, streams: 1, series: null, broken: null };
    const concluded = await conclude(document, plan, folder, 'interrupted', unknown);
    await settle(folder, concluded, plan);
    ({ document } = concluded);
  }
  return { folder, document, plan };
}

/**
 * The newest run under a working directory that is not being measured; null where there is none. `underWay`: those newer than it, the
 * newest first. One that cannot be read counts: who opens it is told why.
 */
export async function lastRun(base: string): Promise<{ folder: string | null; underWay: readonly string[] }> {
  const underWay: string[] = [];
  for (const folder of await listRuns(base)) {
    const open = await readRunDocument(folder).then(
      ({ state }) => state === 'running',
      () => false,
    );
    if (!open || !(await isBeingMeasured(folder))) return { folder, underWay };
    underWay.push(folder);
  }
  return { folder: null, underWay };
}

/** The run's requests, of one phase or of all. */
export async function openRequests(run: OpenedRun, phase?: Phase): Promise<RequestTable> {
  const { folder, plan } = run;
  return readRequests(path.join(folder, REQUESTS_FILE), stepNames(plan), phase, groupNames(run));
}

/** The run's requests in tables, in the order they ended; none of a run that was cut off before its first. */
export async function* requestTables(run: OpenedRun): AsyncGenerator<RequestTable, void, undefined> {
  const file = path.join(run.folder, REQUESTS_FILE);
  if (await exists(file)) yield* readRequestTables(file, stepNames(run.plan), groupNames(run));
}

/** The chunks of the run's streams in tables; none where it has no streams. */
export async function* chunkTables({ folder, plan }: OpenedRun): AsyncGenerator<ChunkTable, void, undefined> {
  const file = path.join(folder, CHUNKS_FILE);
  if (await exists(file)) yield* readChunkTables(file, stepNames(plan));
}

/** What the groups of an opened run's requests are: the values of the header it is split by. Empty where it is not. */
export function groupNames({ document }: OpenedRun): string[] {
  return document.split?.groups.map(({ value }) => value) ?? [];
}

/** The run's samples; null where nothing was profiled. */
export async function openSamples(folder: string): Promise<Profile | null> {
  const file = path.join(folder, SAMPLES_FILE);
  return (await exists(file)) ? readSamples(file, path.basename(folder)) : null;
}

/** How busy the GPUs of the target were, all that was told, and that as it is drawn; empty where nothing was. */
export async function openTelemetry(
  folder: string,
): Promise<{ gpus: GpuActivity[]; series: LabelledSeries[]; drawn: NamedSeries[] }> {
  const file = path.join(folder, TELEMETRY_FILE);
  const series = (await exists(file)) ? await readTelemetry(file) : [];
  const others = namedSeries(series.filter((one) => !isGpuSeries(one)));
  return { gpus: targetActivity(series).gpus, series, drawn: [...series.flatMap(namedGpuSeries), ...others] };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
