import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { type Cascade, findCascade, type StepRows } from '../../src/load/measure/cascade.ts';
import { capacityOf, type Queues, type Service, simulateQueues } from '../support/simulated-queues.ts';

const STEPS = ['cart', 'reserve', 'pay', 'order'];
const SPAN = { start: 0, end: 30_000 };
/** Iterations a second: 20, then rising to 150. */
const rising = (time: number): number => 20 + Math.max(0, time - 6_000) * (130 / 24_000);
/** When the rise reaches a rate. */
const reaches = (rate: number): number => 6_000 + ((rate - 20) * 24_000) / 130;

/** A checkout whose steps take about 4, 16, 120 and 8 ms, and manage `capacities` requests a second. */
function checkout(seed: number, capacities: readonly number[]): Queues {
  const random = seededRandom(seed);
  const narrow = capacities.indexOf(Math.min(...capacities));
  const services = [4, 16, 120, 8].map((work, step): Service => {
    const servers = Math.max(1, Math.round((work * (0.5 + random()) * capacities[step]!) / 1000));
    const held = step + 1 === narrow ? 60 : 400;
    return { work: (servers / capacities[step]!) * 1000, servers, workers: servers + 20, held };
  });
  return { seed, services, rate: rising, duration: SPAN.end, patience: 500, spread: 0.3 };
}

const only = (step: number, capacity: number, others: number): number[] =>
  STEPS.map((_, other) => (other === step ? capacity : others));

function find(rows: StepRows, rate?: (at: number) => number): Cascade | null {
  return findCascade(rows, STEPS, SPAN, rate);
}

interface Row {
  step: number;
  intended: number;
  latency: number;
  ok: boolean;
}

/** `rate` requests a second of every step, the same as `answer` makes them: latency in ms, null a failure after 5 ms. */
function steady(rate: number, answer: (step: number, time: number, index: number) => number | null, seed = 1): Row[] {
  const random = seededRandom(seed);
  const rows: Row[] = [];
  for (let index = 0; index < (SPAN.end / 1000) * rate; index++) {
    const intended = ((index + random()) / rate) * 1000;
    STEPS.forEach((_, step) => {
      const latency = answer(step, intended, index);
      rows.push({ step, intended, latency: latency ?? 5, ok: latency !== null });
    });
  }
  return rows;
}

function columns(rows: readonly Row[]): StepRows {
  return {
    step: Uint8Array.from(rows, ({ step }) => step),
    intended: Float64Array.from(rows, ({ intended }) => intended),
    latency: Float64Array.from(rows, ({ latency }) => latency),
    ok: Uint8Array.from(rows, ({ ok }) => Number(ok)),
  };
}

for (const [step, name] of STEPS.entries()) {
  test(`under a rising load the step that is full first is named: ${name}`, () => {
    let alone = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const queues = checkout(seed, only(step, 66, 300));
      assert.equal(Math.round(capacityOf(queues.services[step]!)), 66);
      const cascade = find(simulateQueues(queues));
      assert.equal(cascade?.first.step, step, `seed ${seed}: ${cascade?.sentence}`);
      // Its queue grows from 66/s on for good, and for moments from about 80 % of that.
      const full = reaches(66);
      assert.ok(cascade.first.at > reaches(45) && cascade.first.at < full + 3_000, `seed ${seed}: ${cascade.sentence}`);
      if (!cascade.followed.some(({ together }) => together)) alone++;
    }
    assert.ok(alone >= 9, `alone in ${alone} of 10`);
  });

  test(`also where the others have only half as much room again: ${name}`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const cascade = find(simulateQueues(checkout(seed, only(step, 66, 100))));
      assert.equal(cascade?.first.step, step, `seed ${seed}: ${cascade?.sentence}`);
    }
  });

  test(`a step that slows down at a moment is named with the moment: ${name}`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const factor = (service: number, time: number): number => (service === step && time >= 15_000 ? 4 : 1);
      const cascade = find(
        simulateQueues({ ...checkout(seed, only(step, 66, 300)), rate: () => 40, factor }),
        () => 40,
      );
      assert.equal(cascade?.first.step, step, `seed ${seed}: ${cascade?.sentence}`);
      assert.ok(Math.abs(cascade.first.at - 15_000) < 500, `seed ${seed}: ${cascade.first.at}`);
      assert.match(cascade.sentence, new RegExp(`^"${name}" .*15 s in at 40 iterations/s`));
    }
  });
}

test('those it drags along come after it', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { followed } = find(simulateQueues(checkout(seed, only(2, 66, 300))))!;
    // Who reserves waits until it is paid, and who orders asks whether it is.
    assert.deepEqual(followed.map(({ step }) => step).sort(), [1, 3], `seed ${seed}`);
    assert.ok(followed[0]!.at <= followed[1]!.at);
  }
});

test('nothing is named in a healthy run', () => {
  for (let seed = 1; seed <= 20; seed++) {
    assert.equal(find(simulateQueues(checkout(seed, [300, 300, 300, 300]))), null, `seed ${seed}`);
    const failing = { ...checkout(seed, [300, 300, 300, 300]), failing: 0.02 };
    assert.equal(find(simulateQueues(failing)), null, `seed ${seed}, 2 % failing`);
  }
});

test('nor where a step has two speeds, a few failures all along, rare pauses or a cold start', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(100 + seed);
    const answers: Record<string, (step: number, time: number) => number | null> = {
      speeds: () => (random() < 0.24 ? 200 : 10),
      failures: () => (random() < 0.08 ? null : 10),
      pauses: (_, time) => 10 + (time % 5_000 > 4_700 ? 5_000 - (time % 5_000) : 0),
      cold: (_, time) => 10 + 5 * random() + Math.max(0, 120 - time / 100),
      tails: () => 10 * (1 - random()) ** -0.9,
    };
    for (const [name, answer] of Object.entries(answers)) {
      const cascade = find(columns(steady(50, answer, seed)));
      assert.equal(cascade, null, `${name}, seed ${seed}: ${cascade?.sentence}`);
    }
  }
});

test('what slows down all steps at once is said to be together', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const factor = (_: number, time: number): number => (time >= 15_000 ? 5 : 1);
    const cascade = find(simulateQueues({ ...checkout(seed, [300, 300, 300, 300]), rate: () => 40, factor }))!;
    assert.deepEqual([cascade.first.step, ...cascade.followed.map(({ step }) => step)].sort(), [0, 1, 2, 3]);
    assert.ok(
      cascade.followed.every(({ together }) => together),
      `seed ${seed}: ${JSON.stringify(cascade)}`,
    );
    assert.match(
      cascade.sentence,
      /^"\w+", "\w+", "\w+" and "\w+" went wrong together, 15 s in: p75 of "\w+" rose from /,
    );
    assert.equal(cascade.sentence, cascade.first.sentence);
  }
});

test('requests count when they were sent: a long timeout is not late', () => {
  const rows = steady(50, (step, time) => (step === 1 && time >= 14_000 ? 300 : 10)).map((row) =>
    // It was not answered within 10 s, which is known at 22 s.
    row.step === 2 && row.intended >= 12_000 ? { ...row, latency: 10_000, ok: false } : row,
  );
  const cascade = find(columns(rows))!;
  assert.equal(
    cascade.sentence,
    '"pay" went wrong first, 12 s in: failures rose from 0 % to 100 %. "reserve" followed 2 s later.',
  );
  assert.equal(cascade.first.why, 'failures');
  assert.equal(cascade.followed[0]!.why, 'latency');
});

test('so do those that the end of the run cut off', () => {
  const rows = steady(50, (step, time) => (step === 3 && time >= 20_000 ? 31_000 - time : 10));
  assert.equal(find(columns(rows))?.first.step, 3);
});

test('the sentence has the step, the moment, the rate and what changed', () => {
  const rows = steady(50, (step, time) => {
    const since = [Number.POSITIVE_INFINITY, 16_000, 14_000, 17_000][step]!;
    return time >= since ? 340 : 21;
  });
  const cascade = find(columns(rows), (at) => (at > 13_900 && at < 14_100 ? 62 : 0))!;
  assert.equal(
    cascade.first.sentence,
    '"pay" went wrong first, 14 s in at 62 iterations/s: p75 rose from 21 ms to 340 ms.',
  );
  assert.equal(cascade.sentence, `${cascade.first.sentence} "reserve" followed 2 s later, "order" 3 s later.`);
  const order = [2, 1, 3];
  assert.deepEqual([cascade.first.step, ...cascade.followed.map(({ step }) => step)], order);
  // In whatever order the rows come, on whatever clock.
  const random = seededRandom(5);
  const shuffled = rows
    .map((row) => ({ row: { ...row, intended: row.intended + 7_000 }, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
  const later = findCascade(columns(shuffled), STEPS, { start: 7_000, end: 37_000 })!;
  assert.deepEqual([later.first.step, ...later.followed.map(({ step }) => step)], order);
  assert.ok(Math.abs(later.first.at - cascade.first.at) < 1);
});

test('a hiccup did not break what broke later', () => {
  const answer = (step: number, time: number): number => {
    if (step === 0 && time >= 5_000 && time < 8_000) return 200;
    return step === 2 && time >= 14_000 ? 400 : 20;
  };
  assert.equal(find(columns(steady(50, answer)))?.first.step, 2);
  // Where it lasts, it is what went wrong.
  const lasting = (step: number, time: number): number => (step === 0 && time >= 5_000 && time < 12_000 ? 200 : 20);
  assert.equal(find(columns(steady(50, lasting)))?.first.step, 0);
});

test('a step that fails from its first request on went wrong from the start', () => {
  const random = seededRandom(9);
  const rows = steady(50, (step, time) => {
    if (step === 1 && random() < 0.4) return null;
    return step === 3 && time >= 10_000 ? 300 : 10;
  });
  const cascade = find(columns(rows))!;
  assert.equal(cascade.first.step, 1);
  assert.equal(cascade.first.at, 0);
  assert.match(
    cascade.sentence,
    /^"reserve" went wrong first, from the start: (39|40|41) % of the requests failed\. "order" followed 10 s later\.$/,
  );
});

test('fewer requests of a later step are no fault of its own', () => {
  const random = seededRandom(3);
  const rows = steady(50, (step, time) => (step === 2 && time >= 12_000 && random() < 0.9 ? null : 20));
  const paid = new Set(rows.filter(({ step, ok }) => step === 2 && ok).map(({ intended }) => intended));
  const cascade = find(columns(rows.filter(({ step, intended }) => step !== 3 || paid.has(intended))))!;
  assert.equal(cascade.first.step, 2);
  assert.deepEqual(cascade.followed, []);
});

test('where a step gets few requests a second, windows are longer', () => {
  const rows = steady(4, (step, time) => (step === 1 && time >= 15_000 ? 500 : 20));
  const cascade = find(columns(rows))!;
  assert.equal(cascade.first.step, 1);
  assert.ok(Math.abs(cascade.first.at - 15_000) < 1_000);
  // Too few for five windows of twenty.
  assert.equal(find(columns(steady(2, (step, time) => (step === 1 && time >= 15_000 ? 500 : 20)))), null);
  assert.equal(find(columns([])), null);
});
