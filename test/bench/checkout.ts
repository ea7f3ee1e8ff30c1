import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { startCheckout } from '../support/checkout.ts';
import { countArgument } from '../support/count-argument.ts';
import { tailflame } from '../support/tailflame.ts';

// The checkout example driven until it cascades, with a seed a run: is the step that saturates first, pay, named every time?

const RUNS = countArgument(1, 'runs', 5);
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-checkout-'));
let named = 0;
try {
  for (let seed = 1; seed <= RUNS; seed++) {
    const checkout = await startCheckout();
    try {
      const plan = path.resolve('examples/checkout/checkout.load.yaml');
      const { stdout, stderr } = await tailflame(cwd, 'run', plan, '--seed', String(seed), '--json');
      if (stdout === '') throw new Error(stderr);
      const { cascade } = JSON.parse(stdout) as RunDocument;
      if (cascade?.startsWith('"pay" went wrong first')) named++;
      process.stdout.write(`${seed}: ${cascade}\n`);
    } finally {
      await checkout.stop();
    }
  }
} finally {
  await rm(cwd, { recursive: true, force: true });
}
process.stdout.write(`"pay" named first in ${named} of ${RUNS}\n`);
process.exitCode = named === RUNS ? 0 : 1;
