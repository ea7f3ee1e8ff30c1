import { rm } from 'node:fs/promises';
import path from 'node:path';
import { judgeObjective, parseObjective } from '../load/objective.ts';
import type { ResolvedPlan } from '../load/plan.ts';
import { type PhaseSummary, summarize } from '../load/summary.ts';
import { judge } from '../load/verdict.ts';
import { writeRequests } from '../runs/request-parquet.ts';
import type { Phase, RequestTable } from '../runs/request-table.ts';
import type { ErrorCount, PhaseSpan, RunDocument } from '../runs/run-document.ts';
import { writeRunDocument } from '../runs/run-folder.ts';
import { EVENT_LOG, REQUEST_LOG, type RunEvent, readEventLog, readRequestLog } from '../runs/run-log.ts';

export const REQUESTS_FILE = 'requests.parquet';

export interface Measured {
  readonly table: RequestTable;
  readonly events: readonly RunEvent[];
  readonly phases: readonly PhaseSpan[];
}

/** Reads a run's log into figures. The same after a run's own end and after a crash. */
export async function readMeasured(folder: string): Promise<Measured> {
  const [table, events] = await Promise.all([readRequestLog(folder), readEventLog(folder)]);
  return { table, events, phases: phaseSpans(events, lastMoment(table)) };
}

/** The document's figures from what was measured; findings are added by whoever has the samples. */
export function conclude(
  document: RunDocument,
  plan: ResolvedPlan,
  measured: Measured,
  state: 'finished' | 'interrupted',
): RunDocument {
  const main = summaryOf('measured', plan, measured);
  const profiled = measured.phases.some(({ phase }) => phase === 'profiled')
    ? summaryOf('profiled', plan, measured)
    : null;
  const answered = main.load.completed + main.load.failed;
  const failureRate = answered > 0 ? main.load.failed / answered : null;
  const objectives = plan.objectives.map((text) => judgeObjective(parseObjective(text), main.latencies, failureRate));
  return {
    ...document,
    state,
    verdict: judge(plan, main, objectives),
    load: main.load,
    latency: main.latency,
    profiled: profiled?.latency ?? null,
    errors: errorCounts(main, measured.events),
    objectives: objectives.map(({ objective, value, ok }) => ({ objective, value, ok })),
    health: main.health,
    phases: [...measured.phases],
  };
}

/** Writes the run as others read it, and only then lets the log go. */
export async function settle(folder: string, document: RunDocument, table: RequestTable): Promise<void> {
  await writeRequests(path.join(folder, REQUESTS_FILE), table);
  await writeRunDocument(folder, document);
  await rm(path.join(folder, REQUEST_LOG), { force: true });
  await rm(path.join(folder, EVENT_LOG), { force: true });
}

function summaryOf(phase: Phase, plan: ResolvedPlan, { table, events, phases }: Measured): PhaseSummary {
  const span = phases.find((candidate) => candidate.phase === phase) ?? { start: 0, end: 0 };
  const done = events.find((event) => event.type === 'done');
  const cpu = events.find((event) => event.type === 'cpu' && event.phase === phase);
  const rows = table.phase.reduce((count, code) => count + (code === PHASE_CODE[phase] ? 1 : 0), 0);
  // After a crash the count of what was planned is lost with what was in flight; the rows are what is known.
  const planned = plan.load.model === 'closed' ? null : done?.planned ? done.planned[phase] : rows;
  return summarize(table, phase, span, plan.load, planned, cpu?.type === 'cpu' ? cpu.cores : null);
}

const PHASE_CODE: Record<Phase, number> = { warmup: 0, measured: 1, transition: 2, profiled: 3 };

function phaseSpans(events: readonly RunEvent[], last: number): PhaseSpan[] {
  const starts = events.filter((event) => event.type === 'phase');
  const done = events.find((event) => event.type === 'done');
  return starts.map(({ phase, start }, index) => ({
    phase,
    start,
    end: starts[index + 1]?.start ?? Math.max(start, done?.sendingEnd ?? last),
  }));
}

function lastMoment(table: RequestTable): number {
  let last = 0;
  for (let i = 0; i < table.length; i++) last = Math.max(last, table.intended[i]!);
  return last;
}

function errorCounts(summary: PhaseSummary, events: readonly RunEvent[]): ErrorCount[] {
  const counted: ErrorCount[] = [];
  for (const [kind, count] of summary.outcomes) {
    if (kind === 'ok' || kind === 'interrupted' || count === 0) continue;
    const example = events.find((event) => event.type === 'failure' && event.kind === kind);
    counted.push({ kind, count, example: example?.type === 'failure' ? example.text : (EXAMPLE[kind] ?? '') });
  }
  return counted.sort((a, b) => b.count - a.count);
}

const EXAMPLE: Readonly<Record<string, string>> = {
  dropped: 'Due, but no connection was free in time.',
};
