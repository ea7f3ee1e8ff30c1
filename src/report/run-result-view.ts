import path from 'node:path';
import { contrastLoadText } from '../correlate/contrast-load.ts';
import { AskedLoad } from '../load/measure/asked-load.ts';
import { distributionOf } from '../load/measure/distribution.ts';
import { Floats } from '../load/measure/floats.ts';
import { bucketWidth, LatencyOverTime } from '../load/measure/latency-over-time.ts';
import { ManyTimes } from '../load/measure/many-times.ts';
import { percentile } from '../load/measure/percentile.ts';
import { SlowestRequests } from '../load/measure/slowest-requests.ts';
import { StreamOverTime } from '../load/measure/stream-over-time.ts';
import { allSteps, stepNames } from '../load/plan/plan-steps.ts';
import { chunkTables, type OpenedRun, openTelemetry, requestTables } from '../runner/opened/open-run.ts';
import type { ChunkTable } from '../runs/chunk-table.ts';
import { isAnswered, MEASURED, OK, PROFILED, type RequestTable } from '../runs/request-table.ts';
import {
  type FindingsLoad,
  type Latency,
  type LoadCounts,
  measuredSpan,
  type RunDocument,
} from '../runs/run-document.ts';
import { objectiveSentence } from './objective-value.ts';
import { resultTitle } from './result-title.ts';
import type { ResultFigures, ResultStep, ResultView } from './result-view.ts';
import { senderSentences } from './sender-facts.ts';
import { slowRequests } from './slow-requests.ts';
import { resultStreams } from './stream-view.ts';
import { telemetrySeries } from './telemetry-series.ts';
import { countedInFlight, timeSeries } from './time-series.ts';

/** Listed with their marks. */
export const SLOWEST_SHOWN = 50;

/**
 * A run that has ended as the result panel shows it. Its requests are read once, a table at a time; held are the latencies of the measured
 * phase (8 bytes a request) and what {@link LatencyOverTime} holds. Throws where a file of the run cannot be read.
 */
export async function runResultView(run: OpenedRun): Promise<ResultView> {
  const { document, plan, folder } = run;
  const { phases } = document;
  const requests = new RunRequests(run);
  for await (const table of requestTables(run)) requests.add(table);
  for await (const chunks of chunkTables(run)) requests.addChunks(chunks);
  const { overTime } = requests;
  const buckets = overTime.buckets();
  const sorted = requests.latencies.values.sort();
  return {
    run: path.basename(folder),
    title: resultTitle(plan),
    startedAt: document.startedAt,
    verdict: document.verdict,
    progress: null,
    phases,
    figures: resultFigures(document.load, document.latency),
    overTime: timeSeries(overTime, buckets, countedInFlight(buckets), new AskedLoad(plan), phases),
    telemetry: telemetrySeries((await openTelemetry(folder)).drawn),
    distribution: distributionOf((q) => percentile(sorted, q)),
    steps: (document.steps ?? []).map(({ step, load, latency, prevented }): ResultStep => {
      const { p50, p95, p99 } = latency;
      return { name: step, answered: load.completed, failed: load.failed, skipped: prevented, p50, p95, p99 };
    }),
    split: resultSplit(document),
    streams:
      document.streaming === null
        ? null
        : resultStreams(document.streaming, requests.streams, overTime.width, buckets.length, requests.gaps),
    sizes: resultSizes(document),
    slowest: slowRequests(requests.slowest.list, stepNames(plan)),
    errors: document.errors,
    objectives: document.objectives.map((result) => ({
      objective: result.objective,
      sentence: objectiveSentence(result),
      ok: result.ok,
    })),
    findings: document.findings.map(({ sentence, file, line, evidence = [] }) => ({ sentence, file, line, evidence })),
    findingsNote: document.findingsNote,
    findingsLoad: document.findingsLoad ? findingsLoadText(document.findingsLoad) : null,
    resources: (document.resources ?? []).map(({ state, sentence }) => ({ state, sentence })),
    sender: senderSentences(document),
    profiled: document.profile !== null && document.profile.samples > 0,
  };
}

function findingsLoadText(load: FindingsLoad): string {
  return `${contrastLoadText(load)} for ${load.seconds} s`;
}

/** What is made of the rows themselves. */
class RunRequests {
  readonly overTime: LatencyOverTime;
  /** Of the measured phase, ms, in the order they ended. */
  readonly latencies = new Floats();
  /** Of the phases that are measured; what is sent to warm up is in no figure. */
  readonly slowest = new SlowestRequests(SLOWEST_SHOWN);
  readonly streams: StreamOverTime;
  /** Of the measured phase. */
  readonly gaps = new ManyTimes();
  /** By step. */
  readonly #isStream: readonly boolean[];

  constructor({ document: { phases, load }, plan }: OpenedRun) {
    const [start, end] = [phases[0]?.start ?? 0, phases.at(-1)?.end ?? 0];
    const measured = measuredSpan({ phases });
    const perMs = load.dispatched / Math.max(1, measured.end - measured.start);
    const width = bucketWidth(end - start, perMs * (end - start));
    this.overTime = new LatencyOverTime(start, width);
    this.streams = new StreamOverTime(start, width);
    this.#isStream = allSteps(plan).map(({ step }) => step.stream !== null);
  }

  add(table: RequestTable): void {
    const { outcome, phase, intended, end } = table;
    for (let row = 0; row < table.length; row++) {
      this.overTime.add(outcome[row]!, intended[row]!, end[row]!);
      if (table.details !== null && this.#isStream[table.step[row]!] === true) this.streams.add(table, row);
      if (outcome[row] !== OK) continue;
      const latency = end[row]! - intended[row]!;
      if (phase[row] === MEASURED) this.latencies.push(latency);
      const counts = phase[row] === MEASURED || phase[row] === PROFILED;
      if (counts && this.slowest.wants(latency)) this.slowest.add(markedAt(table, row));
    }
  }

  addChunks(chunks: ChunkTable): void {
    for (let row = 0; row < chunks.length; row++) {
      this.streams.addChunk(chunks, row);
      if (chunks.phase[row] === MEASURED && isAnswered(chunks.outcome[row]!)) this.gaps.add(chunks.gap[row]!);
    }
  }
}

function markedAt(table: RequestTable, row: number): Parameters<SlowestRequests['add']>[0] {
  return {
    phase: table.phase[row]!,
    step: table.step[row]!,
    status: table.status[row]!,
    intended: table.intended[row]!,
    dispatched: table.dispatched[row]!,
    acquired: table.acquired[row]!,
    sent: table.sent[row]!,
    firstByte: table.firstByte[row]!,
    firstContent: table.details?.firstContent[row] ?? Number.NaN,
    lastContent: table.details?.lastContent[row] ?? Number.NaN,
    end: table.end[row]!,
  };
}

function resultFigures({ completed, failed, dropped, rate }: LoadCounts, latency: Latency): ResultFigures {
  const { p50, p90, p95, p99, p999, max } = latency;
  return {
    answered: completed,
    failed,
    dropped,
    rateAsked: rate.asked,
    rateGot: rate.got,
    p50,
    p90,
    p95,
    p99,
    p999,
    max,
  };
}

function resultSplit({ split }: RunDocument): ResultView['split'] {
  if (split === undefined) return null;
  const groups = split.groups
    .filter(({ answered }) => answered > 0)
    .map(({ value, answered, latency: { p50, p95, p99 } }) => ({ value, answered, p50, p95, p99 }));
  return { header: split.header, groups };
}

function resultSizes({ sizes }: RunDocument): ResultView['sizes'] {
  const [first] = sizes ?? [];
  if (sizes === undefined || first === undefined) return null;
  const groups = sizes.map(({ from, to, answered, failed, latency: { p50, p95, p99 }, ttft }) => ({
    from,
    to,
    answered,
    failed,
    p50,
    p95,
    p99,
    ttft: ttft && { p50: ttft.p50, p95: ttft.p95, p99: ttft.p99 },
  }));
  return { unit: first.unit, groups };
}
