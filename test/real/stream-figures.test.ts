import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { answeredRun } from '../support/expected-run.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

// A whole run against a server of known timing: what its document and its view say of the streams.

const TOKENS = 10;
const GAP_MS = 50;
/** On a machine that does other things as well. */
const LATE_MS = 15;

let server: ChildServer;
let cwd = '';
before(async () => {
  server = await startChildServer('timed-stream-server', [String(TOKENS), String(1000 / GAP_MS)]);
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-figures-'));
});
after(async () => {
  await server.stop();
  await rm(cwd, { recursive: true, force: true });
});

function assertAbout(value: number | null, known: number, what: string): void {
  assert.ok(value !== null && value > known - 2 && value < known + LATE_MS, `${what}: ${value} instead of ${known} ms`);
}

test('the figures of a run of streams are those of the server', async () => {
  const url = `http://127.0.0.1:${server.port}`;
  const step = stepTo('/v1/chat/completions', {
    method: 'POST',
    body: { kind: 'json', value: { stream: true, messages: [] } },
    stream: { api: 'openai-chat', cancel: null, tokenizer: null },
  });
  const limits = ['ttft: max<400', 'tpot: max<200', 'good: rate>=100%'];
  const plan = planOf(url, steadyRate(20, 3000, 'constant'), {
    scenarios: [scenarioOf(step)],
    warmup: 1000,
    objectives: limits.map((objective) => ({ objective, window: null, abort: false, after: 0 })),
  });
  const { document, folder } = await answeredRun(plan, cwd);
  const { ttft, firstVisible, gap, tpot, outputTokens, tokensPerSecond, goodput, goodputShare } = document.streaming!;
  const record = (await (await fetch(`${url}/record`)).json()) as { sent: number[] }[];
  const sentIn = (streams: typeof record): number => streams.reduce((sum, { sent }) => sum + sent.length, 0);
  // The preflight and the warm-up came before.
  const sent = sentIn(record.slice(-60));
  assert.deepEqual([ttft.count, firstVisible.count, gap.count, tpot.count], [60, 60, sent - 60, 60]);
  assertAbout(ttft.p50, GAP_MS, 'TTFT');
  assertAbout(gap.p50, GAP_MS, 'gap');
  assertAbout(tpot.p50, GAP_MS, 'time per token');
  assert.equal(outputTokens, sent);
  // Those under way since the warm-up stand in for those that end after the phase.
  assert.ok(Math.abs(tokensPerSecond! - 20 * TOKENS) <= 20, `${tokensPerSecond}`);
  assert.ok(Math.abs(goodput! - 20) <= 1, `${goodput}`);
  assert.equal(goodputShare, 1);
  assert.equal(document.verdict.status, 'passed', document.verdict.sentence);
  const { streams } = await runResultView(await openRun(folder));
  assert.equal(streams!.times[0]!.p50, ttft.p50);
  const came = streams!.overTime.tokens!.reduce((sum, tokens) => sum + tokens, 0);
  assert.ok(Math.abs(came - sentIn(record.slice(-80))) < 1e-6, `${came} tokens came in all`);
});
