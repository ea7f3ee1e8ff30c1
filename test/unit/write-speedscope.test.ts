import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Profile, type ProfileUnit, RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { writeSpeedscope } from '../../src/profile/write/speedscope.ts';

/** `handle` calls `load`, and a function without a name or a file; samples of the stacks 0 to 2, or of none. */
function profileOf(samples: readonly number[], unit: ProfileUnit = 'ms'): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const handle = builder.frame({ function: 'handle', file: '/srv/app.py', line: 3, column: 7 });
  const load = builder.frame({ function: 'load', file: '/srv/app.py', line: null, column: 9 });
  const unnamed = builder.frame({ function: '', file: null, line: null, column: null });
  const root = builder.stack(-1, handle, 4);
  builder.stack(root, load, 12);
  builder.stack(root, unnamed, 0);
  for (const [at, stack] of samples.entries()) builder.sample(at, stack, thread, 1, RUNNING);
  return builder.build('a profile', unit, true);
}

const weights = (...all: number[]): Float64Array => Float64Array.from(all);
const written = (...given: Parameters<typeof writeSpeedscope>) => JSON.parse(writeSpeedscope(...given)!);

describe('a file of speedscope', () => {
  test('says of functions what is known of them', () => {
    const file = written([{ profile: profileOf([1, 2]), views: [{ name: 'all', weights: weights(1, 2) }] }], 'run 7');
    assert.deepEqual(file.shared.frames, [
      { name: 'handle', file: '/srv/app.py', line: 3, col: 7 },
      { name: 'load', file: '/srv/app.py', line: 12 },
      { name: '(anonymous)' },
    ]);
    assert.equal(file.$schema, 'https://www.speedscope.app/file-format-schema.json');
    assert.deepEqual([file.name, file.exporter, file.activeProfileIndex], ['run 7', 'Tailflame', 0]);
  });

  test('has a profile for each view, its stacks from the outside in, neighbours on one stack as one', () => {
    const profile = profileOf([1, 1, 2, 1, 0, -1]);
    const views = [
      { name: 'all', weights: weights(1, 2, 4, 8, 16, 32) },
      { name: 'nothing', weights: weights(0, 0, 0, 0, 0, 0) },
      { name: 'slow', weights: weights(1, 2, 0, 8, 0, 0) },
    ];
    const { profiles } = written([{ profile, views }], 'run');
    assert.deepEqual(profiles, [
      {
        type: 'sampled',
        name: 'all',
        unit: 'milliseconds',
        startValue: 0,
        endValue: 31,
        samples: [[0, 1], [0, 2], [0, 1], [0]],
        weights: [3, 4, 8, 16],
      },
      {
        type: 'sampled',
        name: 'slow',
        unit: 'milliseconds',
        startValue: 0,
        endValue: 11,
        samples: [[0, 1]],
        weights: [11],
      },
    ]);
  });

  test('puts the functions of several profiles behind each other', () => {
    const counted = { profile: profileOf([2], 'samples'), views: [{ name: 'now', weights: weights(5) }] };
    const empty = { profile: profileOf([1]), views: [{ name: 'none', weights: weights(0) }] };
    const bytes = { profile: profileOf([1], 'bytes'), views: [{ name: 'before', weights: weights(6) }] };
    const { shared, profiles } = written([counted, empty, bytes], 'two');
    assert.equal(shared.frames.length, 6);
    const told = profiles.map(({ name, unit, samples }: Record<string, unknown>) => [name, unit, samples]);
    assert.deepEqual(told, [
      ['now', 'none', [[0, 2]]],
      ['before', 'bytes', [[3, 4]]],
    ]);
  });

  test('sums what are more than 100,000 samples by their stacks', () => {
    const rows = Array.from({ length: 100_001 }, (_, at) => 1 + (at % 2));
    const [long] = written(
      [{ profile: profileOf(rows), views: [{ name: 'all', weights: weights(...rows) }] }],
      'long',
    ).profiles;
    assert.deepEqual(
      [long.samples, long.weights],
      [
        [
          [0, 1],
          [0, 2],
        ],
        [50_001, 100_000],
      ],
    );
    const fewer = rows.slice(1);
    const [whole] = written(
      [{ profile: profileOf(fewer), views: [{ name: 'all', weights: weights(...fewer) }] }],
      'all',
    ).profiles;
    assert.equal(whole.samples.length, 100_000);
  });

  test('is none where nothing has weight', () => {
    assert.equal(
      writeSpeedscope([{ profile: profileOf([1]), views: [{ name: 'none', weights: weights(0) }] }], 'run'),
      null,
    );
    assert.equal(writeSpeedscope([], 'run'), null);
  });
});
