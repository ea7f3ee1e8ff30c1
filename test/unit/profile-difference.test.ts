import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparedProfiles } from '../../src/correlate/code/profile-difference.ts';
import type { ViewMaterial } from '../../src/correlate/views/view-material.ts';
import { weighView } from '../../src/correlate/views/weigh-view.ts';
import { type Profile, RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { signedProfile } from '../../src/report/difference-graph.ts';
import { clearSign, SIGNS } from '../../src/report/difference-signs.ts';
import { viewDocument } from '../../src/report/hotspots-document.ts';
import { viewSentence } from '../../src/report/view-words.ts';
import { busyRun } from '../support/busy-run.ts';
import { halves, inPieces, selfTimes } from '../support/halves.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { type Simulation, simulateServer } from '../support/simulated-server.ts';
import { viewMaterial } from '../support/view-material.ts';

/** A profile of paths such as `handle>parse`, ms each, in so many rounds, with a sample for each ms; lines are moved by `lines`. */
function profileOf(paths: Readonly<Record<string, number>>, lines = 0, rounds = 1): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  let time = 0;
  const turns = Array.from({ length: rounds }, () => Object.entries(paths)).flat();
  for (const [path, ms] of turns) {
    const stack = path.split('>').reduce((parent, name) => {
      const frame = builder.frame({ function: name, file: '/srv/app.py', line: name.length + lines, column: null });
      return builder.stack(parent, frame, name.length + lines + 1);
    }, -1);
    builder.sample(time, stack, thread, ms / rounds, RUNNING);
    time += ms / rounds;
  }
  return inPieces(builder.build('paths', 'ms', true));
}

const BEFORE = { 'handle>parse': 400, 'handle>rank': 300, 'handle>legacy': 200, handle: 100 };
const NOW = { 'handle>parse': 400, 'handle>rank': 600, 'handle>rank>cache': 50, handle: 150 };

function materialOf(profile: Profile, requests: number, profiled = 2000, apart = 10): ViewMaterial {
  const placed = Array.from({ length: requests }, (_, i) => ({ start: i * apart, end: i * apart + 5 }));
  return viewMaterial({ profile, requests: placedRequests(placed), phase: { start: 0, end: profiled } });
}

const AGAINST = { kind: 'difference', against: 'earlier' } as const;

describe('the difference of two runs', () => {
  test('has every path of either, also those that are gone, however lines have moved', () => {
    const { profile, now, before } = comparedProfiles(
      { profile: profileOf(NOW, 100), weights: profileOf(NOW).samples.weight, count: 1, blocks: null },
      { profile: profileOf(BEFORE), weights: profileOf(BEFORE).samples.weight, count: 1, blocks: null },
      'request',
    );
    assert.deepEqual(selfTimes(profile, now), { parse: 400, rank: 600, cache: 50, handle: 150 });
    assert.deepEqual(selfTimes(profile, before), { parse: 400, rank: 300, legacy: 200, handle: 100 });
    assert.equal(profile.frames.find((frame) => frame.function === 'parse')?.line, 105, 'where it is now');
    const widths = profile.samples.weight.reduce((sum, weight) => sum + weight, 0);
    const moved = now.reduce((sum, weight, row) => sum + Math.abs(weight - before[row]!), 0);
    assert.equal(widths, (1200 + 1000 + moved) / 2);
    assert.equal(
      now.reduce((sum, weight, row) => sum + weight - before[row]!, 0),
      1200 - 1000,
    );
  });

  test('counts a request, so that a run of twice the requests is no difference', () => {
    const twice = Object.fromEntries(Object.entries(BEFORE).map(([path, ms]) => [path, 2 * ms]));
    const weighed = weighView(AGAINST, materialOf(profileOf(twice), 200), materialOf(profileOf(BEFORE), 100));
    assert.ok(!('missing' in weighed) && weighed.difference !== null);
    assert.equal(weighed.difference.per, 'request');
    assert.deepEqual(weighed.difference.now, weighed.difference.before);
    assert.match(
      viewSentence(AGAINST, weighed, { threads: [], gpus: [], origin: 0 }),
      /^A request: 10 ms now, 10 ms in earlier, as much\./,
    );
  });

  test('counts what was sampled while its requests were sent, and not what was before and after', () => {
    const halfway = { ...materialOf(profileOf(NOW), 50), phase: { start: 400, end: 1000 } };
    const weighed = weighView(AGAINST, halfway, materialOf(profileOf(BEFORE), 100));
    assert.ok(!('missing' in weighed) && weighed.difference !== null);
    const { profile, now } = weighed.difference;
    assert.deepEqual(selfTimes(profile, now), { rank: 12 });
  });

  test('counts a second where nothing was answered', () => {
    const weighed = weighView(AGAINST, materialOf(profileOf(NOW), 0, 4000), materialOf(profileOf(NOW), 9, 2000));
    assert.ok(!('missing' in weighed) && weighed.difference !== null);
    assert.equal(weighed.difference.per, 'second');
    assert.deepEqual(
      weighed.difference.now.map((value) => value * 2),
      weighed.difference.before,
    );
  });

  test('is told of by function: now, before, what lies between; gone ones too', () => {
    const weighed = weighView(AGAINST, materialOf(profileOf(NOW), 100), materialOf(profileOf(BEFORE), 100));
    assert.ok(!('missing' in weighed));
    const document = viewDocument(AGAINST, null, weighed, 'sentence');
    assert.equal(document.per, 'request');
    assert.equal(document.total, 12);
    assert.equal(document.before, 10);
    assert.deepEqual(
      document.functions.map(({ function: name, self, before, difference }) => [
        name,
        self,
        before!.self,
        difference!.self,
      ]),
      [
        ['rank', 6, 3, 3],
        ['legacy', 0, 2, -2],
        ['handle', 1.5, 1, 0.5],
        ['cache', 0.5, 0, 0.5],
        ['parse', 4, 4, 0],
      ],
    );
    const sum = document.functions.reduce((all, { difference }) => all + difference!.self, 0);
    assert.ok(Math.abs(sum - (document.total - document.before)) < 1e-9);
    const handle = document.functions.find((row) => row.function === 'handle');
    assert.deepEqual(handle?.difference?.total, 2);
  });

  test('is missing where it cannot be made, and says why', () => {
    const material = materialOf(profileOf(NOW), 10);
    const why = (against?: ViewMaterial, view: object = AGAINST): string => {
      const weighed = weighView(view as typeof AGAINST, material, against);
      return 'missing' in weighed ? weighed.missing : 'it is there';
    };
    assert.match(why(), /is not there/);
    assert.match(why(materialOf(halves('samples'), 10)), /count different things: ms and samples/);
    assert.match(why(material, { ...AGAINST, from: 1, to: 2 }), /as wholes/);
    assert.match(why(materialOf(profileOf(NOW), 0, 0)), /how long/);
  });
});

test('in the flame graph each call has the sign of what it and all below it took', () => {
  const now = materialOf(profileOf(NOW, 0, 50), 100, 2000, 12);
  const weighed = weighView(AGAINST, now, materialOf(profileOf(BEFORE, 0, 50), 100));
  assert.ok(!('missing' in weighed));
  const signed = signedProfile(weighed.difference!, '/srv');
  assert.deepEqual(
    signed.frames.map((frame) => frame.function).toSorted(),
    [
      '▲ handle (app.py:6)',
      '▲ rank (app.py:4)',
      '✕ legacy (app.py:6)',
      '✚ cache (app.py:5)',
      'parse (app.py:5)',
    ].toSorted(),
  );
  const total = signed.samples.weight.reduce((sum, weight) => sum + weight, 0);
  assert.ok(Math.abs(total - (4 + 6 + 2 + 0.5 + 1.5)) < 1e-9);
});

test('what is within a tenth of itself, a hundredth of all or three deviations has no sign', () => {
  assert.equal(clearSign(105, 100, 0, 1000), null);
  assert.equal(clearSign(115, 100, 0, 1000), '▲');
  assert.equal(clearSign(85, 100, 0, 1000), '▼');
  assert.equal(clearSign(9, 3, 0, 1000), null);
  assert.equal(clearSign(0, 3, 0, 1000), '✕');
  assert.equal(clearSign(3, 0, 0, 1000), '✚');
  assert.equal(clearSign(0, 0, 0, 0), null);
  assert.equal(clearSign(115, 100, 26, 1000), null);
  assert.equal(clearSign(115, 100, 24, 1000), '▲');
  assert.equal(clearSign(0, 3, 3, 1000), null, 'three samples may have been missed');
});

/** The signs of all calls in a difference of two runs of a server, each with its requests. */
function signsBetween(earlier: Simulation, later: Simulation): string[] {
  const [before, now] = [earlier, later].map((options): ViewMaterial => {
    const { profile, start, end } = simulateServer(options);
    const requests = placedRequests([...start.keys()].map((i) => ({ start: start[i]!, end: end[i]! })));
    return { ...materialOf(profile, 0, options.duration), requests };
  });
  const weighed = weighView(AGAINST, now!, before);
  assert.ok(!('missing' in weighed));
  const { frames } = signedProfile(weighed.difference!, '/srv/app');
  return frames.map((frame) => frame.function).filter((name) => SIGNS.some((sign) => name.startsWith(sign)));
}

describe('of a simulated server', () => {
  const plain = { duration: 8000, rate: 120, arrivals: 'poisson', hz: 1000 } as const;

  test('two runs of the same code differ in nothing, at a high rate of samples and at a low one', () => {
    for (const hz of [1000, 100]) {
      for (let seed = 1; seed <= 10; seed++) {
        const signs = signsBetween({ ...plain, hz, seed }, { ...plain, hz, rate: 150, seed: seed + 100 });
        assert.deepEqual(signs, [], `${hz} Hz, seed ${seed}`);
      }
    }
  });

  test('what was put in is more, where it runs and in what calls it, and nothing else is', () => {
    const signs = signsBetween({ ...plain, seed: 1 }, { ...plain, seed: 2, planted: { ms: 20, every: 20 } });
    assert.deepEqual(signs.filter((name) => name.startsWith('✚')).toSorted(), [
      '✚ hashRow (model.mjs:35)',
      '✚ rebuildIndex (model.mjs:40)',
      '✚ refresh (model.mjs:50)',
    ]);
    const callers = signs.filter((name) => !name.startsWith('✚'));
    assert.ok(
      callers.every((name) => /^▲ (\(root\)$|emit |handler )/.test(name)),
      callers.join(' '),
    );
    assert.ok(callers.some((name) => name.startsWith('▲ handler ')));
  });
});

describe('where nearly all the time is in one function, and py-spy writes as one what it saw several times over', () => {
  const signsOf = (beforeMs: number, nowMs: number, seed: number): string[] => {
    const weighed = weighView(AGAINST, busyRun(nowMs, seed).material, busyRun(beforeMs, 100 + seed).material);
    assert.ok(!('missing' in weighed));
    const { frames } = signedProfile(weighed.difference!, '/srv');
    return frames.map((frame) => frame.function).filter((name) => SIGNS.some((sign) => name.startsWith(sign)));
  };

  test('a fifth more of it is seen', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const signs = signsOf(3, 3.6, seed);
      assert.ok(signs.includes('▲ infer (app.py:20)'), `${seed}: ${signs}`);
    }
  });

  test('as much of it is as much', () => {
    for (let seed = 1; seed <= 10; seed++) assert.deepEqual(signsOf(3, 3, seed), []);
  });
});
