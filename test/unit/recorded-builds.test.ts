import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type CodeRun, lineTimes } from '../../src/correlate/code/line-times.ts';
import { slowerCode } from '../../src/correlate/code/slower-code.ts';
import type { Span } from '../../src/correlate/shares.ts';
import { readSamples } from '../../src/profile/sample-parquet.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { viewMaterial } from '../support/view-material.ts';

/**
 * The profiled runs of a failing gate of `npm run bench -- gate-gpu` on an H200: py-spy's samples and the requests, each as when it was sent,
 * ms into the phase, and how long it took. A transformer of eight layers, and of ten.
 */
const FOLDER = path.resolve('test/data/h200-layers');

test('of a real H200 whose candidate has more layers the function that runs the model is named, at the line that runs it', async () => {
  const [baseline, candidate] = await Promise.all(
    ['baseline', 'candidate'].map(async (build) =>
      lineTimes([await recorded(build, 1), await recorded(build, 2)], 'all'),
    ),
  );
  const [slower, ...others] = slowerCode(baseline!, candidate!);
  assert.deepEqual(others, []);
  assert.deepEqual([slower?.function, slower?.line, slower?.mostly], ['generate', 69, 'ran']);
  // A step took 3.1 ms with eight layers, as the service measured it; what is looked at 200 times is known to a tenth.
  assert.ok(Math.abs(slower!.before - 3.1) < 0.3 && Math.abs(slower!.now - 3.9) < 0.4, JSON.stringify(slower));
  for (const times of [baseline!, candidate!]) assert.deepEqual(slowerCode(times, times), []);
});

test('nor is anything named between two runs of one build of it', async () => {
  for (const build of ['baseline', 'candidate']) {
    const [first, second] = [1, 2].map(async (number) => lineTimes([await recorded(build, number)], 'all'));
    assert.deepEqual(slowerCode((await first)!, (await second)!), []);
  }
});

async function recorded(build: string, number: number): Promise<CodeRun> {
  const name = `${build}-${number}`;
  const runs = JSON.parse(await readFile(path.join(FOLDER, 'requests.json'), 'utf8')) as Record<
    string,
    { phase: Span; requests: [at: number, took: number][] }
  >;
  const { phase, requests } = runs[name]!;
  const placed = requests.map(([at, took]) => ({ start: phase.start + at, end: phase.start + at + took }));
  const profile = await readSamples(path.join(FOLDER, `${name}.parquet`), 'recorded');
  const material = viewMaterial({ profile, requests: placedRequests(placed), phase });
  return { material, lineText: (_, line) => `line ${line}` };
}
