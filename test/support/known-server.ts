import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { kill } from './kill.ts';
import { pinned } from './peers.ts';

export interface KnownServer {
  readonly url: string;
  /** [came, answered] of each request, ms on CLOCK_MONOTONIC. */
  record(): Promise<[number, number][]>;
  stop(): Promise<void>;
}

/** Starts `known-server.child.ts` as a process of its own, on another core than the generators that are pinned to the first. */
export async function startKnownServer(...args: string[]): Promise<KnownServer> {
  const [program, ...command] = pinned(1, [process.execPath, path.resolve('out/test/support/known-server.child.mjs')]);
  const child: ChildProcess = spawn(program!, [...command, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    record: async () => (await (await fetch(`${url}record`)).json()) as [number, number][],
    stop: () => kill(child),
  };
}
