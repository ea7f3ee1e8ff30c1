import assert from 'node:assert/strict';
import test from 'node:test';
import { FIRST_PACE, gentlerPace, paceText } from '../../src/profile/capture/py-spy-pace.ts';

test('a target that py-spy has little work with is sampled as fast as py-spy does by itself', () => {
  assert.equal(gentlerPace(FIRST_PACE, 0.04, false), null);
  assert.equal(paceText(FIRST_PACE, 0.04), null);
});

test('one that it has more work with is sampled half as often', () => {
  const pace = { rate: 50, blocking: true };
  assert.deepEqual(gentlerPace(FIRST_PACE, 0.05, false), pace);
  assert.equal(gentlerPace(pace, 0.04, false), null);
  assert.equal(
    paceText(pace, 0.05),
    "The target was sampled 50 times a second, not 100: at 100 py-spy took 5 % of a core, and about as much of the target's time.",
  );
});

test('one that would be stopped for long is sampled without being stopped, and that is as gentle as it gets', () => {
  const pace = gentlerPace(FIRST_PACE, 0.18, false);
  assert.deepEqual(pace, { rate: 50, blocking: false });
  assert.deepEqual(gentlerPace({ rate: 50, blocking: true }, 0.06, false), pace);
  assert.equal(gentlerPace(pace!, 1, false), null);
  assert.match(paceText(pace!, 0.18) ?? '', /without being stopped, so that callers may be missing: .* 18 % of a core/);
});

test('native frames need a target that stands still, so it is stopped less often instead', () => {
  assert.deepEqual(gentlerPace(FIRST_PACE, 0.05, true), { rate: 50, blocking: true });
  const pace = gentlerPace(FIRST_PACE, 0.4, true);
  assert.deepEqual(pace, { rate: 25, blocking: true });
  assert.equal(gentlerPace(pace!, 0.2, true), null);
});
