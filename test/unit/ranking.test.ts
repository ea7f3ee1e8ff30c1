import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oversubscription } from '../../src/correlate/oversubscription.ts';
import { rankFindings, resourceFindings, sourced } from '../../src/correlate/ranking.ts';
import { RUNNING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import type { Finding, ResourceFacts } from '../../src/runs/run-document.ts';
import type { NamedSeries } from '../../src/telemetry/named-series.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';

function finding(kind: Finding['kind'], sentence: string, more: Partial<Finding> = {}): Finding {
  const none = { function: null, file: null, line: null, cpuShare: null, tailShare: null, restShare: null };
  return { kind, ...none, lift: null, interval: null, pValue: null, sentence, ...more };
}

function resource(name: ResourceFacts['resource'], state: ResourceFacts['state'] = 'short'): ResourceFacts {
  return { resource: name, state, utilisation: 1, sentence: name };
}

describe('findings', () => {
  test('tell what was waited before what ran before what was short, the largest difference first', () => {
    const idle = finding('resource', 'while the GPU was idle', { line: 4, tailShare: 0.9, restShare: 0.1 });
    const ranked = rankFindings([
      ...sourced('idle gpu', [idle]),
      ...sourced('threads', [finding('resource', 'threads without a core')]),
      ...sourced('samples', [
        finding('line', 'small', { line: 3, tailShare: 0.3, restShare: 0.2 }),
        finding('line', 'large', { line: 2, tailShare: 0.6, restShare: 0.1 }),
        finding('waited', 'at a line', { line: 1, tailShare: 0.9, restShare: 0.1 }),
      ]),
      ...resourceFindings([resource('cpu'), resource('memory', 'near'), resource('gil')]),
    ]);
    const sentences = ranked.map(({ sentence }) => sentence);
    assert.deepEqual(sentences, ['at a line', 'large', 'small', 'threads without a core', 'cpu']);
    const resources = resourceFindings([resource('cpu'), resource('memory', 'near'), resource('gil', 'free')]);
    assert.deepEqual(
      rankFindings([...sourced('idle gpu', [idle]), ...resources]).map(({ kind, sentence }) => [kind, sentence]),
      [
        ['resource', 'cpu'],
        ['resource', 'while the GPU was idle'],
      ],
      'only what was short',
    );
  });

  test('tell what ran without a file, as a garbage collector, by its difference like any line', () => {
    const collector = finding('resource', 'collector', { tailShare: 0.6, restShare: 0.1 });
    const line = finding('line', 'a line', { line: 3, tailShare: 0.3, restShare: 0.2 });
    const ranked = rankFindings([...resourceFindings([resource('cpu')]), ...sourced('samples', [line, collector])]);
    assert.deepEqual(
      ranked.map(({ sentence }) => sentence),
      ['collector', 'a line', 'cpu'],
    );
  });

  test('say what a wait without a place was for before the wait, where a resource that is waited for was short', () => {
    const wait = finding('waited', 'a wait', { tailShare: 0.9, restShare: 0.1 });
    const order = (name: ResourceFacts['resource']): string[] => {
      const ranked = rankFindings([...sourced('samples', [wait]), ...resourceFindings([resource(name)])]);
      return ranked.map(({ sentence }) => sentence);
    };
    assert.deepEqual(order('threads'), ['threads', 'a wait']);
    assert.deepEqual(order('cpu'), ['a wait', 'cpu']);
  });
});

describe('native threads', () => {
  /** Ten seconds in which one Python thread computes in a library. */
  function computing(file: string): ReturnType<ProfileBuilder['build']> {
    const builder = new ProfileBuilder();
    const call = (parent: number, name: string, path: string): number =>
      builder.stack(parent, builder.frame({ function: name, file: path, line: null, column: null }), 7);
    const stack = call(call(-1, 'handler', '/srv/app/main.py'), 'forward', file);
    const thread = builder.thread({ pid: 1, id: '1', name: 'thread 1' });
    for (let time = 0; time < 10_000; time += 10) builder.sample(time, stack, thread, 10, RUNNING);
    return builder.build('simulated', 'ms', true);
  }

  function told(values: Partial<Record<keyof typeof TARGET_SERIES, number>>): NamedSeries[] {
    return Object.entries(values).map(([key, value]) => ({
      name: TARGET_SERIES[key as keyof typeof TARGET_SERIES],
      unit: '',
      time: Float64Array.from({ length: 10 }, (_, i) => i * 1000),
      values: new Float64Array(10).fill(value),
    }));
  }

  const TORCH = '/srv/.venv/lib/python3.11/site-packages/torch/nn/modules/linear.py';
  const phase = { start: 0, end: 10_000 };
  const busy = { cpu: 1.9, waitingForCore: 7.1, threads: 24, involuntarySwitches: 4321 };

  test('that are more than the cores are told with how many compute on how many, and what bounds them', () => {
    const found = oversubscription({ profile: computing(TORCH), series: told(busy), phase, cores: 2 });
    assert.match(
      found?.sentence ?? '',
      /^About 9 of the target's threads wanted to compute on 2 cores, and 7\.1 of them/,
    );
    assert.match(found?.evidence?.[0] ?? '', /^Python ran in 1 of its 24 threads at a time/);
    assert.match(found?.evidence?.[1] ?? '', /4,321 times a second/);
    assert.match(
      found?.evidence?.[2] ?? '',
      /^Bounded by OMP_NUM_THREADS, MKL_NUM_THREADS or `torch\.set_num_threads\(\)`/,
    );
  });

  test('are not told of a target that computes in no such library, has its cores, or was not watched', () => {
    const plain = computing('/usr/lib/python3.11/json/encoder.py');
    assert.equal(oversubscription({ profile: plain, series: told(busy), phase, cores: 2 }), null);
    const profile = computing(TORCH);
    assert.equal(oversubscription({ profile, series: told(busy), phase, cores: 16 }), null);
    assert.equal(oversubscription({ profile, series: told({ cpu: 1.9, waitingForCore: 0.2 }), phase, cores: 2 }), null);
    assert.equal(oversubscription({ profile, series: told({ cpu: 1.9 }), phase, cores: 2 }), null);
  });

  test('are not told of Python threads that are many themselves', () => {
    const many = computing(TORCH);
    const samples = { ...many.samples, weight: many.samples.weight.map((weight) => weight * 8) };
    assert.equal(oversubscription({ profile: { ...many, samples }, series: told(busy), phase, cores: 2 }), null);
  });
});
