import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan, Step } from '../../src/load/plan/plan.ts';
import { outcomeAt, type RequestTable } from '../../src/runs/request-table.ts';
import { type Listening, listen } from '../support/answering-server.ts';
import { answeredRun, refusedRun } from '../support/expected-run.ts';
import { runPlan } from '../support/finished-run.ts';
import { inOrder } from '../support/in-order.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

// Whole runs against an endpoint that streams: what they keep of each request and each chunk.

const GAP_MS = 10;
const WORDS = ['one', ' two', ' three', ' four', ' five'];

interface Asked {
  readonly messages?: readonly { readonly content: string }[];
  /** No terminator. */
  readonly broken?: boolean;
  /** No usage. */
  readonly silent?: boolean;
}

/** Streams five chunks, and answers what it was last told where it is asked to. */
const server = http.createServer((request, response) => {
  // Other questions, such as for the server's own metrics, it does not know.
  if (request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const { messages = [], broken = false, silent = false } = JSON.parse(body) as Asked;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const words = messages.length > 1 ? [messages[1]!.content, '!'] : WORDS;
    const events: object[] = words.map((content) => ({
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    }));
    if (silent) events.push({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    else if (!broken) {
      events.push({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
      events.push({ choices: [], usage: { prompt_tokens: 3, completion_tokens: words.length * 2 } });
    }
    const writes = events.map((event) => ({
      wait: GAP_MS,
      write: () => response.write(`data: ${JSON.stringify(event)}\n\n`),
    }));
    inOrder([...writes, { wait: 0, write: () => response.end(broken ? '' : 'data: [DONE]\n\n') }]);
  });
});

let running: Listening;
let cwd = '';
before(async () => {
  running = await listen(server);
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-streams-'));
});
after(async () => {
  running.stop();
  await rm(cwd, { recursive: true, force: true });
});

const PATH = '/v1/chat/completions';
const streaming = (more: Partial<Step> = {}, body: object = {}): Step =>
  stepTo(PATH, {
    method: 'POST',
    body: { kind: 'json', value: { stream: true, messages: [{ content: 'count' }], ...body } },
    stream: { api: 'openai-chat', cancel: null, tokenizer: null },
    ...more,
  });
const plan = (steps: readonly Step[], more: Partial<Plan> = {}): Plan =>
  planOf(`http://127.0.0.1:${running.port}`, steadyRate(30, 1000, 'constant'), {
    scenarios: [scenarioOf(...steps)],
    ...more,
  });

function outcomes(table: RequestTable): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < table.length; row++) {
    const outcome = outcomeAt(table, row);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test('a run keeps what is known of each stream', async () => {
  const { measured } = await answeredRun(plan([streaming()]), cwd);
  const details = measured.details!;
  assert.equal(measured.length, 30);
  for (let row = 0; row < measured.length; row++) {
    assert.deepEqual([details.chunks[row], details.inputTokens[row], details.outputTokens[row]], [5, 3, 10]);
    assert.equal(details.firstContent[row], details.firstVisible[row]);
    const [first, last] = [details.firstContent[row]!, details.lastContent[row]!];
    assert.ok(measured.firstByte[row]! <= first && first <= last && last <= measured.end[row]!);
  }
  const spans = Array.from(details.lastContent, (last, row) => last - details.firstContent[row]!).sort((a, b) => a - b);
  assert.ok(Math.abs(spans[15]! - 4 * GAP_MS) < GAP_MS, `${spans[15]}`);
});

test('a request of the command line streams where it asks to', async () => {
  const body = JSON.stringify({ stream: true, messages: [{ content: 'x' }] });
  const request = { url: `http://127.0.0.1:${running.port}${PATH}`, method: 'POST', headers: {}, body } as const;
  const given = { ...plainPlan(request), warmup: 0, load: steadyUsers(2, 500), duration: 500 };
  const { measured } = await answeredRun(given, cwd);
  assert.ok(measured.details!.chunks.every((chunks) => chunks === 5));
});

test('a conversation goes on with what the model answered', async () => {
  const first = streaming({
    name: 'first',
    extract: { reply: { from: 'json', path: '$.choices[0].message.content', otherwise: null } },
  });
  const second = streaming(
    {
      name: 'second',
      checks: [{ on: 'json', path: '$.choices[0].message.content', test: 'equals', value: 'one two three four five!' }],
    },
    { messages: [{ content: 'count' }, { content: '${reply}' }] },
  );
  const { measured } = await answeredRun(plan([first, second]), cwd);
  assert.equal(measured.length, 60);
  const chunks = Array.from(measured.details!.chunks, (count, row) => `${measured.step[row]}: ${count}`);
  assert.deepEqual([...new Set(chunks)].sort(), ['0: 5', '1: 2']);
});

test('the same share of streams is cut off, however many processes send', async () => {
  const cut = streaming({ stream: { api: 'openai-chat', cancel: { after: 2, share: 0.4 }, tokenizer: null } });
  const cutIn = async (generators: number): Promise<number[]> => {
    const { measured } = await runPlan(plan([cut], { generators }), cwd);
    const { ok = 0, cancelled = 0 } = outcomes(measured);
    assert.equal(ok + cancelled, 30);
    assert.ok(cancelled > 4 && cancelled < 20, `${cancelled} of 30`);
    const rows = Array.from({ length: measured.length }, (_, row) => row);
    for (const row of rows) assert.equal(measured.details!.chunks[row], outcomeAt(measured, row) === 'ok' ? 5 : 2);
    return rows
      .filter((row) => outcomeAt(measured, row) === 'cancelled')
      .map((row) => measured.iteration[row]!)
      .sort((a, b) => a - b);
  };
  assert.deepEqual(await cutIn(2), await cutIn(1));
});

test('the preflight names a stream that has no terminator', async () => {
  const message = await refusedRun(plan([streaming({}, { broken: true })]), cwd);
  assert.match(message, /The stream ended without \[DONE\] or a finish_reason, after 5 chunks with content\./);
});

test('tokens that the server does not tell are counted by the tokenizer of the model, and unknown without it', async () => {
  // The tokenizers of Hugging Face themselves, in Rust, count 13 in "one two three four five" with this one.
  const tokenizer = path.resolve('test/data/tokenizer.json');
  const counting = streaming({ stream: { api: 'openai-chat', cancel: null, tokenizer } }, { silent: true });
  const { measured } = await answeredRun(plan([counting]), cwd);
  assert.equal(measured.length, 30);
  assert.deepEqual([...new Set(measured.details!.outputTokens)], [13]);

  const told = await answeredRun(plan([streaming({ stream: { api: 'openai-chat', cancel: null, tokenizer } })]), cwd);
  assert.deepEqual([...new Set(told.measured.details!.outputTokens)], [10]);

  const unknown = await answeredRun(plan([streaming({}, { silent: true })]), cwd);
  assert.ok(unknown.measured.details!.outputTokens.every(Number.isNaN));
});
