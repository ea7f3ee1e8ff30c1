import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CorrelationInput } from '../../src/correlate/context.ts';
import { type Correlation, correlate } from '../../src/correlate/findings.ts';
import { withSourceStates } from '../../src/correlate/waits/source-states.ts';
import type { Frame } from '../../src/profile/profile.ts';
import {
  MODEL_FILE,
  PLANTED_LINE,
  type Simulated,
  type Simulation,
  simulateServer,
} from '../support/simulated-server.ts';

const BASE: Simulation = { seed: 1, duration: 20_000, rate: 60, arrivals: 'poisson', hz: 1000 };
const SITE = '/srv/.venv/lib/python3.11/site-packages';
const isUserCode = (frame: Frame): boolean => frame.file?.startsWith('/srv/app/') === true;

function frame(name: string, file: string | null): Frame {
  return { function: name, file, line: null, column: null };
}

function analyse({ profile, phase, start, end }: Simulated, more: Partial<CorrelationInput> = {}): Correlation {
  return correlate({ profile, phase, requests: { start, end }, isUserCode, seed: 7, ...more });
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('a finding', () => {
  test('names the line and, as evidence, what library code below it did', () => {
    for (const seed of [1, 2, 3]) {
      const below = frame('dumps', '/usr/lib/python3.11/json/__init__.py');
      const { findings } = analyse(simulateServer({ ...BASE, seed, planted: { ms: 40, chance: 0.03, below } }));
      assert.equal(findings.length, 1);
      const [{ kind, line, tailShare, evidence } = {}] = findings;
      assert.deepEqual([kind, line], ['line', PLANTED_LINE]);
      const told = /^Mostly encoding or decoding JSON: `json\.dumps`, (\d+) % of the busy time during slow requests/;
      const share = told.exec(evidence?.[0] ?? '')?.[1];
      assert.ok(Math.abs(Number(share) / 100 - tailShare!) < 0.02, evidence?.[0]);
      assert.match(evidence?.[1] ?? '', /^Often helped by a faster encoder/);
    }
  });

  test('names library code that no line of the user called', () => {
    const outside = frame('jsonable_encoder', `${SITE}/fastapi/encoders.py`);
    for (const seed of [1, 2, 3]) {
      const { findings } = analyse(simulateServer({ ...BASE, seed, planted: { ms: 40, chance: 0.03, outside } }));
      assert.equal(findings.length, 1);
      assert.deepEqual([findings[0]?.kind, findings[0]?.function], ['line', 'jsonable_encoder']);
      assert.match(
        findings[0]?.sentence ?? '',
        /^Encoding or decoding JSON \(`fastapi\.encoders\.jsonable_encoder`\), called by no line of yours, took \d+ % /,
      );
    }
  });

  test('is of the runtime where that collects garbage', () => {
    const outside = frame('(garbage collector)', null);
    const { findings } = analyse(simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03, outside } }));
    assert.deepEqual([findings[0]?.kind, findings[0]?.function], ['resource', '(garbage collector)']);
    assert.match(findings[0]?.sentence ?? '', /^Collecting garbage /);
  });

  test('of a coroutine that awaited says that it waited, and names no line', () => {
    let right = 0;
    for (const seed of seeds(20)) {
      const planted = { ms: 80, chance: 0.06, wait: true, suspended: true };
      const asked = {
        ...BASE,
        seed,
        parallel: true,
        rate: 20,
        duration: 40_000,
        hz: 200,
        merged: true,
        spread: 0.2,
        planted,
      };
      const { findings } = analyse(simulateServer(asked));
      assert.ok(!findings.some(({ kind }) => kind === 'line'), findings[0]?.sentence);
      if (findings[0]?.kind !== 'waited') continue;
      right++;
      assert.equal(findings[0].line, null);
      assert.match(
        findings[0].evidence?.at(-1) ?? '',
        /^Slow requests took \d+ ms in the mean, code of the target ran/,
      );
    }
    assert.ok(right >= 18, `${right} of 20`);
  });

  test('is not made of requests that have nothing to do with what ran', () => {
    let claims = 0;
    for (const seed of seeds(20)) {
      const planted = { ms: 80, chance: 0.06, wait: true, suspended: true };
      const asked = { ...BASE, seed, parallel: true, rate: 20, duration: 40_000, hz: 200, merged: true, planted };
      const simulated = simulateServer(asked);
      // As if another hour of requests were held against the samples.
      const other = simulateServer({ ...asked, seed: seed + 1000 });
      const { findings } = analyse({ ...simulated, start: other.start, end: other.end });
      if (findings.length > 0) claims++;
    }
    assert.ok(claims <= 2, `${claims} of 20`);
  });

  test('of a thread that sleeps says so, though the sampler says that it ran', () => {
    const sleeping = 'time.sleep(0.06)';
    const sourceLine = (file: string, line: number): string | null =>
      file === MODEL_FILE && line === PLANTED_LINE ? sleeping : null;
    const planted = { ms: 60, chance: 0.03, inline: true };
    const simulated = simulateServer({ ...BASE, planted });
    const profile = withSourceStates(simulated.profile, sourceLine);
    const [finding] = analyse({ ...simulated, profile }, { sourceLine }).findings;
    assert.deepEqual([finding?.kind, finding?.line], ['waited', PLANTED_LINE]);
    assert.match(
      finding?.evidence?.[0] ?? '',
      /^Mostly sleeping: `time\.sleep`, \d+ % of the time during slow requests/,
    );
  });

  test('is hardly ever made of requests that all wait for what they need', () => {
    let claims = 0;
    for (const seed of seeds(30)) {
      const planted = { ms: 4, chance: 1, wait: true, suspended: true };
      const simulated = simulateServer({ ...BASE, seed, hz: 200, merged: true, parallel: true, spread: 0.3, planted });
      if (analyse(simulated).findings.length > 0) claims++;
    }
    assert.ok(claims <= 1, `${claims} of 30`);
  });

  test('can be told at the load that is offered where the load was too high', () => {
    let told = 0;
    for (const seed of seeds(10)) {
      const planted = { ms: 130, chance: 0.06 };
      const high = analyse(
        simulateServer({ ...BASE, seed, rate: 500, hz: 200, merged: true, parallel: true, planted }),
      );
      assert.deepEqual(high.findings, []);
      assert.match(high.note ?? '', /^Cannot tell at this load: .* About \d+ requests a second for \d+ s may tell\.$/);
      const { rate, seconds } = high.load!;
      const low = analyse(
        simulateServer({ ...BASE, seed, rate: rate!, duration: seconds * 1000, parallel: true, planted }),
      );
      if (low.findings[0]?.function === 'rebuildIndex') told++;
    }
    assert.ok(told >= 9, `${told} of 10`);
  });

  test('is asked for with fewer users where users make the load', () => {
    const simulated = simulateServer({
      ...BASE,
      rate: 500,
      hz: 200,
      merged: true,
      parallel: true,
      planted: { ms: 130, chance: 0.06 },
    });
    const { load } = analyse(simulated, { closed: true });
    assert.equal(load?.rate, null);
    assert.ok(load!.users! >= 1 && load!.users! <= 2, String(load!.users));
  });

  test('speaks of first tokens where those are waited for', () => {
    const simulated = simulateServer({ ...BASE, planted: { ms: 40, chance: 0.03 } });
    const [finding] = analyse(simulated, { what: 'ttft' }).findings;
    assert.match(finding?.sentence ?? '', /of the busy time during slow waits for a first token, /);
  });
});
