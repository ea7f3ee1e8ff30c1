import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { startCheckout } from '../support/checkout.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

test('the checkout cascades, and the step that gave way first is named, the others as followers', async () => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-checkout-'));
  const checkout = await startCheckout();
  try {
    const plan = path.resolve('examples/checkout/checkout.load.yaml');
    const { code, stdout, stderr } = await tailflame(cwd, 'run', plan, '--json');
    assertRan({ code, stderr }, 99);
    const run = JSON.parse(stdout) as RunDocument;
    assert.match(run.cascade ?? '', /^"pay" went wrong first, .*"(order|reserve)" followed/);
    assert.deepEqual(
      run.steps?.map(({ step }) => step),
      ['cart', 'reserve', 'pay', 'order'],
    );
    // A step is prevented by the failures of those before it.
    const [cart, reserve, pay, order] = run.steps!;
    assert.equal(reserve!.prevented, cart!.load.failed + cart!.load.dropped);
    assert.equal(pay!.prevented, reserve!.prevented + reserve!.load.failed + reserve!.load.dropped);
    assert.equal(order!.prevented, pay!.prevented + pay!.load.failed + pay!.load.dropped);
    const { planned, completed, failed, dropped, interrupted } = run.load;
    assert.equal(completed + failed + dropped + interrupted, planned);
  } finally {
    await checkout.stop();
    await rm(cwd, { recursive: true, force: true });
  }
});
