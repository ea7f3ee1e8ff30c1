import assert from 'node:assert/strict';
import test from 'node:test';
import { timeWithUnit } from '../../src/cli/option-values.ts';
import { type PlanOptions, requestedPlan } from '../../src/cli/requested-plan.ts';

const loadOf = async (options: Partial<PlanOptions>) => {
  const plan = await requestedPlan('http://127.0.0.1:9/', { request: 'GET', header: [], objective: [], ...options });
  return plan.load;
};

test('a burstiness alone asks for gamma arrivals', async () => {
  const load = await loadOf({ rate: 10, burstiness: 0.5 });
  assert.ok(load?.model === 'open');
  assert.deepEqual([load.arrivals, load.burstiness], ['gamma', 0.5]);
  const plain = await loadOf({ rate: 10 });
  assert.ok(plain?.model === 'open');
  assert.equal(plain.arrivals, 'poisson');
});

test('a spacing that would change nothing is refused', async () => {
  await assert.rejects(loadOf({ rate: 10, arrivals: 'constant', burstiness: 2 }), /--arrivals constant has none/);
  await assert.rejects(loadOf({ users: 4, burstiness: 2 }), /^PlanError: --burstiness is of a load at a rate/);
  await assert.rejects(loadOf({ users: 4, arrivals: 'constant' }), /^PlanError: --arrivals is of a load at a rate/);
  await assert.rejects(loadOf({ arrivals: 'constant' }), /^PlanError: --arrivals and --burstiness go with --rate\.$/);
  await assert.rejects(loadOf({ burstiness: 2 }), /^PlanError: --arrivals and --burstiness go with --rate\.$/);
});

test('an address of gRPC says that it takes a plan', async () => {
  const options = { header: [], objective: [] };
  await assert.rejects(requestedPlan('grpc://127.0.0.1:9', options), /write one with steps such as - grpc: /);
});

test('a limit beside those of objectives needs its unit', () => {
  assert.equal(timeWithUnit('250ms'), 250);
  assert.equal(timeWithUnit('2s'), 2000);
  assert.throws(() => timeWithUnit('250'), /with its unit, such as 250ms or 2s/);
});
