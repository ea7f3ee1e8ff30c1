import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { correlate } from '../../../src/correlate/findings.ts';
import { slowIntervals } from '../../../src/correlate/slow-intervals.ts';
import { isUserFrame, shortPath } from '../../../src/profile/user-code.ts';
import { openSamples } from '../../../src/runner/opened/open-run.ts';
import { SourceLines } from '../../../src/runner/profiling/source-lines.ts';
import { outcomeAt, phaseAt, type RequestTable, rowsWhere } from '../../../src/runs/request-table.ts';
import type { Finding, Latency, PhaseSpan, RunDocument } from '../../../src/runs/run-document.ts';
import { runPlan } from '../finished-run.ts';
import { planOf, scenarioOf, stepTo } from '../plans.ts';
import type { Cell } from './cells.ts';
import { uniform } from './chance.mjs';
import { fromRoot } from './judgement.ts';
import { type NaiveReading, naiveReading } from './naive-reading.ts';
import { placedAt, type Recording, recordingOf } from './recording.ts';
import { startPlanted } from './running-server.ts';
import type { PlantedServer } from './servers.ts';

/** What is kept of a run beside its recording. Times in ms. */
export interface PlantedRun {
  readonly server: string;
  readonly cell: string;
  readonly slowPath: 'on' | 'off';
  readonly seed: number;
  readonly startedAt: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  /** Requests a second; asked null in a closed loop. */
  readonly rate: { readonly asked: number | null; readonly got: number };
  /** Whether it was answered as fast as it was asked, in both stretches. */
  readonly carried: boolean;
  readonly latency: Latency;
  readonly profiled: Latency | null;
  /** Of the unprofiled stretch by what the server drew: how many took the slow path, and the middle latency of either; null: not known. */
  readonly paths: { readonly slow: number; readonly slowP50: number | null; readonly otherP50: number | null } | null;
  readonly findings: readonly Finding[];
  readonly note: string | null;
  /** As the run's document tells of them. */
  readonly resources: RunDocument['resources'] | null;
  readonly naive: NaiveReading | null;
}

const WARMUP_MS = 1000;
const TIMEOUT_MS = 5000;
const CARRIED = 0.95;

/** Runs a planted server under a load, profiled. The recording is null where nothing was profiled. */
export async function plantedRun(
  server: PlantedServer,
  cell: Cell,
  slowPath: 'on' | 'off',
  seed: number,
  root: string,
): Promise<{ run: PlantedRun; recording: Recording | null }> {
  const out = await mkdtemp(path.join(os.tmpdir(), 'tailflame-planted-'));
  const running = await startPlanted(server, root, seed, slowPath);
  try {
    const headers = { 'content-type': 'application/json' };
    const step = stepTo(running.url, {
      name: 'request',
      method: 'POST',
      headers,
      body: { kind: 'json', value: server.body },
    });
    const plan = planOf(running.url, cell.load, {
      scenarios: [scenarioOf(step)],
      warmup: WARMUP_MS,
      timeout: TIMEOUT_MS,
      seed,
    });
    const { document, requests } = await runPlan(plan, root, { profile: 'auto', out });
    const profile = await openSamples(out);
    const phase = document.phases.find((span) => span.phase === 'profiled');
    const inPhase = rowsWhere(requests, (row) => phaseAt(requests, row) === 'profiled');
    const recording =
      profile === null || phase === undefined || document.profile === null
        ? null
        : recordingOf(profile, slowIntervals(inPhase, [], 'latency'), phase, document.profile.clockError, root);
    const { latency, profiled } = document;
    const run: PlantedRun = {
      server: server.name,
      cell: cell.name,
      slowPath,
      seed,
      startedAt: document.startedAt,
      machine: {
        cpu: document.environment.cpuModel,
        cores: document.environment.cpus,
        node: document.environment.node,
      },
      rate: { asked: cell.rate, got: document.load.rate.got },
      carried: cell.rate === null || document.phases.every((span) => keptUp(requests, span)),
      latency,
      profiled,
      paths: server.slow === null || slowPath === 'off' ? null : pathsOf(requests, server.slow.share, seed),
      findings: document.findings.map((finding) => fromRoot(finding, root)),
      note: document.findingsNote,
      resources: document.resources ?? null,
      naive: recording === null ? null : naiveReading(placedAt(recording, root).profile),
    };
    return { run, recording };
  } finally {
    await running.stop();
    await rm(out, { recursive: true, force: true });
  }
}

/** What the program finds in a recording, and why nothing where it finds nothing. */
export function foundIn(
  recording: Recording,
  { seed, rate }: Pick<PlantedRun, 'seed' | 'rate'>,
  root: string,
): Pick<PlantedRun, 'findings' | 'note'> {
  const source = new SourceLines();
  const { profile, requests, span, clockError } = placedAt(recording, root);
  const found = correlate({
    profile,
    requests,
    phase: span,
    isUserCode: isUserFrame,
    closed: rate.asked === null,
    sourceLine: (file, line) => source.at(file, line),
    seed,
    clockErrorMs: clockError,
    describeFile: (file) => shortPath(file, root),
  });
  return { findings: found.findings.map((finding) => fromRoot(finding, root)), note: found.note };
}

/** Whether what was due in a stretch was answered in it. Warm-up and transition are no measure. */
function keptUp(requests: RequestTable, { phase, start, end }: PhaseSpan): boolean {
  if (phase !== 'measured' && phase !== 'profiled') return true;
  let due = 0;
  let answered = 0;
  for (let row = 0; row < requests.length; row++) {
    if (phaseAt(requests, row) !== phase) continue;
    due++;
    if (outcomeAt(requests, row) === 'ok' && requests.end[row]! >= start && requests.end[row]! <= end) answered++;
  }
  return answered >= CARRIED * due;
}

function pathsOf(requests: RequestTable, share: number, seed: number): PlantedRun['paths'] {
  const slow: number[] = [];
  const other: number[] = [];
  for (let row = 0; row < requests.length; row++) {
    if (phaseAt(requests, row) !== 'measured' || outcomeAt(requests, row) !== 'ok') continue;
    const isSlow = uniform(requests.iteration[row]!, seed) < share;
    (isSlow ? slow : other).push(requests.end[row]! - requests.intended[row]!);
  }
  return { slow: slow.length, slowP50: middleOf(slow), otherP50: middleOf(other) };
}

function middleOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
