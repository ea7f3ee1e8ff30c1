import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedPlan } from '../load/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { readSamples, SAMPLES_FILE } from '../profile/sample-parquet.ts';
import { readRequests } from '../runs/request-parquet.ts';
import type { RequestTable } from '../runs/request-table.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { readRunDocument } from '../runs/run-folder.ts';
import { REQUEST_LOG } from '../runs/run-log.ts';
import type { GpuSeries } from '../telemetry/gpu-series.ts';
import { readTelemetry, TELEMETRY_FILE } from '../telemetry/telemetry-parquet.ts';
import { conclude, REQUESTS_FILE, readMeasured, settle } from './conclude.ts';

export interface OpenedRun {
  readonly folder: string;
  readonly document: RunDocument;
  readonly requests: RequestTable;
}

/** Opens a run's folder; one whose runner died is concluded first. Throws a `RunError`. */
export async function openRun(folder: string): Promise<OpenedRun> {
  let document = await readRunDocument(folder);
  if (document.state === 'running' && (await exists(path.join(folder, REQUEST_LOG)))) {
    const measured = await readMeasured(folder);
    document = conclude(document, document.plan as ResolvedPlan, measured, 'interrupted');
    await settle(folder, document, measured.table);
  }
  return { folder, document, requests: await readRequests(path.join(folder, REQUESTS_FILE)) };
}

/** The run's samples; null where nothing was profiled. */
export async function openSamples(folder: string): Promise<Profile | null> {
  const file = path.join(folder, SAMPLES_FILE);
  return (await exists(file)) ? readSamples(file, path.basename(folder)) : null;
}

/** What was told of the GPUs; empty where nothing was. */
export async function openTelemetry(folder: string): Promise<GpuSeries[]> {
  const file = path.join(folder, TELEMETRY_FILE);
  return (await exists(file)) ? readTelemetry(file) : [];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
