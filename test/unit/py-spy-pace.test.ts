import assert from 'node:assert/strict';
import test from 'node:test';
import { FIRST_PACE, gentlerPace, paceText } from '../../src/profile/capture/py-spy-pace.ts';

test('a target that is stopped for little of the time is sampled as fast as py-spy does by itself', () => {
  assert.equal(gentlerPace(FIRST_PACE, 0.1), null);
  assert.equal(paceText(FIRST_PACE, 0.1), null);
});

test('one that is stopped for more is sampled as often as stops it for little', () => {
  assert.deepEqual(gentlerPace(FIRST_PACE, 0.18), { rate: 50, blocking: true });
  assert.deepEqual(gentlerPace(FIRST_PACE, 0.6), { rate: 10, blocking: true });
  assert.deepEqual(gentlerPace({ rate: 50, blocking: true }, 0.15), { rate: 25, blocking: true });
  assert.equal(
    paceText({ rate: 25, blocking: true }, 0.2),
    'The target was sampled 25 times a second only: at 100 samples a second py-spy stopped the target for 20 % of the time.',
  );
});

test('one that hardly anything is left of is sampled without being stopped, and that is as gentle as it gets', () => {
  const pace = gentlerPace(FIRST_PACE, 1.1);
  assert.deepEqual(pace, { rate: 50, blocking: false });
  assert.equal(gentlerPace(pace!, 1), null);
  assert.match(
    paceText(pace!, 0.9) ?? '',
    /without being stopped, so that some stacks may be missing: .* 90 % of the time/,
  );
});
