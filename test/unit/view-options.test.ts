import assert from 'node:assert/strict';
import test from 'node:test';
import { askedView, type ViewOptions } from '../../src/cli/view-options.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import type { SavedView } from '../../src/runner/opened/saved-views.ts';

const SAVED: SavedView[] = [{ name: 'The stall', view: { kind: 'all', from: 4000, to: 5000 } }];

function asked(options: ViewOptions, against: string | null = null): unknown {
  const { view, name } = askedView(options, SAVED, 2000, against);
  return name === null ? view : [name, view];
}

test('options say which view is meant, times counted as the panel counts them', () => {
  assert.deepEqual(asked({}), { kind: 'all' });
  assert.deepEqual(asked({ tail: true }), { kind: 'slow' });
  assert.deepEqual(asked({ view: 'tail' }), { kind: 'slow' });
  assert.deepEqual(asked({ gpuIdle: true }), { kind: 'gpu-idle' });
  assert.deepEqual(asked({ view: 'first-token', from: 12_000, to: 15_000 }), {
    ...{ kind: 'first-token', from: 14_000, to: 17_000 },
  });
  assert.deepEqual(asked({ from: 1000, to: 2000 }), { kind: 'all', from: 3000, to: 4000 });
  assert.deepEqual(asked({ step: 'pay', slowerThan: 250 }), { kind: 'slow', step: 'pay', over: 250 });
  assert.deepEqual(asked({ view: 'gap', group: 'large' }), { kind: 'gap', group: 'large' });
  assert.deepEqual(asked({ against: './earlier' }, 'earlier'), { kind: 'difference', against: 'earlier' });
  assert.deepEqual(asked({ view: 'THE STALL' }), ['The stall', { kind: 'all', from: 4000, to: 5000 }]);
});

test('options that do not go together are refused, and so is a view that there is not', () => {
  const refused = (options: ViewOptions, fault: RegExp, against: string | null = null): void =>
    assert.throws(
      () => askedView(options, SAVED, 0, against),
      (error: Error) => error instanceof PlanError && fault.test(error.message),
    );
  refused({ view: 'slowest' }, /no view slowest\. There are all, slow, other, .*; saved with it: The stall\./);
  refused({ view: 'difference' }, /no view difference/);
  refused({ from: 5 }, /both --from and --to/);
  refused({ from: 5, to: 5 }, /--to must come after --from/);
  refused({ view: 'all', step: 'pay' }, /are of requests, and all is not/);
  refused({ view: 'gpu-idle', slowerThan: 5 }, /are of requests, and gpu-idle is not/);
  refused({ view: 'The stall', from: 1, to: 2 }, /says itself what is in it/);
  refused({ against: 'x', step: 'pay' }, /--against stands alone/, 'x');
});
