import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Correlation, correlate } from '../../src/correlate/findings.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';

const FETCH_LINE = 21;
const REQUESTS = 600;

interface Served {
  /** Ms that slow requests, and the others, take, and the share of it that they wait in `fetch`, after they computed for the rest. */
  readonly slow: number;
  readonly slowWaits: number;
  readonly other: number;
  readonly otherWaits: number;
  /** Whether what waits leaves no stack, as a suspended coroutine. */
  readonly suspended?: boolean;
}

/** One thread that answers requests, one at a time, one in eight of them slow by chance; a sample a ms. */
function served({ slow, slowWaits, other, otherWaits, suspended = false }: Served): Correlation {
  const random = seededRandom(11);
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const frame = (name: string, file: string): number =>
    builder.frame({ function: name, file, line: null, column: null });
  const accept = builder.stack(-1, frame('accept', '/usr/lib/python3.11/socket.py'), 290);
  const handle = builder.stack(-1, frame('handle', '/srv/app/main.py'), 10);
  const compute = builder.stack(handle, frame('compute', '/srv/app/model.py'), 5);
  const fetch = builder.stack(handle, frame('fetch', '/srv/app/store.py'), FETCH_LINE);
  const [start, end]: [number[], number[]] = [[], []];
  const idle = (from: number, to: number): void => {
    for (let ms = from; ms < to; ms++) builder.sample(ms, accept, thread, 1, WAITING);
  };
  let free = 0;
  while (end.length < REQUESTS) {
    const at = free + Math.round(-40 * Math.log(1 - random()));
    idle(free, at);
    const isSlow = random() < 1 / 8;
    const took = isSlow ? slow : other;
    const ran = took - Math.round(took * (isSlow ? slowWaits : otherWaits));
    for (let ms = 0; ms < took; ms++) {
      if (ms < ran) builder.sample(at + ms, compute, thread, 1, RUNNING);
      else builder.sample(at + ms, suspended ? accept : fetch, thread, 1, WAITING);
    }
    free = at + took;
    start.push(at);
    end.push(free);
  }
  return correlate({
    profile: builder.build('served', 'ms', true),
    phase: { start: 0, end: free },
    requests: { start: Float64Array.from(start), end: Float64Array.from(end) },
    isUserCode: ({ file }) => file?.startsWith('/srv/app/') === true,
    objectiveLimit: (slow + other) / 2,
    seed: 5,
  });
}

const waited = (what: Served) => served(what).findings.filter(({ kind }) => kind === 'waited');

describe('that slow requests waited is told', () => {
  test('at the line they waited in, with how much of their time and of the others’ it was', () => {
    const [finding, ...more] = waited({ slow: 80, slowWaits: 0.6, other: 20, otherWaits: 0.2 });
    assert.deepEqual([finding?.function, finding?.line, more.length], ['fetch', FETCH_LINE, 0]);
    assert.ok(Math.abs(finding!.tailShare! - 0.6) < 0.01 && Math.abs(finding!.restShare! - 0.2) < 0.01);
    assert.ok(finding!.pValue! <= 0.01 && finding!.interval![0] > 0.3 && finding!.interval![1] < 0.5);
    assert.match(
      finding!.sentence,
      /waiting in line 21 of `fetch` \(store\.py:21\) for 60 % of the time, 20 % otherwise/,
    );
  });

  test('without a place where no stack says it', () => {
    const [finding, ...more] = waited({ slow: 80, slowWaits: 0.6, other: 20, otherWaits: 0.2, suspended: true });
    assert.deepEqual([finding?.function, finding?.line, more.length], [null, null, 0]);
    // That nothing ran is counted by 5 ms, which blurs the ends of a request.
    assert.ok(Math.abs(finding!.tailShare! - 0.6) < 0.02 && Math.abs(finding!.restShare! - 0.2) < 0.04);
    assert.match(finding!.sentence, /^During slow requests none of the target's code ran for 6[01] % of the time/);
  });

  test('where nothing ran for nearly all of their time, though the others waited as well and were much quicker', () => {
    const [finding, ...more] = waited({ slow: 80, slowWaits: 0.9, other: 20, otherWaits: 0.85 });
    assert.deepEqual([finding?.line, finding?.pValue, more.length], [null, null, 0]);
    assert.match(finding!.sentence, /^For 9[01] % of the time of slow requests none of the target's code ran/);
  });
});

describe('that slow requests waited is not told', () => {
  test('where it was less than half of their time', () => {
    assert.deepEqual(waited({ slow: 80, slowWaits: 0.45, other: 20, otherWaits: 0.1 }), []);
  });

  test('where the others waited for nearly as much of theirs, and it was not nearly all', () => {
    assert.deepEqual(waited({ slow: 80, slowWaits: 0.7, other: 20, otherWaits: 0.65 }), []);
  });

  test('where they took hardly longer than the others, or no time to speak of', () => {
    assert.deepEqual(waited({ slow: 30, slowWaits: 0.9, other: 20, otherWaits: 0.85 }), []);
    assert.deepEqual(waited({ slow: 8, slowWaits: 7 / 8, other: 3, otherWaits: 2 / 3 + 0.2 }), []);
  });
});
