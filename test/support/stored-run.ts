import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { SAMPLES_FILE, writeSamples } from '../../src/profile/sample-parquet.ts';
import { CHUNKS_FILE, REQUESTS_FILE } from '../../src/runner/conclude.ts';
import { writeChunks } from '../../src/runs/chunk-parquet.ts';
import type { ChunkTable } from '../../src/runs/chunk-table.ts';
import { writeRequests } from '../../src/runs/request-parquet.ts';
import type { RequestTable } from '../../src/runs/request-table.ts';
import type { Latency, PhaseSpan, RunDocument } from '../../src/runs/run-document.ts';
import { RUN_FILE, RUNS_FOLDER } from '../../src/runs/run-folder.ts';
import type { LabelledSeries } from '../../src/telemetry/labelled-series.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../../src/telemetry/telemetry-parquet.ts';

export function latencyOf(p50: number | null, p99: number | null): Latency {
  return { count: 600, min: 1, mean: p50, p50, p90: p50, p95: p50, p99, p999: null, max: p99 };
}

/** The document of a finished run of `POST http://127.0.0.1:8000/predict`, but for what it is told. */
export function documentOf(more: Partial<RunDocument> = {}, url = 'http://127.0.0.1:8000/predict'): RunDocument {
  const plan = plainPlan({ url, method: 'POST', headers: {}, body: '{}' });
  return {
    schema: 'tailflame.run/1',
    run: '.tailflame/runs/one',
    verdict: { status: 'measured', sentence: 'Measured: 600 requests in 10 s.', reasons: [] },
    load: {
      planned: 600,
      dispatched: 600,
      completed: 600,
      failed: 0,
      dropped: 0,
      interrupted: 0,
      rate: { asked: 60, got: 60 },
    },
    latency: latencyOf(4, 63),
    profiled: null,
    errors: [],
    objectives: [],
    health: { lateness: { p50: 0.1, p99: 0.8 }, poolWait: { p50: 0.01, p99: 0.05 }, cpu: 0.31 },
    streaming: null,
    findings: [],
    findingsNote: null,
    notes: [],
    state: 'finished',
    startedAt: '2026-11-24T17:02:05.000Z',
    clock: { unixMs: 0, monotonicMs: 0 },
    phases: [{ phase: 'measured', start: 0, end: 10_000 }],
    target: { url, pid: null, runtime: null, preflight: null },
    profile: null,
    plan: resolvePlan(plan, steadyRate(60, 10_000)),
    environment: { os: 'Linux 6', arch: 'x64', cpus: 4, cpuModel: 'A CPU', memoryBytes: 1, node: 'v24.0.0' },
    tailflame: '0.1.0',
    ...more,
  };
}

/** Puts a run into a workspace as a runner leaves one. @returns its folder */
export async function storeRun(base: string, name: string, document: RunDocument | string): Promise<string> {
  const folder = path.join(base, RUNS_FOLDER, name);
  mkdirSync(folder, { recursive: true });
  await writeRequests(path.join(folder, 'requests.parquet'), [], ['request']);
  const text = typeof document === 'string' ? document : JSON.stringify({ ...document, run: folder }, null, 2);
  writeFileSync(path.join(folder, RUN_FILE), text);
  return folder;
}

/** What was seen of a run while it was profiled. */
export interface SeenRun {
  readonly profile: Profile;
  readonly requests: RequestTable;
  readonly chunks?: readonly ChunkTable[];
  /** All that was told beside the requests. */
  readonly series?: readonly LabelledSeries[];
}

/** Puts a run that was profiled from 1000 to 2000 ms of run time, with its measured phase before, into a workspace. @returns its folder */
export async function storeProfiledRun(base: string, name: string, seen: SeenRun): Promise<string> {
  const { profile, requests, chunks = [], series = [] } = seen;
  const phases: PhaseSpan[] = [
    { phase: 'measured', start: 200, end: 1000 },
    { phase: 'profiled', start: 1000, end: 2000 },
  ];
  const facts = { kind: 'py-spy', raw: 'profile.json', samples: profile.samples.time.length, clockError: 0.1 } as const;
  const document = documentOf({ phases, profile: facts, profiled: latencyOf(4, 63) });
  const folder = await storeRun(base, name, document);
  await writeRequests(path.join(folder, REQUESTS_FILE), [requests], STEP);
  if (chunks.length > 0) await writeChunks(path.join(folder, CHUNKS_FILE), each(chunks), STEP);
  await writeSamples(path.join(folder, SAMPLES_FILE), profile);
  if (series.length > 0) await writeTelemetry(path.join(folder, TELEMETRY_FILE), series);
  return folder;
}

/** Of the plan that {@link documentOf} has. */
const STEP = ['request'];

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}
