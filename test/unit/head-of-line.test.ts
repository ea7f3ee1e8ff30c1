import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseTail, intervalsOf, tailOver } from '../../src/correlate/tail.ts';
import { episodesOf, type HeadOfLine, headOfLine } from '../../src/correlate/waits/head-of-line.ts';
import { RUNNING } from '../../src/profile/profile.ts';
import { type Simulated, type Simulation, simulateServer } from '../support/simulated-server.ts';

const SEEDS = 25;
const BASE: Simulation = { seed: 1, duration: 20_000, rate: 60, arrivals: 'poisson', hz: 500 };

function askedOf(simulated: Simulated): HeadOfLine {
  const { profile, phase, start, end } = simulated;
  const intervals = intervalsOf(start, end);
  const frame = profile.frames.findIndex((one) => one.function === 'rebuildIndex');
  return headOfLine({
    ...episodesOf(profile, { frame, line: 0 }, phase, RUNNING),
    intervals,
    tail: chooseTail(intervals),
    phase,
  });
}

/** Of the slow requests how many did what is planted, and how many came while another that did was under way, in a server with one queue. */
function truthOf({ start, end, hit }: Simulated): { ran: number; behind: number } {
  const { mask } = chooseTail(intervalsOf(start, end));
  const counts = { ran: 0, behind: 0 };
  mask.forEach((slow, row) => {
    if (slow === 0) return;
    if (hit[row] === 1) counts.ran++;
    else if (hit.some((did, other) => did === 1 && other < row && end[other]! > start[row]!)) counts.behind++;
  });
  return counts;
}

function verdicts(simulation: Partial<Simulation>): { found: HeadOfLine; simulated: Simulated }[] {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const simulated = simulateServer({ ...BASE, ...simulation, seed: seed + 1 });
    return { found: askedOf(simulated), simulated };
  });
}

function counted(runs: readonly { found: HeadOfLine }[]): Record<HeadOfLine['verdict'], number> {
  const counts = { others: 0, itself: 0, mixed: 0, outside: 0, unknown: 0 };
  for (const { found } of runs) counts[found.verdict]++;
  return counts;
}

describe('a line that makes requests slow', () => {
  test('blocks the others in a server that does one thing at a time under load', () => {
    for (const hz of [500, 100]) {
      const runs = verdicts({ rate: 120, hz, planted: { ms: 60, chance: 0.012 } });
      const counts = counted(runs);
      assert.equal(counts.itself, 0, JSON.stringify(counts));
      assert.ok(counts.others >= 0.9 * SEEDS, JSON.stringify(counts));
    }
  });

  test('is slow itself in that server where hardly anybody else is there', () => {
    const counts = counted(verdicts({ rate: 3, duration: 200_000, hz: 100, planted: { ms: 60, chance: 0.06 } }));
    assert.equal(counts.others, 0, JSON.stringify(counts));
    assert.ok(counts.itself >= 0.6 * SEEDS, JSON.stringify(counts));
  });

  test('is slow itself in a server that does many things at a time, however many are in flight', () => {
    for (const rate of [60, 200]) {
      const counts = counted(verdicts({ rate, duration: 10_000, parallel: true, planted: { ms: 60, chance: 0.06 } }));
      assert.equal(counts.others + counts.mixed, 0, `${rate}: ${JSON.stringify(counts)}`);
      assert.ok(counts.itself >= 0.8 * SEEDS, `${rate}: ${JSON.stringify(counts)}`);
    }
  });

  test('is slow itself where thousands of others were answered while it ran', () => {
    const slow = Array.from({ length: 100 }, (_, i) => ({ start: 200 * i, end: 200 * i + 100 }));
    const quick = Array.from({ length: 40_000 }, (_, i) => ({ start: i / 2, end: i / 2 + 2 }));
    const all = [...slow, ...quick];
    const intervals = intervalsOf(
      Float64Array.from(all, ({ start }) => start),
      Float64Array.from(all, ({ end }) => end),
    );
    const phase = { start: 0, end: 20_000 };
    const ran = { episodes: slow, tolerance: 2, alone: null, outside: false };
    const found = headOfLine({ ...ran, intervals, tail: tailOver(intervals, 50), phase });
    assert.deepEqual(found, { verdict: 'itself', ran: 100, behind: 0, holdsUp: false });
  });

  test('comes with counts that agree with what every request did', () => {
    let known = 0;
    for (const rate of [30, 60, 120]) {
      for (const { found, simulated } of verdicts({ rate, planted: { ms: 60, chance: 0.02 } })) {
        if (found.verdict === 'unknown') continue;
        known++;
        const truth = truthOf(simulated);
        const [got, real] = [found, truth].map(({ ran, behind }) => behind / (ran + behind));
        assert.ok(Math.abs(got! - real!) < 0.15, `${rate}: ${got} against ${real}`);
      }
    }
    assert.ok(known >= SEEDS, `${known} known`);
  });
});
