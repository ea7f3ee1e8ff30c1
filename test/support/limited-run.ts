import assert from 'node:assert/strict';
import path from 'node:path';
import { openRun, openTelemetry } from '../../src/runner/opened/open-run.ts';
import type { ResourceFacts, RunDocument } from '../../src/runs/run-document.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { type FixedQueueServer, startFixedQueue } from './fixed-queue-server.ts';
import { freePort } from './free-port.ts';
import { commandOf, type LimitedServer } from './limited-servers.ts';
import { tailflameWith } from './tailflame.ts';

/** Cores that others on this machine may take; where they take more, theirs may be what is short. */
export const OTHERS_MAY_TAKE = 0.3;
const DOWNSTREAM_MS = 50;

export interface LimitedRun {
  readonly document: RunDocument;
  /** What was short, the first named first. */
  readonly short: readonly ResourceFacts[];
  /** Cores that neither the target nor what sends took, in the mean of the whole run; NaN unknown. */
  readonly others: number;
}

/** Where requests of one of the servers are passed on to: it answers each 50 ms later, however many there are. */
export function startDownstream(): Promise<FixedQueueServer> {
  return startFixedQueue('slow', DOWNSTREAM_MS);
}

/** @param seconds measured @param downstream a URL */
export async function runLimited(
  cwd: string,
  server: LimitedServer,
  load: 'high' | 'low',
  seconds: number,
  downstream: string,
): Promise<LimitedRun> {
  const python = process.env['TAILFLAME_TEST_PYTHON'];
  assert.ok(python, 'TAILFLAME_TEST_PYTHON names a Python with the packages of the examples: run this with npm test.');
  const url = `http://127.0.0.1:${await freePort()}`;
  const environment = { PORT: new URL(url).port, DOWNSTREAM: downstream };
  const target = ['--start', commandOf(server, python), '--ready', `${url}/healthz`];
  const profile = server.profiled === true ? ['--profile', 'auto'] : [];
  const metrics = server.tells === true ? ['--metrics', `${url}/metrics`] : [];
  const time = ['--duration', `${seconds}s`, '--warmup', '1s'];
  const result = await tailflameWith(
    environment,
    cwd,
    'run',
    `${url}/`,
    ...server[load],
    ...time,
    ...target,
    ...profile,
    ...metrics,
    '--json',
  );
  assert.equal(result.code, 0, result.stderr);
  const document = JSON.parse(result.stdout) as RunDocument;
  assert.ok(document.resources, `Nothing was told of the target. ${document.verdict.sentence}`);
  const short = document.resources.filter(({ state }) => state === 'short');
  return { document, short, others: await othersIn(path.join(cwd, document.run), document) };
}

async function othersIn(folder: string, { environment, health }: RunDocument): Promise<number> {
  const { drawn } = await openTelemetry((await openRun(folder)).folder);
  const meanOf = (name: string): number => {
    const told = [...(drawn.find((series) => series.name === name)?.values ?? [])].filter(
      (value) => !Number.isNaN(value),
    );
    return told.reduce((sum, value) => sum + value, 0) / told.length;
  };
  const machine = (meanOf(TARGET_SERIES.machineCpu) / 100) * environment.cpus;
  return machine - meanOf(TARGET_SERIES.cpu) - (health.cpu ?? 0);
}
