import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeDifference } from '../../src/correlate/code/code-difference.ts';
import { type CodeRun, lineTimes, type TimedRequests } from '../../src/correlate/code/line-times.ts';
import { type SlowerCode, slowerCode } from '../../src/correlate/code/slower-code.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { codeLines } from '../../src/report/code-lines.ts';
import { lineText } from '../../src/report/styled-line.ts';
import { busyRun } from '../support/busy-run.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { viewMaterial } from '../support/view-material.ts';

/** What a request does, ms each, at a line of its own below the function's first; a library's work is called by the line before it. */
interface Work {
  readonly function: string;
  readonly text: string;
  readonly ms: number;
  readonly waits?: boolean;
  readonly library?: boolean;
}

interface Build {
  readonly folder: string;
  /** The line of the first function; the others follow it. */
  readonly firstLine: number;
  readonly work: (request: number) => readonly Work[];
}

const REQUESTS = 200;
const APART = 100;

/**
 * One request after another, in samples of 1 ms, or at random ones in the mean. A thread of the runtime waits for work all the time, below
 * a line of the user's that only started it, and so does one of the user's own.
 */
function runOf({ folder, firstLine, work }: Build, seed: number | null = null): CodeRun {
  const builder = new ProfileBuilder();
  const [main, pool, worker] = ['main', 'pool', 'worker'].map((name, id) =>
    builder.thread({ pid: 1, id: String(id), name }),
  );
  const texts = new Map<number, string>();
  const file = `${folder}/app.py`;
  const random = seed === null ? null : seededRandom(seed);
  const frame = (name: string, at: string): number =>
    builder.frame({ function: name, file: at, line: null, column: null });
  const served = builder.stack(
    builder.stack(-1, frame('<module>', file), 999),
    frame('Server.run', '/usr/lib/python3/dist-packages/uvicorn/server.py'),
    60,
  );
  const queue = builder.stack(-1, frame('write_metrics', file), lineOf(texts, 'job = jobs.get()', firstLine));
  const requests: { start: number; end: number }[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const start = request * APART;
    let time = start;
    for (const { function: name, text, ms, waits = false, library = false } of work(request)) {
      const line = lineOf(texts, text, firstLine);
      let stack = builder.stack(served, frame(name, file), line);
      if (library) stack = builder.stack(stack, frame('dot', '/usr/lib/python3/dist-packages/numpy/core.py'), 7);
      for (let piece = 0; piece < ms; piece++) {
        if (random === null || random() < 0.1) {
          builder.sample(time + piece, stack, main!, random === null ? 1 : 10, waits ? WAITING : RUNNING);
        }
      }
      time += ms;
    }
    for (let at = start; at < start + APART; at += 10) {
      builder.sample(at, served, pool!, 10, WAITING);
      builder.sample(at, queue, worker!, 10, WAITING);
    }
    requests.push({ start, end: time });
  }
  const profile = builder.build('run', 'ms', true);
  const phase = { start: 0, end: REQUESTS * APART };
  const material = viewMaterial({ profile, requests: placedRequests(requests), phase });
  return { material, lineText: (at, line) => (at === file ? (texts.get(line) ?? null) : null) };
}

/** Where a text stands: the next line that is free. */
function lineOf(texts: Map<number, string>, text: string, firstLine: number): number {
  for (const [line, known] of texts) if (known === text) return line;
  const line = firstLine + texts.size;
  texts.set(line, text);
  return line;
}

function between(before: Build, now: Build, which: TimedRequests): SlowerCode[] {
  return slowerCode(lineTimes([runOf(before)], which)!, lineTimes([runOf(now)], which)!);
}

function near(actual: number, expected: number, within = 0.01): void {
  assert.ok(Math.abs(actual - expected) < within * expected, `${actual} instead of ${expected}`);
}

const WORK: readonly Work[] = [
  { function: 'parse', text: 'body = json.loads(raw)', ms: 4 },
  { function: 'rank', text: 'scores = w @ x', ms: 10, library: true },
  { function: 'rank', text: 'scores.sort()', ms: 6 },
  { function: 'store', text: 'db.put(scores)', ms: 5, waits: true },
];
const OLD: Build = { folder: '/srv/old', firstLine: 10, work: () => WORK };

/** The other build, in a folder of its own and with its lines moved, whose work of a text takes other times. */
function edited(times: Readonly<Record<string, number>>): Build {
  const work = WORK.map((one) => ({ ...one, ms: times[one.text] ?? one.ms }));
  return { folder: '/srv/new', firstLine: 40, work: () => work };
}

describe('code that took longer', () => {
  test('is named with its time in both builds, and the line of it that grew, though another takes more', () => {
    const [slower, ...others] = between(OLD, edited({ 'scores.sort()': 9 }), 'all');
    assert.deepEqual(others, []);
    const { before, now, ...told } = slower!;
    assert.deepEqual(told, { function: 'rank', file: '/srv/new/app.py', line: 43, mostly: 'ran' });
    near(before, 16);
    near(now, 19);
  });

  test('is told as waiting where it waits', () => {
    const [slower] = between(OLD, edited({ 'db.put(scores)': 12 }), 'all');
    assert.deepEqual([slower!.function, slower!.mostly], ['store', 'waited']);
    near(slower!.now, 12);
  });

  test('comes with the most first, and a line that is new is named though it took nothing before', () => {
    const work = [...WORK, { function: 'audit', text: 'log(scores)', ms: 3 }, { ...WORK[0]!, ms: 8 }];
    const slower = between(OLD, { folder: '/srv/new', firstLine: 1, work: () => work }, 'all');
    assert.deepEqual(
      slower.map((one) => [one.function, Math.round(one.before), Math.round(one.now)]),
      [
        ['parse', 4, 12],
        ['audit', 0, 3],
      ],
    );
  });

  test('is none where nothing changed; what threads wait in that serve no request is no code of one, though they wait longer', () => {
    assert.deepEqual(between(OLD, edited({}), 'all'), []);
    const longer = between(OLD, edited({ 'scores.sort()': 30 }), 'all');
    assert.deepEqual(
      longer.map((one) => one.function),
      ['rank'],
    );
    const names = lineTimes([runOf(OLD)], 'all')!.map(({ function: name }) => name);
    assert.deepEqual(new Set(names), new Set(['parse', 'rank', 'store']));
  });

  test('only in slow requests is told of those, and is hardly seen in all', () => {
    const slowPath = (ms: number): Build['work'] => {
      return (request) => (request % 15 === 0 ? [...WORK, { function: 'resort', text: 'deep_sort()', ms }] : WORK);
    };
    const builds = [30, 45].map((ms, at): Build => ({ folder: `/srv/${at}`, firstLine: 10, work: slowPath(ms) }));
    const [slow] = between(builds[0]!, builds[1]!, 'slow');
    assert.equal(slow!.function, 'resort');
    near(slow!.before, 30);
    near(slow!.now, 45);
    const all = builds.map((build) => lineTimes([runOf(build)], 'all')!.find((one) => one.function === 'resort')!.ran);
    near(all[1]! - all[0]!, (14 / 200) * 15);
  });

  test('is seldom named by chance where samples fall as they may', () => {
    let named = 0;
    for (let seed = 0; seed < 50; seed++) {
      const [before, now] = [0, 1].map((build) => lineTimes([runOf(OLD, 2 * seed + build)], 'all'));
      named += slowerCode(before!, now!).length > 0 ? 1 : 0;
    }
    // Two standard deviations to one side, of three functions.
    assert.ok(named <= 8, `${named} of 50`);
  });

  test('is found by a sample every ten milliseconds too', () => {
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const before = lineTimes([runOf(OLD, seed), runOf(OLD, 100 + seed)], 'all')!;
      const now = lineTimes([runOf(edited({ 'scores.sort()': 12 }), 200 + seed)], 'all')!;
      const [slower] = slowerCode(before, now);
      found += slower?.function === 'rank' && slower.line === 43 ? 1 : 0;
    }
    assert.ok(found >= 19, `${found} of 20`);
  });

  test('is found where nearly all the time is in one function, which is seldom found by chance', () => {
    const named = (nowMs: number): number => {
      let count = 0;
      for (let seed = 0; seed < 12; seed++) {
        const [before, now] = [3, nowMs].map((ms, build) =>
          lineTimes(
            [0, 1].map((run) => busyRun(ms, 4 * seed + 2 * build + run)),
            'all',
          ),
        );
        count += slowerCode(before!, now!).some((one) => one.function === 'infer') ? 1 : 0;
      }
      return count;
    };
    const [slower, same] = [named(3.6), named(3)];
    assert.ok(slower >= 11, `${slower} of 12`);
    assert.ok(same <= 2, `${same} of 12`);
  });

  test('is as sure as it says: what was measured again lies as far apart', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => lineTimes([busyRun(3, 1000 + seed)], 'all')!);
    for (const name of ['infer', 'parse']) {
      const [times, variances] = (['ran', 'variance'] as const).map((what) =>
        runs.map((lines) => lines.reduce((sum, line) => sum + (line.function === name ? line[what] : 0), 0)),
      ) as [number[], number[]];
      const mean = times.reduce((sum, ran) => sum + ran, 0) / times.length;
      const spread = times.reduce((sum, ran) => sum + (ran - mean) ** 2, 0) / (times.length - 1);
      const told = variances.reduce((sum, variance) => sum + variance, 0) / times.length;
      // What was seen stands until something else is, for a twelfth of the time between two requests, where it counts to neither.
      near(mean, name === 'infer' ? 3 : 0.3, 0.1);
      assert.ok(told > 0.6 * spread && told < 1.6 * spread, `${name}: ${told} told, ${spread} seen`);
    }
  });

  test('of two sides is told with what took shorter, in lines', () => {
    const difference = codeDifference([runOf(OLD)], [runOf(edited({ 'scores.sort()': 9, 'db.put(scores)': 2 }))])!;
    assert.deepEqual(
      codeLines(difference, '/srv').map((line) => lineText(line, false)),
      [
        'Code, by the profiles',
        '  ▲ `rank` (new/app.py:43) ran 19 ms a request, instead of 16 ms.',
        '  ▼ `store` (old/app.py:14) waited 2.0 ms a request, instead of 5.0 ms.',
      ],
    );
    const same = codeDifference([runOf(OLD)], [runOf(edited({}))]);
    assert.match(lineText(codeLines(same, '/srv')[0]!, false), /No line of yours took surely more or less/);
    assert.equal(codeDifference([], [runOf(OLD)]), null);
  });
});
