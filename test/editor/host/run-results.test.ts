import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { keptRuns } from '../../../src/editor/kept-runs.ts';
import type { WorkspaceRoutes } from '../../../src/editor/lenses/workspace-routes.ts';
import type { AnnotatedLines, LineAnnotations } from '../../../src/editor/line-annotations.ts';
import type { FlamegraphPanel } from '../../../src/editor/panels/flamegraph-panel.ts';
import { RunResults } from '../../../src/editor/run-results.ts';
import { openRun } from '../../../src/runner/opened/open-run.ts';
import type { ToFlamegraph } from '../../../webview/messages.ts';
import { halves } from '../../support/halves.ts';
import { placedRequests } from '../../support/placed-requests.ts';
import { documentOf, storeProfiledRun, storeRun } from '../../support/stored-run.ts';

const QUICK = Array.from({ length: 18 }, (_, at) => ({ start: 1000 + at * 10, end: 1010 + at * 10 }));
const REQUESTS = placedRequests(QUICK);

interface Shown {
  readonly base: string;
  readonly results: RunResults;
  /** What was shown, in its order. */
  readonly told: string[];
}

/** A folder with runs, which is none of the window's, and what shows them. */
async function withResults(use: (shown: Shown) => Promise<void>): Promise<void> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-results-'));
  const told: string[] = [];
  const nothing = new vscode.EventEmitter<never>().event;
  const panel = {
    onDidChoose: nothing,
    onDidRestore: nothing,
    show: ({ name }: ToFlamegraph, root: string) => told.push(`${name}, paths from ${root}`),
    stay: () => {},
    close: () => told.push('no flame graph'),
  };
  const annotations = { show: ({ source }: AnnotatedLines) => told.push(source), replace: () => {} };
  const routes = { all: async () => [] };
  const results = new RunResults(
    annotations as unknown as LineAnnotations,
    panel as unknown as FlamegraphPanel,
    routes as unknown as WorkspaceRoutes,
  );
  try {
    await use({ base, results, told });
  } finally {
    results.dispose();
    rmSync(base, { recursive: true, force: true });
  }
}

test('paths of a run start from the folder it is kept in; one without a profile takes the flame graph away', () =>
  withResults(async ({ base, results, told }) => {
    const profiled = await storeProfiledRun(base, 'profiled', { profile: halves(), requests: REQUESTS });
    assert.equal(await results.showRun(await openRun(profiled)), true);
    await results.showFlameGraph();
    assert.equal(await results.showRun(await openRun(await storeRun(base, 'plain', documentOf()))), false);
    assert.deepEqual(told, ['Run profiled', `Flame graph profiled, paths from ${base}`, 'Run plain', 'no flame graph']);
  }));

test('of two runs the one that was asked for last is shown, however long the other takes to read', () =>
  withResults(async ({ base, results, told }) => {
    const profiled = await storeProfiledRun(base, 'profiled', { profile: halves(), requests: REQUESTS });
    const [slow, quick] = [await openRun(profiled), await openRun(await storeRun(base, 'plain', documentOf()))];
    const first = results.showRun(slow);
    assert.equal(await results.showRun(quick), false);
    assert.equal(await first, false);
    assert.deepEqual(told, ['Run plain', 'no flame graph']);
    assert.equal(results.graph, null);
  }));

test('under a run lie those of its own folder, whichever of the window that is', () =>
  withResults(async ({ base, results }) => {
    const one = await storeRun(base, 'one', documentOf());
    await storeRun(base, 'two', documentOf());
    const source = keptRuns(results, async () => {});
    assert.deepEqual(
      (await source.runs(one)).map(({ name }) => name),
      ['two', 'one'],
    );
    assert.equal(await source.view(path.join(path.dirname(one), 'gone')), null);
    assert.equal(await source.find('one'), null, 'it is in no folder of this window');
  }));
