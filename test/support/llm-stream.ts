import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const READY_MS = 60_000;

export interface LlmStream {
  readonly url: string;
  /** What its /metrics says of one number, by vLLM's name without its prefix. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** The language model of the examples, on a port of its own. */
export async function startLlmStream(): Promise<LlmStream> {
  const python = process.env['TAILFLAME_TEST_LLM_PYTHON'];
  assert.ok(python, 'TAILFLAME_TEST_LLM_PYTHON names the Python of examples/llm-stream: run this with npm test.');
  const port = await freePort();
  const server = spawn(python, [path.resolve('examples/llm-stream/server.py')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: String(port) },
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + READY_MS;
  while (!(await isReady(url))) {
    assert.ok(performance.now() < deadline && server.exitCode === null, 'The language model did not start.');
    await sleep(100);
  }
  return {
    url,
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const value = new RegExp(`^vllm:${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1];
      assert.ok(value !== undefined, `/metrics has no vllm:${name}`);
      return Number(value);
    },
    stop: async () => {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
