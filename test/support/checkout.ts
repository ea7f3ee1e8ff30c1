import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The four services of the checkout example, on the ports its plan names. */
export async function startCheckout(): Promise<{ stop(): Promise<void> }> {
  const server = spawn(process.execPath, [path.resolve('examples/checkout/server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout, 'data');
  return {
    stop: async () => {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}
