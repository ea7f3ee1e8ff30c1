import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BesideBurst, findLogBurst } from '../correlate/log-burst.ts';
import { AskedLoad } from '../load/measure/asked-load.ts';
import { exampleTexts } from '../load/measure/example-text.ts';
import { healthSamples, summarizeHealth } from '../load/measure/health-summary.ts';
import { objectiveResult } from '../load/measure/judged-objective.ts';
import { longAnswersNote } from '../load/measure/long-answers.ts';
import { RunFigures } from '../load/measure/run-figures.ts';
import { Tally } from '../load/measure/tally.ts';
import { judge } from '../load/measure/verdict.ts';
import { modelOf } from '../load/model/load-model.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { hasStreams, stepNames } from '../load/plan/plan-steps.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { writeChunks } from '../runs/chunk-parquet.ts';
import type { FailureExample } from '../runs/failure-example.ts';
import { writeLooks } from '../runs/looks-file.ts';
import type { Scrape } from '../runs/metric-sample.ts';
import { writeRequests } from '../runs/request-parquet.ts';
import { MEASURED, type Phase, PROFILED } from '../runs/request-table.ts';
import { measuredSpan, type PhaseSpan, type RunDocument } from '../runs/run-document.ts';
import { writeRunDocument } from '../runs/run-folder.ts';
import {
  CHUNK_LOG,
  EVENT_LOG,
  REQUEST_LOG,
  type RunEvent,
  readChunkLog,
  readEventLog,
  readRequestLog,
} from '../runs/run-log.ts';
import { RUNNER_FILE } from '../runs/runner-mark.ts';
import { GrowingSeries } from '../telemetry/growing-series.ts';
import type { LabelledSeries } from '../telemetry/labelled-series.ts';
import { serverFigures } from '../telemetry/server-figures.ts';
import { serverSeries } from '../telemetry/server-series.ts';
import { addFigures } from '../telemetry/target-figures.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../telemetry/telemetry-parquet.ts';
import { Disturbance } from './profiling/disturbance.ts';
import { loggedLogs, loggedSeries, logReadings } from './telemetry/logged-logs.ts';
import { littlesLawNote, RunResources } from './telemetry/run-resources.ts';
import { scrapedSeries } from './telemetry/scraped-events.ts';

export const REQUESTS_FILE = 'requests.parquet';
/** A row a chunk of a stream, where the plan has streams. */
export const CHUNKS_FILE = 'chunks.parquet';
export const FAILURES_FILE = 'failures.json';

/** What cannot be read from a run's folder again. */
export interface Circumstances {
  /** By step, ms; NaN where a step was not tried. Empty after a crash. */
  readonly preflight: readonly number[];
  /** Requests a second these generators manage on this machine; null unknown. */
  readonly capacity: number | null;
  /** Requests one connection carries at a time. */
  readonly streams: number;
  /** What was told beside the requests; null: what the log has of it. */
  readonly series: readonly LabelledSeries[] | null;
  /** Why a generator could not go on, as a sentence; null where all could. */
  readonly broken: string | null;
}

export interface Concluded {
  readonly document: RunDocument;
  /** What was logged. */
  readonly events: readonly RunEvent[];
  /** Why findings cannot be trusted, as a sentence; null where they can. */
  readonly disturbance: string | null;
}

/** The document's figures from what was logged: the same after a run's own end and after a crash. Findings are added by whoever has the samples. */
export async function conclude(
  document: RunDocument,
  plan: ResolvedPlan,
  folder: string,
  state: 'finished' | 'interrupted',
  circumstances: Circumstances,
): Promise<Concluded> {
  const events = await readEventLog(folder);
  const phases = phaseSpans(events, await lastMoment(folder));
  const span = measuredSpan({ phases });
  const figures = new RunFigures(plan, span);
  const profiled = new Tally();
  const disturbance = new Disturbance(phases);
  const burst = findLogBurst(logReadings(events), phases);
  const beside = burst && new BesideBurst(burst);
  const samples = healthSamples(events, plan.generators);
  const resources = new RunResources(phases, samples);
  for await (const table of readRequestLog(folder)) {
    for (let row = 0; row < table.length; row++) {
      figures.ended(table, row);
      beside?.add(table, row);
      resources.add(table, row);
      disturbance.add(table, row);
      if (table.phase[row] === MEASURED) figures.add(table, row);
      else if (table.phase[row] === PROFILED) profiled.add(table, row);
    }
  }
  for await (const chunks of readChunkLog(folder)) {
    for (let row = 0; row < chunks.length; row++) figures.addChunk(chunks, row);
  }
  const { total } = figures;
  const exampleOf = exampleTexts(failureExamples(events));
  const load = total.load(plannedIn(events, plan, total.total), figures.rate);
  // What it has just managed it can manage, whatever was measured before.
  const capacity = circumstances.capacity && Math.max(circumstances.capacity, load.rate.got);
  const health = summarizeHealth(samples, span, capacity, total.waits);
  const latency = total.latency();
  const objectives = figures.objectives();
  const unloaded = figures.unloaded(circumstances.preflight);
  const law = resources.littlesLaw;
  const notes = [longAnswersNote(plan, unloaded, span.end - span.start), littlesLawNote(law)];
  const aborted = events.find((event) => event.type === 'aborted');
  const streaming = figures.streaming();
  const verdict = judge(plan, {
    load,
    latency: streaming?.ttft ?? latency,
    answerTime: latency.mean,
    askedPeak: new AskedLoad(plan).peak,
    unloaded,
    streams: circumstances.streams,
    connectFailures: total.count('connect'),
    broken: circumstances.broken,
    health: health.facts,
    objectives,
    aborted: aborted?.type === 'aborted' ? aborted.sentence : null,
    seconds: (span.end - span.start) / 1000,
  });
  const logs = loggedLogs(events);
  const details = {
    steps: figures.steps(exampleOf),
    scenarios: figures.scenarios(),
    stages: figures.stages(),
    cascade: figures.cascade(),
    split: figures.split(groupNames(events)),
    sizes: figures.sizes(),
    server: figures.server(),
    ...serverMetrics(scrapesOf(events), span),
    metricsHealth: events.findLast((event) => event.type === 'metrics-health')?.health,
    ...(logs.length === 0 ? {} : { logs, logBurst: beside?.sentence(logs) ?? undefined }),
  };
  const concluded: RunDocument = {
    ...document,
    state,
    verdict,
    load,
    latency,
    profiled: phases.some(({ phase }) => phase === 'profiled') ? profiled.latency() : null,
    errors: figures.errors(exampleOf),
    objectives: objectives.map(objectiveResult),
    health: health.document,
    streaming,
    notes: [...document.notes, ...notes.filter((note) => note !== null)],
    phases,
    // As it will be read: what is NaN is null, and what is undefined is not there.
    ...(JSON.parse(JSON.stringify(details)) as Partial<RunDocument>),
    ...(law === null ? {} : { littlesLaw: law }),
  };
  const preflight = circumstances.preflight.length === 1 ? circumstances.preflight[0]! : Number.NaN;
  const series = circumstances.series ?? toldSeries(events, phases.at(-1)?.end ?? 0);
  const facts = resources.facts(concluded, plan.connections, preflight, series);
  if (facts !== undefined) concluded.resources = facts;
  return { document: concluded, events, disturbance: disturbance.sentence };
}

/** Writes the run as others read it, and only then lets the log go. */
export async function settle(
  folder: string,
  { document, events }: Pick<Concluded, 'document' | 'events'>,
  plan: ResolvedPlan,
): Promise<void> {
  const file = path.join(folder, REQUESTS_FILE);
  await writeRequests(file, readRequestLog(folder), stepNames(plan), groupNames(events));
  if (hasStreams(plan)) await writeChunks(path.join(folder, CHUNKS_FILE), readChunkLog(folder), stepNames(plan));
  const failures = failureExamples(events);
  if (failures.length > 0) {
    await writeAtomically(path.join(folder, FAILURES_FILE), `${JSON.stringify(failures, null, 2)}\n`);
  }
  await writeLooks(
    folder,
    events.flatMap((event) => (event.type === 'look' ? [event.look] : [])),
  );
  // Of a run that was cut off: its end would have written it, with the GPU's.
  const telemetry = path.join(folder, TELEMETRY_FILE);
  if (!existsSync(telemetry)) {
    const told = toldSeries(events, document.phases.at(-1)?.end ?? 0);
    if (told.length > 0) await writeTelemetry(telemetry, told);
  }
  await writeRunDocument(folder, document);
  await rm(path.join(folder, REQUEST_LOG), { force: true });
  await rm(path.join(folder, CHUNK_LOG), { force: true });
  await rm(path.join(folder, EVENT_LOG), { force: true });
  await rm(path.join(folder, RUNNER_FILE), { force: true });
}

/** What servers told of themselves, by the place that was asked. */
function scrapesOf(events: readonly RunEvent[]): Scrape[][] {
  const places = new Map<number, Scrape[]>();
  for (const event of events) {
    if (event.type !== 'scrape') continue;
    const own = places.get(event.source) ?? [];
    places.set(event.source, own);
    own.push(event.scrape);
  }
  return [...places.values()];
}

/** All that was logged of what was watched beside the requests. @param end of the load, run time in ms */
function toldSeries(events: readonly RunEvent[], end: number): LabelledSeries[] {
  const series = new GrowingSeries();
  for (const event of events) if (event.type === 'target') addFigures(series, event.time, event.figures);
  return [
    ...scrapesOf(events).flatMap(serverSeries),
    ...scrapedSeries(events),
    ...loggedSeries(events, end),
    ...series.all,
  ];
}

function serverMetrics(
  places: readonly Scrape[][],
  span: Pick<PhaseSpan, 'start' | 'end'>,
): Pick<RunDocument, 'serverMetrics'> {
  const told = places.flatMap((scrapes) => serverFigures(scrapes, span));
  return told.length === 0 ? {} : { serverMetrics: told };
}

/** By their number in the rows. */
function groupNames(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'group' ? [event.name] : []));
}

function failureExamples(events: readonly RunEvent[]): FailureExample[] {
  return events.flatMap((event) => (event.type === 'failure' ? [event.example] : []));
}

/** After a crash the count of what was planned is lost with what was in flight; the rows are what is known. */
function plannedIn(events: readonly RunEvent[], plan: ResolvedPlan, rows: number): number | null {
  if (modelOf(plan.load).closed) return null;
  const done = events.filter((event) => event.type === 'done');
  return done.length === plan.generators ? done.reduce((sum, { planned }) => sum + (planned?.measured ?? 0), 0) : rows;
}

function phaseSpans(events: readonly RunEvent[], last: number): PhaseSpan[] {
  const starts = new Map<Phase, number>();
  for (const event of events) {
    if (event.type === 'phase' && !starts.has(event.phase)) starts.set(event.phase, event.start);
  }
  const ended = events.flatMap((event) => (event.type === 'done' ? [event.sendingEnd] : []));
  const end = ended.length > 0 ? Math.max(...ended) : last;
  const ordered = [...starts];
  return ordered.map(([phase, start], index) => ({
    phase,
    start,
    end: ordered[index + 1]?.[1] ?? Math.max(start, end),
  }));
}

async function lastMoment(folder: string): Promise<number> {
  let last = 0;
  for await (const table of readRequestLog(folder)) {
    for (let row = 0; row < table.length; row++) last = Math.max(last, table.intended[row]!);
  }
  return last;
}
