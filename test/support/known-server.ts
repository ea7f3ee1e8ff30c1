import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface KnownServer {
  readonly url: string;
  /** [came, answered] of each request, ms on CLOCK_MONOTONIC. */
  record(): Promise<[number, number][]>;
  stop(): Promise<void>;
}

/** Starts `known-server.child.ts` as a process of its own. */
export async function startKnownServer(...args: string[]): Promise<KnownServer> {
  const child: ChildProcess = fork(path.resolve('out/test/support/known-server.child.mjs'), args);
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    record: async () => (await (await fetch(`${url}record`)).json()) as [number, number][],
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
