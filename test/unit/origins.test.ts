import assert from 'node:assert/strict';
import test from 'node:test';
import { fewestStreams } from '../../src/load/http/origins.ts';
import type { Protocol } from '../../src/load/http/transport.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { planOf, scenarioOf, stepTo, withTarget } from '../support/plans.ts';

test('a connection is taken to carry as many requests as it will to the origin that takes the fewest', () => {
  const fewest = (urls: readonly string[], seen: Readonly<Record<string, Protocol>>, http: 'auto' | '2' = 'auto') => {
    const scenarios = [scenarioOf(...urls.map((url) => stepTo(url)))];
    const plan = planOf('https://a.test/', steadyRate(10, 1000), { scenarios });
    return fewestStreams(withTarget(plan, { http, streams: 50 }), new Map(Object.entries(seen)));
  };
  const [a, b] = ['https://a.test', 'https://b.test'];
  assert.equal(fewest([`${a}/`], { [a]: 'h2' }), 50);
  assert.equal(fewest([`${a}/`, `${b}/`], { [a]: 'h2', [b]: 'http/1.1' }), 1);
  // As the sender takes them.
  assert.equal(fewest([`${a}/`, `${b}/`], { [a]: 'h2' }), 1, 'one that was not seen');
  assert.equal(fewest([`${a}/`, 'https://${shard}/'], { [a]: 'h2', 'https://c.test': 'h2' }), 1, 'one of a template');
  assert.equal(fewest([`${a}/`, 'https://${shard}/'], { [a]: 'h2' }, '2'), 50);
});
