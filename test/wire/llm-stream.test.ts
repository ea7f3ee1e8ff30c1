import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { MadePrompts } from '../../src/load/plan/plan.ts';
import { PromptMaker } from '../../src/load/prompts/prompt-maker.ts';
import { modelWords, USUAL_WORDS } from '../../src/load/prompts/prompt-words.ts';
import { storedPlan } from '../../src/runner/opened/stored-plan.ts';
import { readRequests } from '../../src/runs/request-parquet.ts';
import { OUTCOMES, PHASES, type RequestTable } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { type LlmStream, startLlmStream } from '../support/llm-stream.ts';
import { runPlanFile } from '../support/plan-run.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

// The language model of the examples under load: what is sent to it, and that its own counts are those of the run.

/** What a block of its KV cache holds. */
const BLOCK = 16;

let llm: LlmStream;
let cwd: string;
before(async () => {
  llm = await startLlmStream();
});
after(() => llm.stop());
beforeEach(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-llm-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

interface Request {
  readonly phase: string;
  readonly iteration: number;
  readonly step: number;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

interface Result {
  readonly document: RunDocument;
  readonly prompts: MadePrompts;
  /** That were answered, in the order they were sent. */
  readonly requests: readonly Request[];
}

/** Runs a plan, of which none may fail. @param text with the address of the examples in it */
async function run(text: string, data: string, steps: readonly string[], ...args: string[]): Promise<Result> {
  const tokenizer = `tokenizer: ${path.resolve('examples/llm-stream/tokenizer.json')}`;
  const plan = text.replaceAll('http://127.0.0.1:8000', llm.url).replace('tokenizer: tokenizer.json', tokenizer);
  const { code, stderr, run: document } = await runPlanFile(cwd, 'a.load.yaml', plan, args);
  assertRan({ code, stderr });
  assert.ok(document);
  assert.equal(document.load.failed, 0, JSON.stringify(document.errors));
  const table = await readRequests(path.join(cwd, document.run, 'requests.parquet'), steps);
  const prompts = storedPlan(document.plan).data[data] as MadePrompts;
  return { document, prompts, requests: requestsOf(table) };
}

function requestsOf(table: RequestTable): Request[] {
  const { details } = table;
  assert.ok(details);
  return [...Array(table.length).keys()]
    .filter((row) => OUTCOMES[table.outcome[row]!] === 'ok')
    .sort((a, b) => table.intended[a]! - table.intended[b]!)
    .map((row) => ({
      phase: PHASES[table.phase[row]!]!,
      iteration: table.iteration[row]!,
      step: table.step[row]!,
      input: details.inputTokens[row]!,
      output: details.outputTokens[row]!,
      cached: details.cachedTokens[row]!,
    }));
}

const measured = ({ requests }: Result): Request[] => requests.filter(({ phase }) => phase === 'measured');

const chat = (prompts: string): string => `target: http://127.0.0.1:8000
data:
  prompts: ${prompts}
steps:
  - post: /v1/chat/completions
    name: chat
    json:
      messages: "\${prompts.messages}"
      stream: true
      stream_options: { include_usage: true }
      max_tokens: "\${prompts.output_tokens}"
      ignore_eos: true
`;
const ONE_USER = ['--users', '1', '--duration', '2500ms', '--warmup', '1s'];

test('the plan of the example asks for answers of certain lengths, and gets them', async () => {
  const before = await llm.metric('generation_tokens_total');
  const text = (await readFile('examples/llm-stream/chat.load.yaml', 'utf8')).replaceAll('for: 10s', 'for: 2s');
  const result = await run(text, 'prompts', ['chat']);
  assert.ok(measured(result).length > 5);
  const { prompts, document } = result;
  const makers = [false, true].map(
    (rehearsal) => new PromptMaker(prompts, modelWords(prompts.tokenizer!), 1, 'prompts', rehearsal),
  );
  for (const { phase, iteration, input, output } of result.requests) {
    const row = makers[phase === 'warmup' ? 1 : 0]!.rowAt(iteration);
    assert.equal(output, row['output_tokens']);
    // The chat adds who speaks, that it ends, and whose turn it is then.
    assert.equal(input, Number(row['prompt_tokens']) + 3);
  }
  // The preflight sends two, the second for its time.
  const preflight = [0, 1].reduce((sum, at) => sum + Number(makers[1]!.rowAt(at)['output_tokens']), 0);
  const counted = (await llm.metric('generation_tokens_total')) - before;
  assert.equal(document.load.interrupted, 0);
  assert.equal(
    result.requests.reduce((sum, { output }) => sum + output, 0),
    counted - preflight,
  );
});

test('no prompt is in the server’s cache where nothing is shared, and none of the run before', async () => {
  const plan = chat('{ tokens: { least: 40, most: 80 }, output: 4, fresh: true }');
  for (const result of [
    await run(plan, 'prompts', ['chat'], ...ONE_USER),
    await run(plan, 'prompts', ['chat'], ...ONE_USER),
  ]) {
    const all = measured(result);
    assert.ok(all.length > 5);
    assert.deepEqual(
      all.filter(({ cached }) => cached !== 0),
      [],
    );
  }
});

test('prompts that are not fresh are known to the server from the run before', async () => {
  // Few enough for all of them to be there still.
  const plan = `${chat('{ tokens: 60, output: 48 }')}seed: 77\n`;
  const args = ['--users', '1', '--duration', '2s', '--warmup', '0s'];
  const first = measured(await run(plan, 'prompts', ['chat'], ...args));
  const again = measured(await run(plan, 'prompts', ['chat'], ...args));
  const sent = new Set(first.map(({ iteration }) => iteration));
  assert.ok(again.some(({ iteration, cached }) => sent.has(iteration) && cached >= 3 * BLOCK));
});

test('a shared beginning is in the cache from its second prompt on, and the warm-up does not put it there', async () => {
  const plan = chat('{ tokens: 30, output: 4, shared: { tokens: 96, groups: 2 }, fresh: true }');
  const result = await run(plan, 'prompts', ['chat'], ...ONE_USER);
  const maker = new PromptMaker(result.prompts, USUAL_WORDS, 1, 'prompts', false);
  const met = new Set<unknown>();
  for (const { iteration, cached } of measured(result)) {
    const [system] = maker.rowAt(iteration)['messages'] as { content: string }[];
    if (met.has(system!.content)) assert.ok(cached >= 96 - BLOCK && cached <= 96 + BLOCK, String(cached));
    else assert.equal(cached, 0);
    met.add(system!.content);
  }
  assert.equal(met.size, 2);
  assert.ok(result.requests.some(({ phase, cached }) => phase === 'warmup' && cached >= 96 - BLOCK));
});

test('a conversation sends back all that was said, which the server knows by then', async () => {
  const text = (await readFile('examples/llm-stream/conversation.load.yaml', 'utf8')).replace('duration: 15s\n', '');
  const questions = ['first question', 'second question', 'third question'];
  const result = await run(text, 'chat', questions, '--users', '2', '--duration', '2500ms', '--warmup', '0s');
  const all = measured(result);
  const numbers = [...new Set(all.map(({ iteration }) => iteration))];
  const whole = numbers
    .map((one) => all.filter(({ iteration }) => iteration === one))
    .filter(({ length }) => length === 3);
  assert.ok(whole.length > 1);
  for (const [first, second, third] of whole) {
    for (const [before, next] of [
      [first!, second!],
      [second!, third!],
    ] as const) {
      assert.equal(next.step, before.step + 1);
      assert.ok(
        next.input >= before.input + before.output + 20,
        `${before.input} + ${before.output}, then ${next.input}`,
      );
      assert.ok(next.cached > before.input - BLOCK && next.cached <= before.input + before.output + BLOCK);
    }
  }
});

test('a plan is made of the server’s address alone, and runs', async () => {
  const made = await tailflame(cwd, 'plan', llm.url);
  assert.equal(made.code, 0, made.stderr);
  assert.equal(
    made.stderr,
    `${llm.url} serves the language model tiny-random-llama: the plan is for its chat, with prompts made of words.\n`,
  );
  const result = await run(made.stdout, 'prompts', ['chat'], '--users', '2', '--duration', '2500ms', '--warmup', '0s');
  assert.ok(measured(result).length > 1);
  for (const { input, output, cached } of measured(result)) {
    assert.ok(input > 128 && input < 140, String(input));
    assert.deepEqual([output, cached], [64, 0]);
  }
});

test('an endpoint of a language model is loaded with prompts where no body is given', async () => {
  for (const [end, name] of [
    ['chat/completions', 'chat'],
    ['completions', 'completion'],
  ] as const) {
    const args = ['--users', '1', '--duration', '3s', '--warmup', '0s', '--json'];
    const { code, stdout, stderr } = await tailflame(cwd, 'run', `${llm.url}/v1/${end}`, ...args);
    assertRan({ code, stderr });
    const document = JSON.parse(stdout) as RunDocument;
    assert.equal(document.load.failed, 0);
    const requests = requestsOf(await readRequests(path.join(cwd, document.run, 'requests.parquet'), [name]));
    assert.ok(requests.length > 0 && requests.every(({ output }) => output === 64));
  }
});
