import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { RunActions } from '../../../src/editor/commands/run-actions.ts';
import { ComparisonDocuments } from '../../../src/editor/comparison-documents.ts';
import type { RunController, RunState } from '../../../src/editor/run-controller.ts';
import { RunDocuments } from '../../../src/editor/run-documents.ts';
import { RunLibrary } from '../../../src/editor/views/run-library.ts';
import { type LiveRun, type RunItem, RunsTree } from '../../../src/editor/views/runs-tree.ts';
import { RunsView } from '../../../src/editor/views/runs-view.ts';
import { LABEL_FILE, readLabel, writeLabel } from '../../../src/runs/run-label.ts';
import { RUNNER_FILE } from '../../../src/runs/runner-mark.ts';
import { findProcess, processSpace } from '../../../src/runs/system-process.ts';
import { documentOf, latencyOf, storeRun } from '../../support/stored-run.ts';

const IDLE: LiveRun = { state: { kind: 'idle' }, folder: null };

interface Workspace {
  readonly base: string;
  readonly library: RunLibrary;
  readonly tree: RunsTree;
  live: LiveRun;
}

/** A workspace with runs of its own, and the view of them. */
async function withRuns(use: (workspace: Workspace) => Promise<void>): Promise<void> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-runs-'));
  const library = new RunLibrary(() => [base]);
  const workspace: Workspace = {
    base,
    library,
    live: IDLE,
    tree: new RunsTree(
      () => library.runs(),
      () => workspace.live,
    ),
  };
  try {
    await use(workspace);
  } finally {
    workspace.tree.dispose();
    library.dispose();
    rmSync(base, { recursive: true, force: true });
  }
}

async function items({ tree }: Workspace): Promise<vscode.TreeItem[]> {
  return Promise.all((await tree.getChildren()).map((item) => tree.getTreeItem(item)));
}

const iconOf = ({ iconPath }: vscode.TreeItem): string | undefined =>
  iconPath instanceof vscode.ThemeIcon ? iconPath.id : undefined;

test('runs of one search stand together under it, but for one that was named', () =>
  withRuns(async (workspace) => {
    const { base, tree } = workspace;
    const probe = (label: string, second: number) =>
      documentOf({ startedAt: `2026-11-22T00:00:0${second}Z`, search: { kind: 'find-rate', id: 'a1', label } });
    await storeRun(base, 'alone', documentOf({ startedAt: '2026-11-20T00:00:00Z' }));
    await storeRun(base, 'low', probe('50/s', 1));
    const kept = await storeRun(base, 'kept', probe('80/s', 2));
    await storeRun(base, 'high', probe('100/s', 3));
    await writeLabel(kept, { name: 'the one that held', pinned: false, baseline: false });
    const [search, named, alone] = await tree.getChildren();
    assert.equal((await tree.getTreeItem(named!)).label, 'the one that held');
    assert.equal((await tree.getTreeItem(alone!)).label, 'POST /predict');
    const shown = await tree.getTreeItem(search!);
    assert.equal(shown.label, 'Highest rate of POST /predict');
    assert.match(String(shown.description), /^2 runs · /);
    const labels = (await tree.getChildren(search)).map(async (item) => (await tree.getTreeItem(item)).label);
    assert.deepEqual(await Promise.all(labels), ['100/s', '50/s']);
  }));

test('recorded runs stand in the tree: pinned above, named, broken with the reason, interrupted as such', () =>
  withRuns(async (workspace) => {
    const { base } = workspace;
    const passed = { status: 'passed', sentence: 'Passed: p(99)<250.', reasons: [] } as const;
    const old = await storeRun(
      base,
      'old',
      documentOf({ startedAt: '2026-11-20T00:00:00Z', verdict: { ...passed, reasons: [] } }),
    );
    const named = await storeRun(base, 'named', documentOf({ startedAt: '2026-11-22T00:00:00Z' }));
    await storeRun(base, 'cut', documentOf({ startedAt: '2026-11-21T00:00:00Z', state: 'interrupted' }));
    const broken = await storeRun(base, 'broken', '{"schema": ');
    await writeLabel(old, { name: null, pinned: true, baseline: true });
    await writeLabel(named, { name: 'before the cache', pinned: false, baseline: false });
    const [first, ...rest] = await items(workspace);
    assert.equal(first?.label, 'POST /predict');
    assert.equal(first.id, old, 'its id is its folder');
    assert.equal(iconOf(first), 'pass');
    assert.equal(first.contextValue, 'run pinned baseline');
    assert.match(String(first.description), /^p50 4\.0 ms · p99 63 ms · 60\/s · /);
    assert.match(first.accessibilityInformation?.label ?? '', /passed, baseline, pinned, p50 4\.0 ms/);
    const byLabel = new Map(rest.map((item) => [item.label, item]));
    assert.deepEqual([...byLabel.keys()].sort(), ['POST /predict', 'before the cache', 'broken']);
    assert.equal(iconOf(byLabel.get('before the cache')!), 'flame');
    assert.equal(iconOf(byLabel.get('POST /predict')!), 'debug-stop');
    const wrong = byLabel.get('broken')!;
    assert.equal(iconOf(wrong), 'bracket-error');
    assert.match(String(wrong.description), /run\.json is damaged/);
    assert.equal(wrong.id, broken);
  }));

test('a hover tells the verdict, the load and the machine, and lets no text of a run become markup', () =>
  withRuns(async (workspace) => {
    const sentence = 'Measured: [click](command:evil) **600** requests.';
    const folder = await storeRun(
      workspace.base,
      'a',
      documentOf({ verdict: { status: 'measured', sentence, reasons: [] } }),
    );
    writeFileSync(path.join(folder, LABEL_FILE), '{');
    const [item] = await workspace.tree.getChildren();
    const shown = workspace.tree.resolveTreeItem(await workspace.tree.getTreeItem(item!), item!);
    assert.ok(shown.tooltip instanceof vscode.MarkdownString);
    const { value, isTrusted } = shown.tooltip;
    const read = value.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    assert.ok(!isTrusted);
    assert.ok(!/[[\]]|\*\*600|command:/.test(value), value);
    assert.match(read, /60\/s for 10s/);
    assert.match(read, /Node v24/);
    assert.match(read, /label\.json is damaged/);
  }));

test('the run being measured stands at the top, once, and runs and searches stay below it', () =>
  withRuns(async (workspace) => {
    const folder = await storeRun(workspace.base, 'a', documentOf({ state: 'running' }));
    await storeRun(workspace.base, 'b', documentOf({ startedAt: '2026-11-20T00:00:00Z' }));
    for (const probe of ['50', '80']) {
      const search = { kind: 'find-rate', id: 'a1', label: `${probe}/s` } as const;
      await storeRun(workspace.base, probe, documentOf({ startedAt: '2026-11-19T00:00:00Z', search }));
    }
    workspace.live = { state: { kind: 'starting', text: 'Asking once' }, folder };
    const shown = await items(workspace);
    assert.deepEqual(
      shown.map(({ id, contextValue }) => [id, contextValue]),
      [
        ['live', 'live'],
        [path.join(workspace.base, '.tailflame/runs/b'), 'run'],
        ['search a1', 'search'],
      ],
    );
    assert.equal(shown[0]?.label, 'POST /predict');
    assert.equal(shown[0].description, 'starting');
  }));

test('the runs are read again when a search ends, and not whenever it tells how far it has come', () => {
  const { createTreeView } = vscode.window;
  const shown = { visible: true, selection: [], onDidChangeVisibility: new vscode.EventEmitter().event, dispose() {} };
  // The extension in this window has the view itself; this suite and it have one and the same API.
  vscode.window.createTreeView = (() => shown) as unknown as typeof createTreeView;
  const changed = new vscode.EventEmitter<RunState>();
  const controller = { state: { kind: 'idle' } as RunState, folder: null, onDidChange: changed.event };
  const say = (state: RunState): void => {
    controller.state = state;
    changed.fire(state);
  };
  const view = new RunsView(controller as unknown as RunController);
  try {
    let readAgain = 0;
    view.library.onDidChange(() => readAgain++);
    for (let event = 0; event < 10; event++) say({ kind: 'asking', text: 'Probing 50/s', snapshot: null });
    assert.equal(readAgain, 0);
    say({ kind: 'answered', sentence: 'It holds up to 50/s.', good: true });
    assert.equal(readAgain, 1);
  } finally {
    vscode.window.createTreeView = createTreeView;
    view.dispose();
  }
});

test('a run that another process measures is under way until that process is gone, which nothing tells of', () =>
  withRuns(async (workspace) => {
    const folder = await storeRun(workspace.base, 'a', documentOf({ state: 'running' }));
    const runner = spawn('sleep', ['100'], { stdio: 'ignore' });
    try {
      const pid = runner.pid!;
      const { started } = (await findProcess(pid))!;
      writeFileSync(path.join(folder, RUNNER_FILE), JSON.stringify({ pid, started, space: await processSpace() }));
      workspace.library.refresh();
      const shown = async (): Promise<unknown[]> => (await items(workspace)).map(({ contextValue }) => contextValue);
      assert.deepEqual(await shown(), ['run underway']);
      const changed = new Promise<void>((resolve) => workspace.library.onDidChange(() => resolve()));
      runner.kill('SIGKILL');
      await changed;
      assert.deepEqual(await shown(), ['run']);
    } finally {
      runner.kill('SIGKILL');
    }
  }));

test('a name, a pin and a baseline are kept in the folder, one baseline a target', () =>
  withRuns(async ({ base, library }) => {
    const a = await storeRun(base, 'a', documentOf());
    const b = await storeRun(base, 'b', documentOf({}, 'http://127.0.0.1:9/predict'));
    const other = await storeRun(base, 'c', documentOf({}, 'http://127.0.0.1:9/other'));
    const find = async (folder: string) => (await library.runs()).find((run) => run.folder === folder)!;
    for (const folder of [a, other]) await library.setBaseline([await find(folder)]);
    // All at once: none may cost another.
    const runs = [await find(a), await find(b)];
    await Promise.all([
      library.label(runs, { pinned: true }),
      library.label(runs, { name: 'x' }),
      library.setBaseline([runs[1]!]),
    ]);
    const labels = await Promise.all([a, b, other].map(readLabel));
    assert.deepEqual(
      labels.map(({ label }) => label),
      [
        { name: 'x', pinned: true, baseline: false },
        { name: 'x', pinned: true, baseline: true },
        { name: null, pinned: false, baseline: true },
      ],
    );
  }));

test('what others write into the folder is seen', () =>
  withRuns(async ({ base, library }) => {
    await storeRun(base, 'a', documentOf());
    assert.equal((await library.runs()).length, 1);
    const changed = new Promise<void>((resolve) => library.onDidChange(() => resolve()));
    // A watcher begins some time after it was asked for.
    const again = setInterval(() => void storeRun(base, 'b', documentOf()), 500);
    try {
      await changed;
    } finally {
      clearInterval(again);
    }
    assert.equal((await library.runs()).length, 2);
  }));

test('two runs compared stand in one read-only document beside', async () =>
  withRuns(async (workspace) => {
    await storeRun(workspace.base, 'a', documentOf({ startedAt: '2026-11-20T00:00:00Z' }));
    const slower = documentOf({ latency: { ...documentOf().latency, p99: 126 } });
    await storeRun(workspace.base, 'b', slower);
    await vscode.extensions.getExtension('tailflame.tailflame')?.activate();
    const runs: RunItem[] = await workspace.tree.getChildren();
    await vscode.commands.executeCommand('tailflame.compareRuns', runs[0], runs);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'tailflame-compare');
    assert.equal(document.languageId, 'tailflame-run');
    assert.match(document.getText(), /p99 +63 ms +126 ms +\+63 ms \(\+100 %\)/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }));

test('runs are compared with the several that are the baseline of their target, with intervals drawn', async () =>
  withRuns(async (workspace) => {
    const { base, library } = workspace;
    const p50s = { a: [10, 11, 9, 10.5], b: [13, 14, 12.5, 13.5] };
    for (const [side, times] of Object.entries(p50s)) {
      for (const [at, p50] of times.entries()) {
        const startedAt = `2026-11-2${at}T0${side === 'a' ? 0 : 1}:00:00Z`;
        await storeRun(
          base,
          `${side}${at}`,
          documentOf({ startedAt, run: `${side}${at}`, latency: latencyOf(p50, 63) }),
        );
      }
    }
    const side = async (name: string) =>
      (await library.runs()).filter(({ folder }) => path.basename(folder).startsWith(name));
    const [documents, comparisons] = [new RunDocuments(), new ComparisonDocuments()];
    const actions = new RunActions(library, documents, comparisons, async () => {});
    try {
      await actions.setBaseline(await side('a'));
      assert.equal((await library.runs()).filter(({ label }) => label.baseline).length, 4);
      await actions.compareWithBaseline(await side('b'));
    } finally {
      documents.dispose();
      comparisons.dispose();
    }
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /first \(4\) +second \(4\)/);
    assert.match(text, /latency p50 +10 ms +13 ms +\+29 % +\+1\d % to \+5\d % .*│ *├─*●─*┤/);
    assert.match(text, /latency p99 +63 ms +63 ms +0 +0 to 0 +●/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }));
