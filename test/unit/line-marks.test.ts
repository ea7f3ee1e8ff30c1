import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestShares } from '../../src/correlate/share-tables.ts';
import { intervalsOf } from '../../src/correlate/tail.ts';
import { hotspots } from '../../src/profile/hotspots.ts';
import { RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { lineMarks, markText } from '../../src/report/line-marks.ts';

/** The mark of line 7, where each of 20 slow requests ran it for all of ten samples of 10 ms, and `rare` of 40 others for one of theirs. */
function markOf(rare: number): string {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const stack = (name: string, line: number): number =>
    builder.stack(-1, builder.frame({ function: name, file: '/srv/app.py', line: null, column: null }), line);
  const start = Float64Array.from({ length: 60 }, (_, i) => i * 200);
  const end = start.map((at, i) => at + (i % 3 === 0 ? 150 : 100));
  let others = 0;
  start.forEach((at, i) => {
    const isSlow = i % 3 === 0;
    const runs = isSlow ? 10 : others++ < rare ? 1 : 0;
    for (let k = 0; k < 10; k++) {
      builder.sample(at + 10 * k, k < runs ? stack('score', 7) : stack('parse', 3), thread, 10, RUNNING);
    }
  });
  const profile = builder.build('x', 'ms', true);
  const tables = requestShares(profile, intervalsOf(start, end), { start: 0, end: 12_000 }, 120);
  const marks = lineMarks(hotspots(profile), tables).get('/srv/app.py') ?? [];
  const mark = marks.find(({ line }) => line === 7);
  assert.ok(mark);
  return markText(mark, 'requests');
}

test('a mark tells shares of the busy time, and how many times as much only of enough samples', () => {
  assert.equal(markOf(12), '100 % of the busy time during slow requests · 3 % otherwise');
  assert.equal(markOf(24), '100 % of the busy time during slow requests · 6 % otherwise (17×)');
});

test('of several functions declared in one line the mark tells of the hottest, and of slow requests what is its own', () => {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const stack = (column: number, line: number): number =>
    builder.stack(-1, builder.frame({ function: '(anonymous)', file: '/srv/app.js', line: 7, column }), line);
  const start = Float64Array.from({ length: 60 }, (_, i) => i * 200);
  const end = start.map((at, i) => at + (i % 3 === 0 ? 150 : 100));
  start.forEach((at, i) => {
    const isSlow = i % 3 === 0;
    for (let k = 0; k < (isSlow ? 10 : 4); k++) {
      builder.sample(at + 10 * k, isSlow ? stack(10, 8) : stack(40, 9), thread, 10, RUNNING);
    }
  });
  const profile = builder.build('x', 'ms', true);
  const tables = requestShares(profile, intervalsOf(start, end), { start: 0, end: 12_000 }, 120);
  const spots = hotspots(profile);
  const [hottest] = spots.functions;
  const marks = lineMarks(spots, tables).get('/srv/app.js') ?? [];
  const mark = marks.find(({ line }) => line === 7);
  const own = tables.functions.find(({ frame }) => frame === hottest?.frame);
  assert.ok(mark?.declares && own);
  assert.deepEqual([mark.self, mark.tail, mark.rest], [hottest?.selfShare, own.tail, own.rest]);
});
