import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Starts the tokenizer with its transformer. @param python one with torch @param did the file into which it writes what it did when */
export async function startGpuTextServer(
  python: string,
  did: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(python, [path.resolve('test/bench/gpu_text_server.py'), did], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, url: `http://127.0.0.1:${port.toString().trim()}/` };
}
