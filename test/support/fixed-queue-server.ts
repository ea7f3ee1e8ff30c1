import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface FixedQueueServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `fixed-queue-server.child.ts` as a process of its own. @param numbers as its mode says */
export async function startFixedQueue(
  mode: 'queue' | 'slow' | 'noisy' | 'batch',
  ...numbers: readonly number[]
): Promise<FixedQueueServer> {
  const child = fork(path.resolve('out/test/support/fixed-queue-server.child.mjs'), [mode, ...numbers.map(String)]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
