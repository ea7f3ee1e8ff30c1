import { access } from 'node:fs/promises';
import path from 'node:path';
import type { CodeRun } from '../../correlate/code/line-times.ts';
import type { View } from '../../correlate/views/view.ts';
import type { ViewMaterial } from '../../correlate/views/view-material.ts';
import { type MissingView, type WeighedView, weighView } from '../../correlate/views/weigh-view.ts';
import { stepNames } from '../../load/plan/plan-steps.ts';
import type { ChunkTable } from '../../runs/chunk-table.ts';
import { PROFILED } from '../../runs/request-table.ts';
import { RunError } from '../../runs/run-folder.ts';
import { openAttribution } from '../profiling/attributing.ts';
import { objectiveLimit } from '../profiling/slow-lines.ts';
import { SourceLines } from '../profiling/source-lines.ts';
import {
  chunkTables,
  groupNames,
  type OpenedRun,
  openRequests,
  openRun,
  openSamples,
  openTelemetry,
} from './open-run.ts';

/** What views of a run are made from; null where it has no profile. */
export async function openViewMaterial(run: OpenedRun): Promise<ViewMaterial | null> {
  const profile = await openSamples(run.folder);
  if (profile === null) return null;
  const { gpus } = await openTelemetry(run.folder);
  const { phases, profile: facts } = run.document;
  const phase = phases.find((span) => span.phase === 'profiled');
  const attribution = await openAttribution(run.folder);
  return {
    profile,
    requests: await openRequests(run, 'profiled'),
    chunks: await profiledChunks(run),
    gpus,
    limits: {
      latency: objectiveLimit(run.plan, 'latency'),
      ttft: objectiveLimit(run.plan, 'ttft'),
      gap: objectiveLimit(run.plan, 'gap'),
    },
    steps: stepNames(run.plan),
    groups: groupNames(run),
    phase: phase ?? { start: 0, end: 0 },
    clockErrorMs: facts?.clockError ?? 0,
    ...(attribution === null ? {} : { attribution }),
  };
}

/** A run's profile and requests, and the text of the source as it is now; null where it has no profile. */
export async function openCodeRun(run: OpenedRun): Promise<CodeRun | null> {
  const material = await openViewMaterial(run);
  if (material === null) return null;
  const source = new SourceLines();
  return { material, lineText: (file, line) => source.at(file, line) };
}

/** What a view shows of a run; the run it is held against is opened where it is a difference. Throws a {@link RunError}. */
export async function weighRunView(
  view: View,
  { folder }: OpenedRun,
  material: ViewMaterial,
): Promise<WeighedView | MissingView> {
  if (view.kind !== 'difference') return weighView(view, material);
  const other = otherFolder(folder, view.against);
  const against = await openViewMaterial(await openRun(other));
  if (against === null) return { missing: `${path.basename(other)} was run without a profile.` };
  return weighView(view, material, against);
}

/** How a run is named in a difference that is kept with another: by its folder's name where they lie side by side. */
export async function againstName(folder: string, other: string): Promise<string> {
  const target = path.resolve(other);
  if (target === path.resolve(folder)) throw new RunError(`${other} is the run itself: hold it against another one.`);
  await access(target).catch(() => {
    throw new RunError(`${other} is not there: give the folder of another run.`);
  });
  return path.dirname(target) === path.dirname(path.resolve(folder)) ? path.basename(target) : target;
}

function otherFolder(folder: string, against: string): string {
  return path.resolve(path.dirname(path.resolve(folder)), against);
}

/** Chunks of other phases are many and of no use here. */
async function profiledChunks(run: OpenedRun): Promise<ChunkTable[]> {
  const tables: ChunkTable[] = [];
  for await (const table of chunkTables(run)) if (table.phase.includes(PROFILED)) tables.push(table);
  return tables;
}
