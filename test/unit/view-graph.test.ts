import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type View, viewKey } from '../../src/correlate/views/view.ts';
import { viewMarks } from '../../src/report/run-lines.ts';
import { type GraphOfView, ViewGraph } from '../../src/report/view-graph.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { VIEWS_FILE } from '../../src/runner/opened/saved-views.ts';
import { HALVES_FILE, halves, inPieces } from '../support/halves.ts';
import { placedChunks, placedRequests } from '../support/placed-requests.ts';
import { storeProfiledRun } from '../support/stored-run.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-graph-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const QUICK = Array.from({ length: 18 }, (_, i) => ({ start: 1000 + i * 10, end: 1010 + i * 10 }));
const REQUESTS = placedRequests([...QUICK, { start: 1400, end: 1490 }]);

async function graphOf(folder: string): Promise<ViewGraph> {
  const opened = await ViewGraph.ofRun(await openRun(folder));
  assert.ok(opened !== null);
  assert.equal(opened.problem, null);
  return opened.graph;
}

async function shownOf(graph: ViewGraph, id: string): Promise<GraphOfView> {
  const shown = await graph.show(graph.find(id)!, '/srv');
  assert.ok(!('missing' in shown), 'missing' in shown ? shown.missing : '');
  return shown;
}

/** Own time by name in the file that the panel is given. */
function fileTimes({ file }: GraphOfView): Record<string, number> {
  const { shared, profiles } = JSON.parse(file) as {
    shared: { frames: { name: string }[] };
    profiles: { samples: number[][]; weights: number[] }[];
  };
  assert.equal(profiles.length, 1);
  const times: Record<string, number> = {};
  profiles[0]!.samples.forEach((stack, i) => {
    const name = shared.frames[stack.at(-1)!]!.name;
    times[name] = Math.round(((times[name] ?? 0) + profiles[0]!.weights[i]!) * 1e6) / 1e6;
  });
  return times;
}

const names = ({ views }: ViewGraph): string[] => views.map(({ group, name }) => `${group}: ${name}`);

describe("a run's views", () => {
  test('are listed in groups, those it has not are left out, and each says what one sees', async () => {
    const graph = await graphOf(await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS }));
    assert.deepEqual(names(graph), [
      'Run: All',
      'Requests: Slow requests',
      'Requests: Other requests',
      'Threads: Thread main',
    ]);
    const all = await shownOf(graph, graph.views[0]!.id);
    assert.equal(all.sentence, 'All that ran while it was profiled: 900 ms in 20 samples.');
    assert.deepEqual(fileTimes(all), { load: 500, score: 400 });
    const slow = await shownOf(graph, viewKey({ kind: 'slow' }));
    assert.equal(
      slow.sentence,
      'As far as slow requests were in flight: 1 of 19 requests, from 90 ms on; 90 ms in 2 samples. Overlap in time, not cause.',
    );
    assert.deepEqual(fileTimes(slow), { load: 50, score: 40 });
    assert.equal(graph.shown, slow.entry);
  });

  test('of streams and of a GPU stand in groups of their own', async () => {
    const requests = placedRequests(QUICK.map((request) => ({ ...request, firstContent: request.start + 5 })));
    const chunks = [placedChunks(QUICK.map(({ end }, id) => [id, end, 5] as const))];
    const time = Float64Array.of(1000, 1500, 2000);
    const told = { name: 'GPU utilisation', labels: { gpu: '0', model: 'A GPU' }, unit: '', time };
    const series = [{ ...told, values: Float64Array.of(0.5, 0.5, 0) }];
    const graph = await graphOf(await storeProfiledRun(base, 'one', { profile: halves(), requests, chunks, series }));
    assert.deepEqual(names(graph).slice(1, -1), [
      'Requests: Slow requests',
      'Streams: Slow first tokens',
      'Streams: Slow gaps in streams',
      'GPU: While the GPU was idle',
      'GPU: GPU 0',
    ]);
    for (const { id } of graph.views) await shownOf(graph, id);
  });

  test('that a person made are kept with the run, opened again, named anew and removed', async () => {
    const folder = await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS });
    const graph = await graphOf(folder);
    graph.add([
      { kind: 'all', from: 1200, to: 1500 },
      { kind: 'slow', from: 1200, to: 1500 },
    ]);
    assert.deepEqual(names(graph).slice(3, 5), ['Not saved: 1–1.3 s', 'Not saved: Slow requests, 1–1.3 s']);
    const stretch = await shownOf(graph, graph.views[3]!.id);
    assert.equal(stretch.sentence, 'All that ran, 1–1.3 s: 270 ms in 6 samples.');
    assert.ok(graph.canSave);
    await graph.save('the  stall');
    assert.equal(graph.shown?.name, 'the stall');
    assert.ok(!graph.canSave);
    assert.deepEqual(names(graph).slice(3, 5), ['Saved: the stall', 'Not saved: Slow requests, 1–1.3 s']);

    const again = await graphOf(folder);
    assert.deepEqual(names(again)[3], 'Saved: the stall');
    const reopened = await shownOf(again, graph.shown!.id);
    assert.deepEqual(fileTimes(reopened), { load: 150, score: 120 });
    await again.rename('The stall');
    assert.deepEqual(names(await graphOf(folder))[3], 'Saved: The stall');
    const removed = await again.remove();
    assert.equal(removed.name, '1–1.3 s', 'it is still shown');
    assert.deepEqual(
      names(await graphOf(folder)),
      names(graph).filter((name) => !/ave/.test(name)),
    );
  });

  test('of a stretch are those that it has, and one in which there is nothing does not stay in the list', async () => {
    const graph = await graphOf(await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS }));
    const kinds = ['all', 'slow', 'other'] as const;
    graph.add(kinds.map((kind) => ({ kind, from: 1000, to: 1100 })));
    assert.deepEqual(names(graph).slice(3, -1), ['Not saved: 0.8–0.9 s', 'Not saved: Other requests, 0.8–0.9 s']);
    graph.add([{ kind: 'all', from: 5000, to: 6000 }]);
    const nothing = await graph.show(graph.views[3]!, '/srv');
    assert.deepEqual(nothing, { missing: 'Nothing was sampled in that stretch of time.' });
    assert.equal(graph.views.length, 4);
  });

  test('that are shown are found by their id after the window was loaded again, though nobody saved them', async () => {
    const folder = await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS });
    const graph = await graphOf(folder);
    graph.add([{ kind: 'slow', over: 50 }]);
    const { id } = graph.views[3]!;
    assert.deepEqual(fileTimes(await shownOf(await graphOf(folder), id)), { load: 50, score: 40 });
    assert.equal(graph.find('saved by nobody'), null);
    assert.equal(graph.find('{"kind":"nothing"}'), null);
  });

  test('are still there where what was saved with them is broken, which is said', async () => {
    const folder = await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS });
    writeFileSync(path.join(folder, VIEWS_FILE), '{"schema": 1}');
    const opened = await ViewGraph.ofRun(await openRun(folder));
    assert.match(opened?.problem ?? '', /views\.json:1: "schema" is 1/);
    assert.equal(opened?.graph.views.length, 4);
    opened?.graph.add([{ kind: 'all', from: 1200, to: 1500 }]);
    await shownOf(opened!.graph, opened!.graph.views[3]!.id);
    await assert.rejects(opened!.graph.save('x'), /"schema" is 1/);
    assert.equal(readFileSync(path.join(folder, VIEWS_FILE), 'utf8'), '{"schema": 1}');
  });
});

test('lines are marked by what a view shows where the marks of the whole run do not say it', async () => {
  const graph = await graphOf(await storeProfiledRun(base, 'one', { profile: halves(), requests: REQUESTS }));
  const marked = async (view: View): Promise<[line: number, self: number][] | null> => {
    graph.add([view]);
    const { weighed } = await shownOf(graph, viewKey(view));
    const marks = viewMarks(view, weighed, 'latency');
    return marks && (marks.get(HALVES_FILE) ?? []).map(({ line, self }) => [line, Number(self.toFixed(2))]);
  };
  for (const kind of ['all', 'slow', 'other'] as const) assert.equal(await marked({ kind }), null);
  assert.equal(await marked({ kind: 'thread', thread: '1:1' }), null);
  // Lines and declarations: `handle` at 1 and 2, `load` at 10 and 11; `score` did not run then.
  assert.deepEqual(await marked({ kind: 'all', from: 1200, to: 1250 }), [
    [1, 0],
    [2, 0],
    [10, 1],
    [11, 1],
  ]);
  const { weighed } = await shownOf(graph, viewKey({ kind: 'slow' }));
  assert.notEqual(viewMarks({ kind: 'slow' }, weighed, 'ttft'), null, 'where lines speak of first tokens');
  const over = await marked({ kind: 'slow', over: 50 });
  assert.deepEqual(
    over?.find(([line]) => line === 21),
    [21, 0.44],
    '40 of 90 ms',
  );
});

test('a difference from another run is shown, kept, and said to be missing when that run is gone', async () => {
  const requests = placedRequests(Array.from({ length: 20 }, (_, i) => ({ start: 1000 + i * 50, end: 1050 + i * 50 })));
  const other = await storeProfiledRun(base, 'earlier', { profile: inPieces(halves()), requests });
  const folder = await storeProfiledRun(base, 'later', { profile: twiceScore(inPieces(halves())), requests });
  const graph = await graphOf(folder);
  graph.add([{ kind: 'difference', against: 'earlier' }]);
  const shown = await shownOf(graph, graph.views.find(({ group }) => group === 'Not saved')!.id);
  assert.equal(
    shown.sentence,
    'A request: 65 ms now, 45 ms in earlier, 20 ms more. A box is as wide as in the run where it took more.',
  );
  assert.deepEqual(fileTimes(shown), { 'load (app.py:10)': 25, '▲ score (app.py:20)': 40 });
  assert.deepEqual(
    shown.differences?.map(({ function: name }) => name),
    ['score', 'handle', 'load'],
  );
  await graph.save('before');
  rmSync(other, { recursive: true });
  const again = await graphOf(folder);
  await assert.rejects(shownOf(again, graph.shown!.id), /earlier is not a run/);
});

test('of a profile that stands alone there is all and its threads, and nothing to keep', async () => {
  const graph = ViewGraph.ofProfile('stacks', halves());
  assert.deepEqual(names(graph), ['Run: All', 'Threads: Thread main']);
  assert.deepEqual(fileTimes(await shownOf(graph, graph.views[1]!.id)), { load: 500, score: 500 });
  assert.ok(!graph.canSave);
});

function twiceScore(profile: ReturnType<typeof halves>): ReturnType<typeof halves> {
  const { stack, weight } = profile.samples;
  const isScore = (row: number): boolean => profile.frames[profile.stacks.frame[stack[row]!]!]!.function === 'score';
  return { ...profile, samples: { ...profile.samples, weight: weight.map((w, row) => (isScore(row) ? 2 * w : w)) } };
}
