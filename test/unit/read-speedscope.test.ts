import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Profile, ProfileError, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { SPEEDSCOPE } from '../../src/profile/read/speedscope.ts';

const FRAMES = [
  { name: 'handle', file: '/srv/app.py', line: 4 },
  { name: 'wait', file: '/usr/lib/python3.11/threading.py', line: 300 },
  { name: 'sort' },
];
const read = (...profiles: readonly object[]): readonly Profile[] =>
  SPEEDSCOPE.read({ text: '', json: { shared: { frames: FRAMES }, profiles } }, 'file');
const sampled = (more: object): object => ({
  type: 'sampled',
  samples: [[0, 2], [0, 1], []],
  weights: [2, 3, 4],
  ...more,
});
const evented = (
  events: readonly (readonly [type: string, frame: number, at: number])[],
  more: object = {},
): object => ({
  type: 'evented',
  events: events.map(([type, frame, at]) => ({ type, frame, at })),
  ...more,
});

function told({ samples, stacks, frames }: Profile): [number, number, string, number][] {
  return [...samples.stack].map((stack, row) => {
    const names: string[] = [];
    for (let at = stack; at >= 0; at = stacks.parent[at]!) {
      names.unshift(`${frames[stacks.frame[at]!]!.function}:${stacks.line[at]}`);
    }
    return [samples.time[row]!, samples.weight[row]!, names.join(' '), samples.state[row]!];
  });
}

describe('samples of speedscope’s JSON', () => {
  test('follow one another from the start that is given, in ms of whatever unit', () => {
    const units = { nanoseconds: 1e-6, microseconds: 1e-3, milliseconds: 1, seconds: 1000 };
    for (const [unit, scale] of Object.entries(units)) {
      const [profile] = read(sampled({ unit, startValue: 7, name: 'main thread' }));
      assert.deepEqual([profile!.unit, profile!.hasTime, profile!.name], ['ms', true, 'main thread'], unit);
      const rounded = told(profile!).map(([time, weight, ...rest]) => [
        +(time / scale).toFixed(6),
        +(weight / scale).toFixed(6),
        ...rest,
      ]);
      assert.deepEqual(
        rounded,
        [
          [7, 2, 'handle:4 sort:0', RUNNING],
          [9, 3, 'handle:4 wait:300', WAITING],
          [12, 4, '', RUNNING],
        ],
        unit,
      );
      assert.equal(profile!.threads[0]!.name, 'main thread');
    }
  });

  test('that are counted or weighed have no time', () => {
    const [none, unsaid, bytes, strange] = read(
      sampled({ unit: 'none' }),
      sampled({}),
      sampled({ unit: 'bytes' }),
      sampled({ unit: 'parsecs' }),
    );
    assert.deepEqual(
      [none, unsaid, bytes, strange].map((profile) => [profile!.unit, profile!.hasTime, profile!.name]),
      [
        ['samples', false, 'file'],
        ['samples', false, 'file'],
        ['bytes', false, 'file'],
        ['samples', false, 'file'],
      ],
    );
    assert.equal(none!.threads[0]!.name, 'main');
  });
});

test('stacks that open and close are a sample for as long as each stood', () => {
  const [profile] = read(
    evented(
      [
        ['O', 0, 10],
        ['O', 2, 12],
        ['C', 2, 17],
        ['C', 0, 18],
        ['O', 2, 30],
        ['C', 2, 31],
      ],
      { unit: 'seconds', startValue: 10 },
    ),
  );
  assert.deepEqual(told(profile!), [
    [10_000, 2000, 'handle:4', RUNNING],
    [12_000, 5000, 'handle:4 sort:0', RUNNING],
    [17_000, 1000, 'handle:4', RUNNING],
    [30_000, 1000, 'sort:0', RUNNING],
  ]);
});

test('what cannot be read is said with its place', () => {
  const wrong = (profile: object, sentence: RegExp): void => {
    assert.throws(
      () => read(profile),
      (error: Error) => error instanceof ProfileError && sentence.test(error.message),
      String(sentence),
    );
  };
  wrong({ type: 'counted' }, /profiles\[0\]\.type is "counted"; sampled and evented can be read/);
  wrong(sampled({ weights: [1] }), /profiles\[0\]\.weights has 1 entries for 3 samples/);
  wrong(sampled({ samples: [[0], [3], []] }), /samples\[1\]\[0\] is 3, but there are 3 frames/);
  wrong(
    evented([
      ['O', 0, 5],
      ['C', 0, 4],
    ]),
    /events\[1\]\.at goes back in time/,
  );
  wrong(
    evented([
      ['O', 0, 5],
      ['C', 2, 6],
    ]),
    /events\[1\] closes frame 2, which is not the innermost open one/,
  );
});

test('a file is speedscope’s by what it holds', () => {
  const is = (json: object): boolean => SPEEDSCOPE.recognises({ text: '', json });
  assert.deepEqual(
    [is({ shared: {}, profiles: [] }), is({ shared: {} }), is({ profiles: [] }), is([])],
    [true, false, false, false],
  );
});
