import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { testPython } from '../test-python.ts';
import type { PlantedServer } from './servers.ts';

const READY_MS = 60_000;
const STOP_MS = 3000;

const complaints = new WeakMap<ChildProcess, string>();

export interface RunningServer {
  /** Of its endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a planted server, and what it asks. @param root of the repository @param seed draws the slow requests */
export async function startPlanted(
  server: PlantedServer,
  root: string,
  seed: number,
  slowPath: 'on' | 'off',
): Promise<RunningServer> {
  const remotePort = await freePort();
  const remote = start(process.execPath, path.join(root, 'test/support/planted/remote.mjs'), {
    PORT: String(remotePort),
  });
  const port = await freePort();
  const command = server.program.endsWith('.py') ? await testPython() : process.execPath;
  const target = start(command, path.join(root, server.program), {
    PORT: String(port),
    HOST: '127.0.0.1',
    REMOTE: `127.0.0.1:${remotePort}`,
    SEED: String(seed),
    SLOW_PATH: slowPath,
    PYTHONDONTWRITEBYTECODE: '1',
  });
  const stop = async (): Promise<void> => {
    await Promise.all([end(target), end(remote)]);
  };
  try {
    await ready(target, `http://127.0.0.1:${port}/healthz`);
    await ready(remote, `http://127.0.0.1:${remotePort}/after/0`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}${server.path}`, stop };
}

function start(command: string, program: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(command, [program], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // A Node that is profiled says there that it is; of one that fails, the reason.
  child.stderr!.on('data', (data: Buffer) => {
    complaints.set(child, ((complaints.get(child) ?? '') + data.toString()).slice(-2000));
  });
  return child;
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server of ${url} ended. ${complaints.get(child) ?? ''}`);
    const answered = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (answered) return;
    await wait(50);
  }
  throw new Error(`${url} did not answer within ${READY_MS / 1000} s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
