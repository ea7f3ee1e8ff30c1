import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { kill } from './kill.ts';

export interface ChildServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts `test/support/NAME.child.ts`, which says its port, as a process of its own. */
export async function startChildServer(name: string, args: readonly string[] = []): Promise<ChildServer> {
  const child = spawn(process.execPath, [path.resolve(`out/test/support/${name}.child.mjs`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    stop: () => kill(child),
  };
}
