import assert from 'node:assert/strict';
import test from 'node:test';
import { judgeObjective, parseObjective } from '../../src/load/objective.ts';
import { PlanError } from '../../src/load/plan.ts';

const upTo = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);
const ok = (text: string, sorted: Float64Array, rate = 0) => judgeObjective(parseObjective(text), sorted, rate).ok;

test('objectives hold, fail, or cannot be told', () => {
  assert.equal(ok('p(95)<1000', upTo(1000)), true);
  assert.equal(ok('p(95)<900', upTo(1000)), false);
  assert.equal(ok('p(95)<950', upTo(1000)), null);
  assert.equal(ok('p(99)<5', upTo(100)), null);
  assert.equal(ok('avg<=500.5', upTo(1000)), true);
  assert.equal(ok('max<1000', upTo(1000)), false);
  assert.equal(ok('rate<0.01', upTo(10), 0.02), false);
});

test('nothing answered meets no objective', () => {
  assert.equal(ok('p(99)<1000', upTo(0)), false);
});

test('what is not an objective is named', () => {
  for (const text of ['p99<250', 'p(100)<1', 'p(99)=3', '', 'latency<3']) {
    assert.throws(
      () => parseObjective(text),
      (error) => error instanceof PlanError && error.message.includes(text),
      text,
    );
  }
});
