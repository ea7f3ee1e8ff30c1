import assert from 'node:assert/strict';
import test from 'node:test';
import { RateFinder } from '../../src/find/find-rate.ts';
import type { FindRateDocument } from '../../src/find/find-rate-document.ts';
import { neededAnswers } from '../../src/find/needed-answers.ts';
import { levelText, rateAnswer, type SearchEnd } from '../../src/find/rate-answer.ts';
import { requestsPerIteration } from '../../src/load/measure/asked-load.ts';
import { supportFor } from '../../src/load/measure/percentile.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan } from '../../src/load/plan/plan.ts';
import { findRateExitCode } from '../../src/report/exit-code.ts';
import { findRateText, probeText } from '../../src/report/find-rate-text.ts';
import { findRateView } from '../../src/report/find-rate-view.ts';
import type { RunRequest } from '../../src/runner/messages.ts';
import { scenarioOf, stepTo } from '../support/plans.ts';
import { probeOf } from '../support/sweep-points.ts';

const END: SearchEnd = {
  unit: 'users',
  requestsPerIteration: 1,
  objectives: ['p(99)<250'],
  band: { passesAt: 60, failsAt: 80, inferred: null },
  failsAtLeast: null,
  generatorLimit: null,
  generatorReason: null,
  tooBusy: null,
  shortOf: null,
};

test('the answer is the sentence one takes to the meeting', () => {
  assert.deepEqual(rateAnswer(END), { answer: 'found', sentence: 'holds 60 users under 250 ms, fails at 80' });
  assert.deepEqual(rateAnswer({ ...END, unit: 'rate', objectives: ['p(99)<0.25s'] }), {
    answer: 'found',
    sentence: 'holds 60/s under 250 ms, fails at 80/s',
  });
  assert.equal(
    rateAnswer({ ...END, unit: 'rate', band: { passesAt: 60, failsAt: 80, inferred: 'failsAt' } }).sentence,
    'holds 60/s under 250 ms, fails at 80/s (80/s by all probes together, not by one there)',
  );
  assert.match(
    rateAnswer({ ...END, objectives: ['p(99)<250', 'rate<1%'] }).sentence,
    /with p\(99\)<250, rate<1%, fails at 80/,
  );
});

test('where the lowest load fails the answer is none, and says why', () => {
  const none = rateAnswer({
    ...END,
    unit: 'rate',
    band: { passesAt: null, failsAt: 2, inferred: null },
    failsAtLeast: { level: 2, reason: '100 % missed p(99)<250, where 1 % may.' },
  });
  assert.equal(none.answer, 'none');
  assert.equal(none.sentence, 'does not hold under 250 ms even at 2/s (100 % missed p(99)<250, where 1 % may)');
});

test('what could not be found out is unresolved, with the reason', () => {
  const open = { ...END, unit: 'rate' as const, band: { passesAt: 900, failsAt: null, inferred: null } };
  const limited = rateAnswer({
    ...open,
    generatorLimit: 2000,
    generatorReason: 'Not valid: Tailflame sent late (p99 20 ms).',
  });
  assert.equal(limited.answer, 'unresolved');
  assert.match(
    limited.sentence,
    /^holds 900\/s under 250 ms; where it fails is not known, because Tailflame itself is the limit at 2,000\/s: Tailflame sent late \(p99 20 ms\)$/,
  );
  assert.match(
    rateAnswer({ ...open, shortOf: 'because it was stopped' }).sentence,
    /where it fails is not known, because it was stopped$/,
  );
  const nothing = rateAnswer({ ...END, band: { passesAt: null, failsAt: null, inferred: null } });
  assert.equal(nothing.sentence, 'not known to hold under 250 ms at any load; where it fails is not known');
});

const DOCUMENT: FindRateDocument = {
  schema: 'tailflame.find-rate/1',
  answer: 'found',
  unit: 'rate',
  requestsPerIteration: 1,
  passesAt: 60,
  failsAt: 80,
  inferred: null,
  estimate: 70,
  edge: 'slope',
  sentence: 'holds 60/s under 250 ms, fails at 80/s',
  saturated: null,
  objectives: ['p(99)<250'],
  probes: [
    probeOf(60.2, 50, { label: '60/s', ok: true, inFlightGrowth: 0.01 }),
    probeOf(79, 120, {
      label: '80/s',
      ok: false,
      inFlightGrowth: 3.2,
      failed: 7,
      reason: 'Requests piled up, by 3.2 a second.',
    }),
  ],
  startedAt: '2026-11-26T00:00:00.000Z',
  took: 42_000,
  budget: 90_000,
  interrupted: false,
};

test('every probe is a row with load, got, latency, failures, growth and why', () => {
  const text = findRateText(DOCUMENT, false);
  assert.match(text, /Holds 60\/s under 250 ms, fails at 80\/s\./);
  assert.match(text, /most likely at 70\/s; a slope/);
  assert.match(text, /Saturated {2}unknown/);
  assert.match(text, /✓ {2}60\/s +60\.2\/s +50 ms +150 ms +0 +0\/s/);
  assert.match(text, /✗ {2}80\/s +79\/s +120 ms +360 ms +7 +\+3\.2\/s {2}Requests piled up/);
  assert.equal(
    probeText(DOCUMENT.probes[1]!),
    '✗ 80/s · 79/s · p50 120 ms · p99 360 ms · Requests piled up, by 3.2 a second.',
  );
});

test('exit codes tell found, none, unresolved and interrupted apart', () => {
  assert.equal(findRateExitCode(DOCUMENT), 0);
  assert.equal(findRateExitCode({ ...DOCUMENT, answer: 'none' }), 99);
  assert.equal(findRateExitCode({ ...DOCUMENT, answer: 'unresolved' }), 97);
  assert.equal(findRateExitCode({ ...DOCUMENT, interrupted: true }), 130);
});

const PLAIN = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
/** Three of four iterations are one request, the others two. */
const MIXED: Plan = {
  ...PLAIN,
  scenarios: [
    { ...scenarioOf(stepTo('/look')), name: 'look', weight: 3 },
    { ...scenarioOf(stepTo('/look-first'), stepTo('/buy')), name: 'buy', weight: 1 },
  ],
};

test('of a plan with several steps a rate is one of iterations, in its texts and where it is drawn', () => {
  assert.equal(requestsPerIteration(MIXED), 1.25);
  assert.equal(levelText('rate', 40, 1.25), '40 iterations/s');
  assert.equal(
    rateAnswer({ ...END, unit: 'rate', requestsPerIteration: 1.25 }).sentence,
    'holds 60 iterations/s under 250 ms, fails at 80 iterations/s',
  );
  const probes = [probeOf(75, 50, { level: 60, rate: { asked: 75, got: 75 }, ok: true })];
  const document = { ...DOCUMENT, requestsPerIteration: 1.25, probes };
  const view = findRateView(document, 'x');
  assert.deepEqual([view.varied, view.points[0]!.at], ['iterations a second', 60]);
  assert.match(findRateText(document, false), /most likely at 70 iterations\/s; a slope/);
});

test('an objective on one step takes as many iterations as bring its answers', () => {
  const answers = supportFor(0.99);
  const iterationsFor = (objective: string): number => neededAnswers(MIXED, objective).iterations;
  assert.equal(iterationsFor('p(99)<250'), answers / 1.25);
  assert.equal(iterationsFor('latency{step:/buy}: p(99)<250'), answers * 4);
  assert.equal(iterationsFor('rate<1%'), 1 / 1.25);
});

test('a budget that nothing can be learned in is refused', () => {
  const plan = { ...PLAIN, objectives: [{ objective: 'p(99)<250', window: null, abort: false, after: 0 }] };
  const request: RunRequest = {
    plan,
    secrets: {},
    cwd: '/',
    start: null,
    ready: null,
    profile: 'off',
    pid: null,
    inspect: null,
    gpu: 'off',
    allowRemote: [],
    out: null,
  };
  const options = { dist: '', request, unit: 'rate', budget: 3000, precision: 0.1 } as const;
  assert.throws(() => new RateFinder(options, () => {}), /PlanError: A budget of 3s is too short .* at least 10s\.$/);
});
