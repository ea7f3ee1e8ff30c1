import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LateWatch, type WatchedRequest } from '../../src/load/generate/late-watch.ts';
import { LateLimit } from '../../src/runner/profiling/late-limit.ts';
import { OUTCOMES, PHASES, REQUEST_OFFSET, REQUEST_WIDTH } from '../../src/runs/request-table.ts';

interface Under {
  readonly intended: number;
  readonly phase?: 'transition' | 'profiled';
  readonly sent?: boolean;
}

/** Requests under way, in the order they became due, with ids from 0. */
function underWay(...requests: Under[]): WatchedRequest | null {
  return requests.reduceRight<WatchedRequest | null>(
    (after, { intended, phase = 'profiled', sent = true }, id) => ({ id, due: { phase, intended }, sent, after }),
    null,
  );
}

describe('late requests', () => {
  test('are told of once, a tenth of a second apart, the oldest first', () => {
    const watch = new LateWatch(50);
    const first = underWay({ intended: 100 }, { intended: 110 }, { intended: 190 });
    assert.equal(watch.next(first), 150);
    assert.equal(watch.take(first, 149), null);
    assert.equal(watch.take(first, 151)?.id, 0);
    assert.equal(watch.take(first, 161), null, 'a tenth of a second has not passed');
    assert.equal(watch.next(first), 251);
    assert.equal(watch.take(first, 251)?.id, 1);
    assert.equal(watch.take(first, 351)?.id, 2);
    assert.equal(watch.next(first), Number.POSITIVE_INFINITY);
  });

  test('are those of the profiled phase, and those that have reached the target', () => {
    const watch = new LateWatch(50);
    assert.equal(watch.take(underWay({ intended: 0, phase: 'transition' }), 500), null);
    assert.equal(watch.take(underWay({ intended: 0, phase: 'transition' }, { intended: 5 }), 500)?.id, 1);
    assert.equal(
      watch.next(underWay({ intended: 0, sent: false }, { intended: 5, sent: false })),
      Number.POSITIVE_INFINITY,
    );
  });
});

function rows(latencies: readonly number[], phase: 'warmup' | 'measured' = 'measured'): Float64Array {
  const all = new Float64Array(latencies.length * REQUEST_WIDTH);
  latencies.forEach((latency, row) => {
    const at = row * REQUEST_WIDTH;
    all[at + REQUEST_OFFSET.phase] = PHASES.indexOf(phase);
    all[at + REQUEST_OFFSET.outcome] = OUTCOMES.indexOf('ok');
    all[at + REQUEST_OFFSET.intended] = 1000;
    all[at + REQUEST_OFFSET.end] = 1000 + latency;
  });
  return all;
}

describe('the limit of what is late', () => {
  test('lies between the many and the slow, whatever share of all the slow ones are', () => {
    for (const every of [80, 40, 20, 10]) {
      const limit = new LateLimit(null);
      limit.add(rows(Array.from({ length: 1000 }, (_, at) => (at % every === 0 ? 60 : 3))));
      assert.ok(limit.ms! > 9 && limit.ms! < 20, `${limit.ms} with one of ${every}`);
    }
  });

  test('is the objective where enough requests of the measured phase were over it', () => {
    const latencies = Array.from({ length: 1000 }, (_, at) => (at % 40 === 0 ? 60 : 3));
    const over = new LateLimit(50);
    over.add(rows(latencies));
    assert.equal(over.ms, 50);
    const never = new LateLimit(100);
    never.add(rows(latencies));
    assert.ok(never.ms! < 20);
  });

  test('is unknown where little was measured, and never so short that nothing could be seen', () => {
    const limit = new LateLimit(null);
    limit.add(
      rows(
        Array.from({ length: 500 }, () => 8),
        'warmup',
      ),
    );
    limit.add(rows([1, 1, 1]));
    assert.equal(limit.ms, null);
    limit.add(rows(Array.from({ length: 500 }, () => 0.4)));
    assert.equal(limit.ms, 5);
  });
});
