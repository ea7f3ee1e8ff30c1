import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { kill } from './kill.ts';
import { untilServing } from './until-serving.ts';

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
  await untilServing(server, `${url}/health`);
  return {
    url,
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const value = new RegExp(`^vllm:${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1];
      assert.ok(value !== undefined, `/metrics has no vllm:${name}`);
      return Number(value);
    },
    stop: () => kill(server),
  };
}
