import assert from 'node:assert/strict';
import test from 'node:test';
import { LevelSearch, type SearchTerms } from '../../src/find/level-search.ts';
import { mixSeed, seededRandom } from '../../src/load/arrivals/random.ts';
import { searchSimulated, WARMUP_MS } from '../support/searched-queue.ts';
import { edgeInTheory, simulateFixedQueue } from '../support/simulated-server-queue.ts';

const SERVICE = 2;
const CAPACITY = 1000 / SERVICE;
const TERMS: SearchTerms = {
  whole: false,
  least: 0.1 * CAPACITY,
  most: 1_000_000,
  start: 0.7 * CAPACITY,
  capacity: CAPACITY,
  precision: 0.1,
};
const queue = (rate: number, duration: number, seed: number) =>
  simulateFixedQueue({ seed, rate, service: SERVICE, duration });

/** As `find-rate` asks for: as many arrivals as the rate has in every quarter. */
function balancedQueue(rate: number, duration: number, seed: number): ReturnType<typeof queue> {
  for (let turn = 0; ; turn++) {
    const requests = queue(rate, duration, mixSeed(seed, turn));
    const [from, quarter] = [WARMUP_MS, (duration - WARMUP_MS) / 4];
    const counts = [0, 0, 0, 0];
    for (const time of requests.intended) if (time >= from) counts[Math.floor((time - from) / quarter)]!++;
    const expected = (rate * quarter) / 1000;
    if (counts.every((count) => Math.abs(count - expected) <= 0.5 * Math.sqrt(expected))) return requests;
  }
}

test('the band holds the edge of a queue as theory has it', () => {
  let [found, held] = [0, 0];
  const widths: number[] = [];
  for (const factor of [5, 7, 10]) {
    const edge = edgeInTheory(SERVICE, factor * SERVICE, 0.01);
    for (let seed = 1; seed <= 14; seed++) {
      const { search } = searchSimulated(
        balancedQueue,
        TERMS,
        { quantile: 0.99, limit: factor * SERVICE },
        80,
        seed * factor,
      );
      const { passesAt, failsAt } = search.answer;
      if (passesAt === null || failsAt === null) continue;
      found++;
      if (passesAt <= edge && failsAt >= edge) held++;
      widths.push((failsAt - passesAt) / ((failsAt + passesAt) / 2));
    }
  }
  widths.sort((a, b) => a - b);
  const told = `${held} of ${found} found of 42, median width ${widths[widths.length >> 1]}`;
  assert.ok(found >= 40, told);
  assert.ok(held >= 0.87 * found, told);
  assert.ok(widths[widths.length >> 1]! <= 0.14, told);
});

test('a server that fails at the lowest load has no level that passes, and the search ends', () => {
  const slow = (rate: number, duration: number, seed: number) =>
    simulateFixedQueue({ seed, rate, service: SERVICE, duration, delay: () => 100 });
  const { search, readings, took } = searchSimulated(slow, TERMS, { quantile: 0.99, limit: 50 }, 80, 1);
  assert.deepEqual(search.band.passesAt, null);
  assert.equal(search.standing(Math.min(...readings.map(({ level }) => level))), false);
  assert.ok(took < 80);
});

test('a server that is overloaded by little for a little while is not taken to hold', () => {
  // The limit is so generous that no request of a short probe misses it: only the growing queue tells.
  for (let seed = 1; seed <= 10; seed++) {
    const { search } = searchSimulated(queue, TERMS, { quantile: 0.99, limit: 5000 }, 80, seed);
    const { passesAt } = search.band;
    assert.ok(passesAt === null || passesAt < CAPACITY * 1.04, `passes at ${passesAt}, capacity ${CAPACITY}`);
  }
});

test('void probes count for neither side, and where they always come the generator is the limit', () => {
  const quick = (rate: number, duration: number, seed: number) =>
    simulateFixedQueue({ seed, rate, service: 0.01, duration });
  const terms = { ...TERMS, capacity: null };
  const { search } = searchSimulated(quick, terms, { quantile: 0.99, limit: 50 }, 80, 1, (rate) => rate < 2000);
  assert.equal(search.band.failsAt, null);
  assert.ok(search.band.passesAt! > 1000 && search.band.passesAt! < 2000, `${search.band.passesAt}`);
  assert.ok(search.generatorLimit! >= 2000 && search.generatorLimit! < 4000, `${search.generatorLimit}`);
});

test('where every probe is void the search ends and says so', () => {
  const { search } = searchSimulated(queue, TERMS, { quantile: 0.99, limit: 20 }, 80, 1, () => false);
  assert.equal(search.tooBusy, true);
  assert.deepEqual(search.band, { passesAt: null, failsAt: null });
});

test('noise between probes widens the band', () => {
  const width = (noisy: boolean): number => {
    const widths: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const answers = (rate: number, duration: number, of: number) =>
        simulateFixedQueue({
          seed: of,
          rate: rate * (noisy ? 0.8 + 0.4 * seededRandom(of)() : 1),
          service: SERVICE,
          duration,
        });
      const { passesAt, failsAt } = searchSimulated(answers, TERMS, { quantile: 0.99, limit: 16 }, 80, seed).search
        .band;
      widths.push(passesAt === null || failsAt === null ? 1 : failsAt / passesAt - 1);
    }
    return widths.reduce((sum, value) => sum + value, 0) / widths.length;
  };
  assert.ok(width(true) > 1.3 * width(false), `${width(true)} beside ${width(false)}`);
});

test('users are searched in whole numbers, to neighbours', () => {
  const search = new LevelSearch({ whole: true, least: 1, most: 100_000, start: 4, capacity: null, precision: 0.01 });
  const tried: number[] = [];
  for (let next = search.next(); next !== null && tried.length < 40; next = search.next()) {
    tried.push(next.level);
    search.add({
      level: next.level,
      valid: true,
      limited: false,
      overwhelmed: false,
      pilesUp: false,
      objectives: [{ ok: next.level <= 23 }],
    });
  }
  assert.deepEqual(search.band, { passesAt: 23, failsAt: 24 });
  assert.ok(tried.length < 15 && tried.every(Number.isInteger), tried.join());
});

test('a probe that was void for want of a core is made again, and sets no limit', () => {
  const search = new LevelSearch({ ...TERMS, capacity: null });
  const seen = (level: number, valid: boolean) => ({
    level,
    valid,
    limited: false,
    overwhelmed: false,
    pilesUp: false,
    objectives: [{ ok: true }],
  });
  search.add(seen(search.next()!.level, true));
  const { level } = search.next()!;
  search.add(seen(level, false));
  search.add(seen(level, false));
  assert.equal(search.next()?.level, level);
  assert.equal(search.generatorLimit, null);
});
