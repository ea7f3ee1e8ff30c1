import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Plan, Step } from '../../src/load/plan/plan.ts';
import { outcomeAt } from '../../src/runs/request-table.ts';
import { type AnyRequest, listen } from '../support/answering-server.ts';
import { answeredRun } from '../support/expected-run.ts';
import { runPlan } from '../support/finished-run.ts';
import { planOf, scenarioOf, stepTo, withTarget } from '../support/plans.ts';

// What connections do under streams: what is cut off, what goes on, and what is left of the head of an answer.

const GAP_MS = 10;
let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-stream-transport-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

interface Ends {
  whole: number;
  cut: number;
}

/** Streams a token every 10 ms, `tokens` in all, and notes which answers were cut off by the client. */
function streaming(tokens: number, ends: Ends, headers: Readonly<Record<string, string>> = {}) {
  return (request: AnyRequest, response: http.ServerResponse | http2.Http2ServerResponse): void => {
    const answer = response as http.ServerResponse;
    request.resume();
    // Other questions, such as for the server's own metrics, it does not know.
    if (request.method !== 'POST') {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    let sent = 0;
    const ticking = setInterval(() => {
      const finish_reason = ++sent === tokens ? 'stop' : null;
      const choice = { index: 0, delta: { content: `word ${'x'.repeat(200)} ` }, finish_reason };
      answer.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
      if (finish_reason === null) return;
      clearInterval(ticking);
      ends.whole++;
      answer.end('data: [DONE]\n\n');
    }, GAP_MS);
    answer.on('close', () => {
      clearInterval(ticking);
      if (sent < tokens) ends.cut++;
    });
  };
}

const step = (more: Partial<Step> = {}): Step =>
  stepTo('/v1/chat/completions', {
    method: 'POST',
    body: { kind: 'json', value: { stream: true } },
    stream: { api: 'openai-chat', cancel: null, tokenizer: null },
    ...more,
  });
const cutAfter3 = (share: number): Step =>
  step({ stream: { api: 'openai-chat', cancel: { after: 3, share }, tokenizer: null } });
const planTo = (port: number, steps: readonly Step[], more: Partial<Plan> = {}): Plan =>
  planOf(`http://127.0.0.1:${port}`, steadyRate(30, 1000, 'constant'), { scenarios: [scenarioOf(...steps)], ...more });

test('cutting a stream off closes its connection, and the next request has a new one', async () => {
  const ends = { whole: 0, cut: 0 };
  const running = await listen(http.createServer(streaming(20, ends)));
  try {
    const { measured } = await runPlan(planTo(running.port, [cutAfter3(1)], { connections: 4 }), cwd);
    assert.equal(measured.length, 30);
    for (let row = 0; row < measured.length; row++) {
      assert.equal(outcomeAt(measured, row), 'cancelled');
      assert.equal(measured.details!.chunks[row], 3);
    }
    assert.equal(ends.whole, 0);
    assert.ok(ends.cut >= 30, `${ends.cut} were cut off`);
  } finally {
    running.stop();
  }
});

test('over HTTP/2 only the stream itself is cut off, and those beside it go on', async () => {
  const ends = { whole: 0, cut: 0 };
  let sessions = 0;
  const server = http2.createServer(streaming(20, ends));
  server.on('session', () => sessions++);
  const running = await listen(server);
  try {
    const plan = withTarget(planTo(running.port, [cutAfter3(0.5)], { connections: 1 }), { http: '2' });
    const { measured } = await runPlan(plan, cwd);
    const outcomes = Array.from({ length: measured.length }, (_, row) => outcomeAt(measured, row));
    assert.equal(outcomes.length, 30);
    assert.ok(
      outcomes.every((outcome) => outcome === 'ok' || outcome === 'cancelled'),
      outcomes.join(),
    );
    assert.ok(outcomes.includes('ok') && outcomes.includes('cancelled'));
    outcomes.forEach((outcome, row) => {
      assert.equal(measured.details!.chunks[row], outcome === 'ok' ? 20 : 3);
    });
    // One for the preflight, one for the load.
    assert.ok(sessions <= 3, `${sessions} connections`);
    assert.ok(ends.cut > 0 && ends.whole > 0);
  } finally {
    running.stop();
  }
});

test('the head of an answer can be looked at after its stream, though its buffer is read into again', async () => {
  const running = await listen(
    http.createServer(streaming(10, { whole: 0, cut: 0 }, { 'x-served-by': 'replica-7', 'set-cookie': 'seen=yes' })),
  );
  try {
    const check = { on: 'header', name: 'x-served-by', test: 'equals', value: 'replica-7' } as const;
    const { document } = await answeredRun(
      planTo(running.port, [step({ checks: [check] })], { split: 'x-served-by' }),
      cwd,
    );
    assert.deepEqual(
      document.split?.groups.map(({ value }) => value),
      ['replica-7'],
    );
  } finally {
    running.stop();
  }
});

test('a stream that the end of the run interrupts keeps what had come', async () => {
  const running = await listen(http.createServer(streaming(60, { whole: 0, cut: 0 })));
  try {
    const { measured } = await runPlan(
      planOf(`http://127.0.0.1:${running.port}`, steadyUsers(2, 300), {
        scenarios: [scenarioOf(step())],
        gracefulStop: 0,
      }),
      cwd,
    );
    assert.equal(measured.length, 2);
    for (let row = 0; row < 2; row++) {
      assert.equal(outcomeAt(measured, row), 'interrupted');
      const chunks = measured.details!.chunks[row]!;
      assert.ok(chunks > 5 && chunks < 60, `${chunks} chunks`);
      assert.ok(measured.details!.lastContent[row]! <= measured.end[row]!);
    }
  } finally {
    running.stop();
  }
});
