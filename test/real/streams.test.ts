import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { StepEnd } from '../../src/load/generate/iteration.ts';
import { SingleWalk } from '../../src/load/generate/single-walk.ts';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { PlanValues } from '../../src/load/scenario/plan-values.ts';
import { ScenarioMix } from '../../src/load/scenario/prepared-scenario.ts';
import type { DetailValues } from '../../src/runs/request-table.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';
import { PATHS, STREAM_CASES, type StreamCase } from '../support/stream-cases.ts';

// Streams over sockets, from a server of known timing: what each comes to, and when its chunks came.

/** A chunk may be read this much later than it is due. */
const LATE_MS = 15;
/** A machine that does other things as well makes both sides late now and then: one of so many tries is to be on time. */
const TRIES = 8;
/** Only what never ends takes so long. */
const TIMEOUT_MS = 1000;

let server: ChildServer;
before(async () => {
  server = await startChildServer('stream-server');
  // The first request of a process waits for much that later ones find ready.
  await walk(STREAM_CASES[0]!);
});
after(() => server.stop());

async function walk(one: StreamCase): Promise<StepEnd> {
  const url = `http://127.0.0.1:${server.port}`;
  const pattern = one.expected.answer?.source;
  const step = stepTo(`/${STREAM_CASES.indexOf(one)}${PATHS[one.api]}`, {
    method: 'POST',
    body: { kind: 'json', value: { stream: true } },
    stream: {
      api: one.api,
      cancel: one.cancelAfter === undefined ? null : { after: one.cancelAfter, share: 1 },
      tokenizer: null,
    },
    extract: pattern === undefined ? {} : { answer: { from: 'regex', pattern, group: 0, otherwise: null } },
  });
  const plan = planOf(url, steadyUsers(1, 1000), { scenarios: [scenarioOf(step)], timeout: TIMEOUT_MS });
  const single = new SingleWalk(plan, {}, () => {});
  try {
    const values = new PlanValues({ plan, secrets: {}, values: {}, allowed: [] }).of(0, 1, true);
    const [end] = await single.walk(new ScenarioMix(plan).scenarios[0]!, values, new AbortController().signal);
    return end!;
  } finally {
    single.close();
  }
}

/** Whether what was measured is what it is to be. @param known NaN: it is not known */
function isOnTime(measured: number, known: number): boolean {
  assert.equal(Number.isNaN(measured), Number.isNaN(known), `${measured} where ${known} ms is right`);
  assert.ok(Number.isNaN(known) || measured >= known - 1, `${measured} is before ${known} ms`);
  return !(measured >= known + LATE_MS);
}

/** Holds all that does not depend on how busy the machine is. Returns whether the times are right as well. */
function assertKnown({ expected }: StreamCase, { request, outcome, text, details }: StepEnd): boolean {
  const { intended, reading } = request.due;
  assert.equal(outcome, expected.outcome, text);
  if (expected.says !== undefined) assert.match(text, expected.says);
  const streamed = !Number.isNaN(expected.chunks[0]);
  const chunks = streamed ? expected.chunks : [];
  const found = details as DetailValues;
  assert.equal(found.chunks, streamed ? chunks.length : NaN);
  assert.deepEqual(reading!.tokens, expected.chunkTokens ?? chunks.map(() => NaN));
  assert.deepEqual(
    [found.inputTokens, found.outputTokens, found.cachedTokens, found.serverQueue, found.serverCompute],
    [expected.input, expected.output, expected.cached, expected.queue, expected.compute].map((value) => value ?? NaN),
  );
  const times: [number, number][] = [
    [found.firstContent, chunks[0] ?? NaN],
    [found.firstVisible, expected.visible ?? chunks[0] ?? NaN],
    [found.lastContent, chunks.at(-1) ?? NaN],
    ...chunks.map((at, index): [number, number] => [reading!.times[index]!, at]),
  ];
  return times.map(([measured, known]) => isOnTime(measured - intended, known)).every((onTime) => onTime);
}

describe('streams as servers send them', () => {
  for (const one of STREAM_CASES) {
    test(`${one.api}: ${one.name}`, async () => {
      for (let left = TRIES; left > 0; left--) if (assertKnown(one, await walk(one))) return;
      assert.fail(`Not once in ${TRIES} tries were all its times right.`);
    });
  }
});
