import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DIST } from './dist.ts';

export interface NullServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The server that Tailflame measures itself against: it answers at once and looks at nothing. */
export async function startNullServer(): Promise<NullServer> {
  const child = fork(path.join(DIST, 'null-server.cjs'));
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid!,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
