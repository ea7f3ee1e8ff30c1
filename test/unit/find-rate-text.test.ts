import assert from 'node:assert/strict';
import test from 'node:test';
import type { FindRateDocument } from '../../src/find/find-rate-document.ts';
import { rateAnswer, type SearchEnd } from '../../src/find/rate-answer.ts';
import { findRateExitCode, findRateText, probeText } from '../../src/report/find-rate-text.ts';
import { probeOf } from '../support/sweep-points.ts';

const END: SearchEnd = {
  unit: 'users',
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
