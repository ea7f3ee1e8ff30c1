import path from 'node:path';
import { withSeenWaits } from '../../correlate/waits/seen-waits.ts';
import { withSourceStates } from '../../correlate/waits/source-states.ts';
import { stepNames } from '../../load/plan/plan-steps.ts';
import type { Capture, Profiler } from '../../profile/capture/profiler.ts';
import { SAMPLES_FILE, writeSamples } from '../../profile/sample-parquet.ts';
import { readLooks } from '../../runs/looks-file.ts';
import { readRequests } from '../../runs/request-parquet.ts';
import type { RunDocument } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import { type Concluded, REQUESTS_FILE } from '../conclude.ts';
import type { RunStart } from '../new-document.ts';
import { alignCapture } from './align-capture.ts';
import type { Attributing } from './attributing.ts';
import { findSlowLines, withFindings } from './slow-lines.ts';
import { SourceLines } from './source-lines.ts';

/** What was sampled in a run, and beside what. */
export interface Profiled {
  readonly capture: Capture;
  readonly profiler: Pick<Profiler, 'kind' | 'raw'>;
  /** All that was told beside the requests. */
  readonly series: readonly LabelledSeries[];
  /** Null: not asked for. */
  readonly attributing: Attributing | null;
}

/**
 * The document with its profile and findings: the samples are put on the clock of the requests, written to the run's folder, and joined
 * with the requests that stand there.
 */
export async function profiledDocument(
  { document, disturbance }: Concluded,
  { folder, plan, cwd, origin }: RunStart,
  { capture, profiler, series, attributing }: Profiled,
): Promise<RunDocument> {
  const { phases } = document;
  const table = await readRequests(path.join(folder, REQUESTS_FILE), stepNames(plan), 'profiled');
  const source = new SourceLines();
  const looks = await readLooks(folder);
  const bySource = withSourceStates(capture.profile, (file, line) => source.at(file, line));
  const aligned = alignCapture({ ...capture, profile: withSeenWaits(bySource, looks) }, table, phases);
  const { profile, clockError, requestOffset } = aligned;
  await writeSamples(path.join(folder, SAMPLES_FILE), profile);
  const attribution = (await attributing?.read(folder, origin)) ?? null;
  const beside = { series, source, looks, attribution };
  const found = findSlowLines({ profile, clockErrorMs: clockError, table, phases, plan, cwd, ...beside });
  const attributed = attributing?.note(attribution, found.attributed, found.what) ?? null;
  const notes = [capture.restraint ?? null, aligned.note, attributed];
  const { kind, raw } = profiler;
  const withProfile = {
    ...document,
    notes: [...document.notes, ...notes.filter((note) => note !== null)],
    profile: { kind, raw, samples: profile.samples.stack.length, clockError, requestOffset },
  };
  return withFindings(withProfile, found, disturbance);
}
