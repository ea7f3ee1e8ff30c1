import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { Generator } from '../../src/load/generate/generator.ts';
import type { FromGenerator, GeneratorData } from '../../src/load/generate/messages.ts';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Plan } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { RunClock, takeOrigin } from '../../src/runs/clock.ts';
import { PHASES, type RequestTable, tableFromRows } from '../../src/runs/request-table.ts';
import { answering, listen } from '../support/answering-server.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

// One generator in this process, against a server in this process.

type Seat = Pick<GeneratorData, 'profiled' | 'generator'>;

/** The rows of everything it sent. @param on called with each message it posts, once the turn that posted it is over */
async function rowsOf(
  url: string,
  load: Load,
  { profiled = false, generator: which = 0, generators = 1, ...more }: Partial<Plan> & Partial<Seat>,
  on: (message: FromGenerator, generator: Generator, now: number) => void = () => {},
): Promise<RequestTable> {
  const origin = takeOrigin();
  const clock = new RunClock(origin);
  const data: GeneratorData = {
    plan: resolvePlan(planOf(url, load, more), load),
    origin,
    profiled,
    generator: which,
    generators,
    addresses: {},
    allowed: [],
    multiplexed: [],
    secrets: {},
    values: {},
    trace: null,
  };
  const rows: number[] = [];
  await new Promise<void>((resolve) => {
    const generator = new Generator(data, (message) => {
      if (message.type === 'rows') rows.push(...message.rows);
      setImmediate(() => on(message, generator, clock.now()));
      if (message.type === 'done') setImmediate(resolve);
    });
    generator.start(clock.now() + 20);
  });
  return tableFromRows(Float64Array.from(rows));
}

test('the profiled phase begins on time, however long nothing was due before it', async () => {
  const server = await listen(http.createServer(answering(() => ({}))));
  try {
    const load: Load = { model: 'replay', times: [0, 1, 2, 3, 4, 5] };
    const url = `http://127.0.0.1:${server.port}/`;
    const table = await rowsOf(url, load, { profiled: true }, (message, generator, now) => {
      if (message.type === 'drained' && message.phase === 'measured') generator.profile(now, null);
    });
    const profiled = [...table.phase.keys()].filter((row) => table.phase[row] === PHASES.indexOf('profiled'));
    assert.equal(profiled.length, 6);
    const late = Math.max(...profiled.map((row) => table.dispatched[row]! - table.intended[row]!));
    assert.ok(late < 50, `${late} ms late`);
  } finally {
    server.stop();
  }
});

test('a generator that stood still says for how long, at least', async () => {
  const server = await listen(http.createServer(answering(() => ({}))));
  try {
    let longest = 0;
    await rowsOf(`http://127.0.0.1:${server.port}/`, steadyUsers(2, 1000), {}, (message) => {
      if (message.type === 'phase') setTimeout(() => standStill(400), 300);
      if (message.type === 'health') longest = Math.max(longest, message.sample.stall!);
    });
    assert.ok(longest >= 290 && longest < 1000, `${longest} ms`);
  } finally {
    server.stop();
  }
});

test('several generators number the iterations of an open load as one would', async () => {
  const server = await listen(http.createServer(answering(() => ({}))));
  try {
    const load = steadyRate(50, 200, 'constant');
    const numbers: [phase: number, iteration: number][] = [];
    for (const generator of [0, 1]) {
      const url = `http://127.0.0.1:${server.port}/`;
      const table = await rowsOf(url, load, { warmup: 100, generator, generators: 2 });
      for (let row = 0; row < table.length; row++) numbers.push([table.phase[row]!, table.iteration[row]!]);
    }
    // Five arrivals of the warm-up, which are not shared evenly, and ten of the measured phase.
    const expected = Array.from({ length: 15 }, (_, i) => [PHASES.indexOf(i < 5 ? 'warmup' : 'measured'), i]);
    assert.deepEqual(
      numbers.sort(([, a], [, b]) => a - b),
      expected,
    );
  } finally {
    server.stop();
  }
});

test('the end of a run waits for tokens to be counted longer than for answers, and not for ever', async () => {
  const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Good morning.' } }] })}\n\n`;
  const headers = { 'content-type': 'text/event-stream' };
  const server = await listen(http.createServer(answering(() => ({ headers, body: `${event}data: [DONE]\n\n` }))));
  try {
    // There is no program beside this test that counts tokens.
    const stream = { api: 'openai-chat', cancel: null, tokenizer: path.resolve('test/data/tokenizer.json') } as const;
    const url = `http://127.0.0.1:${server.port}/v1/chat/completions`;
    const scenarios = [scenarioOf(stepTo(url, { method: 'POST', stream }))];
    const load: Load = { model: 'replay', times: [0, 10, 20] };
    const began = performance.now();
    const table = await rowsOf(url, load, { scenarios, gracefulStop: 300 });
    const took = performance.now() - began;
    assert.ok(took >= 5300 && took < 10_000, `${took} ms`);
    assert.deepEqual([...table.outcome], [0, 0, 0]);
  } finally {
    server.stop();
  }
});

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
