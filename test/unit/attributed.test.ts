import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AttributedCorrelation,
  attributedShares,
  correlateAttributed,
} from '../../src/correlate/attributed/attributed.ts';
import { ownedViewWeights } from '../../src/correlate/attributed/owned-time-line.ts';
import { Owners, ownerAt } from '../../src/correlate/attributed/owners.ts';
import { requestShares } from '../../src/correlate/share-tables.ts';
import type { ViewMaterial } from '../../src/correlate/views/view-material.ts';
import { weighView } from '../../src/correlate/views/weigh-view.ts';
import { awaitedFinding } from '../../src/correlate/waits/awaited.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { ResolvedPlan } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { type Frame, type Profile, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { viewSentence } from '../../src/report/view-words.ts';
import { Attributing } from '../../src/runner/profiling/attributing.ts';
import { findSlowLines } from '../../src/runner/profiling/slow-lines.ts';
import { SourceLines } from '../../src/runner/profiling/source-lines.ts';
import type { Attribution } from '../../src/runs/attribution.ts';
import { OUTCOMES, PHASES, REQUEST_OFFSET, REQUEST_WIDTH, tableFromRows } from '../../src/runs/request-table.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { streamPlan } from '../support/stream-run.ts';

interface Span {
  readonly request: number;
  readonly start: number;
  readonly end: number;
}

function attributionOf(worked: readonly Span[], suspended: readonly Span[] = []): Attribution {
  const spans = (rows: readonly Span[]) => {
    const sorted = rows.toSorted((a, b) => a.start - b.start);
    return {
      request: Float64Array.from(sorted, ({ request }) => request),
      thread: new Int32Array(sorted.length),
      start: Float64Array.from(sorted, ({ start }) => start),
      end: Float64Array.from(sorted, ({ end }) => end),
    };
  };
  return {
    threads: [{ pid: 7, id: '1' }],
    worked: spans(worked),
    suspended: { ...spans(suspended), place: new Int32Array(suspended.length) },
    places: [
      [
        { function: 'read', file: '/usr/lib/python3.11/asyncio/streams.py', line: 700 },
        { function: 'fetch_profile', file: '/srv/client.py', line: 31 },
        { function: 'handle', file: '/srv/app.py', line: 9 },
      ],
    ],
    lost: 0,
  };
}

test('of stretches within each other the inner one counts, and what lies between two may be reached by a clock’s error', () => {
  const attribution = attributionOf([
    { request: 11, start: 0, end: 10 },
    { request: 12, start: 2, end: 4 },
    { request: 11, start: 12, end: 14 },
    { request: 99, start: 20, end: 21 },
  ]);
  const ids = Float64Array.of(11, 12);
  const exact = new Owners(attribution, ids).timeOf(0)!;
  assert.deepEqual(
    [-1, 1, 3, 5, 11, 13, 20.5, 30].map((time) => ownerAt(exact, time)),
    [-1, 0, 1, 0, -1, 0, -1, -1],
  );
  const wide = new Owners(attribution, ids, 3).timeOf(0)!;
  assert.deepEqual(
    [-2, -4, 10.9, 11.1, 16.9, 17.1].map((time) => ownerAt(wide, time)),
    [0, -1, 0, 0, 0, -1],
  );
});

/** One event loop: steps of requests, each with what it runs, one after the other as soon as it is due. */
class Loop {
  readonly worked: Span[] = [];
  readonly suspended: Span[] = [];
  readonly #builder = new ProfileBuilder();
  readonly #thread = this.#builder.thread({ pid: 7, id: '1', name: '' });
  readonly #idle = this.#stack('select', '/usr/lib/python3.11/selectors.py', 468);
  #free = 0;

  /** @returns when the step ended */
  step(request: number, due: number, name: string, line: number, ms: number): number {
    const start = Math.max(due, this.#free);
    this.#samples(this.#free, start, this.#idle, WAITING);
    this.#samples(start, start + ms, this.#stack(name, '/srv/app.py', line), RUNNING);
    this.worked.push({ request, start, end: start + ms });
    this.#free = start + ms;
    return this.#free;
  }

  profile(): Profile {
    return this.#builder.build('', 'ms', true);
  }

  #samples(from: number, to: number, stack: number, state: number): void {
    for (let time = Math.ceil(from); time < to; time++) this.#builder.sample(time, stack, this.#thread, 1, state);
  }

  #stack(name: string, file: string, line: number): number {
    return this.#builder.stack(-1, this.#builder.frame({ function: name, file, line: null, column: null }), line);
  }
}

interface Step {
  readonly request: number;
  readonly due: number;
  readonly left: readonly (readonly [name: string, line: number, ms: number, awaits: number])[];
}

/** Runs requests that each take some steps and await something after each; the loop takes what became ready first. */
function serve(requests: readonly Step[]) {
  const loop = new Loop();
  const queue = [...requests];
  const end = new Float64Array(requests.length);
  for (;;) {
    queue.sort((a, b) => a.due - b.due);
    const next = queue.shift();
    if (next === undefined) break;
    const [[name, line, ms, awaits], ...left] = next.left as [Step['left'][number], ...Step['left']];
    const ended = loop.step(next.request, next.due, name, line, ms);
    if (left.length === 0) {
      end[next.request] = ended;
      continue;
    }
    queue.push({ request: next.request, due: ended + awaits, left });
    loop.suspended.push({ request: next.request, start: ended, end: ended + awaits });
  }
  // A coroutine is suspended until its next step.
  const suspended = loop.suspended.map((span) => {
    const resumed = loop.worked.find(({ request, start }) => request === span.request && start >= span.end);
    return { ...span, end: resumed?.start ?? span.end };
  });
  const start = Float64Array.from(requests, ({ due }) => due);
  return { profile: loop.profile(), attribution: attributionOf(loop.worked, suspended), start, end };
}

function analyse({ profile, attribution, start, end }: ReturnType<typeof serve>): AttributedCorrelation {
  const phase = { start: 0, end: end.reduce((most, value) => Math.max(most, value), 0) };
  const isUserCode = (frame: Frame): boolean => frame.file?.startsWith('/srv/') === true;
  const input = { profile, requests: { start, end }, phase, isUserCode, seed: 3 };
  return correlateAttributed(
    input,
    attribution,
    Float64Array.from(start, (_, id) => id),
  );
}

/** Every 25th request runs 40 ms more, and others wait for it. */
function serveRebuilding(): ReturnType<typeof serve> {
  return serve(
    arrivals(1500, 20, 8).map((due, request) => ({
      request,
      due,
      left: [
        ['handle', 10, 3, 0],
        ['rebuild', 42, request % 25 === 7 ? 40 : 0.5, 0],
      ],
    })),
  );
}

function arrivals(count: number, everyMs: number, seed: number): number[] {
  const random = seededRandom(seed);
  let at = 0;
  return Array.from({ length: count }, () => {
    at -= Math.log(1 - random()) * everyMs;
    return at;
  });
}

describe('with exact attribution', () => {
  test('a line that slow requests run in turns with others is found, with shares of 0 and 1 and nothing between', () => {
    // Every 25th request runs 8 × 5 ms more, and after each 5 ms lets the others run.
    const rebuild = Array.from({ length: 8 }, () => ['rebuild', 42, 5, 0] as const);
    const served = serve(
      arrivals(1500, 12, 1).map((due, request) => ({
        request,
        due,
        left: [['handle', 10, 3, 4], ...(request % 25 === 7 ? rebuild : []), ['encode', 20, 2, 0]],
      })),
    );
    const found = analyse(served);
    assert.deepEqual(found.attributed, { count: 1500, of: 1500, sampled: 1, isEnough: true });
    const [finding] = found.findings;
    assert.equal(finding?.function, 'rebuild');
    assert.equal(finding?.line, 42);
    // 40 of 45 ms; others never run it, though they are in flight with it.
    assert.ok(Math.abs(finding!.tailShare! - 40 / 45) < 0.05, `${finding!.tailShare}`);
    assert.ok(finding!.restShare! < 0.02, `${finding!.restShare}`);
    const { profile, start, end } = served;
    const phase = { start: 0, end: Math.max(...end) };
    const ids = Float64Array.from(start, (_, id) => id);
    const intervals = { start, end, latency: end.map((at, id) => at - start[id]!), request: ids };
    const material = { profile, attribution: served.attribution } as ViewMaterial;
    const line = attributedShares(material, intervals, phase, null)!.lines.find(({ line: number }) => number === 42)!;
    assert.ok(Math.abs(line.tail! - 40 / 45) < 0.05 && line.rest! < 0.02, JSON.stringify(line));
    assert.equal(attributedShares({ profile } as ViewMaterial, intervals, phase, null), null);
    const overlap = requestShares(profile, intervals, phase, null);
    const shared = overlap.functions.find(({ frame }) => frame.function === 'rebuild');
    assert.ok(shared!.rest! > 5 * finding!.restShare!, 'by overlap in time it is shared among all in flight');
  });

  test('two requests in turns on one event loop: the split of their samples is that of their steps', () => {
    const served = serve([
      {
        request: 0,
        due: 0,
        left: [
          ['a', 1, 30, 0],
          ['a', 1, 30, 0],
          ['a', 1, 10, 0],
        ],
      },
      {
        request: 1,
        due: 1,
        left: [
          ['b', 2, 5, 0],
          ['b', 2, 15, 0],
        ],
      },
    ]);
    const owners = new Owners(served.attribution, Float64Array.of(0, 1));
    const { tail, rest } = ownedViewWeights(served.profile, owners, Uint8Array.of(1, 0));
    const sum = (weights: Float64Array): number => weights.reduce((all, weight) => all + weight, 0);
    assert.equal(sum(tail), 70);
    assert.equal(sum(rest), 20);
  });

  test('the views of slow and of other requests show the samples of each, and nothing of the others', () => {
    const served = serve(
      arrivals(400, 8, 5).map((due, request) => ({
        request,
        due,
        left:
          request % 20 === 7
            ? [
                ['rebuild', 42, 5, 0],
                ['rebuild', 42, 30, 0],
              ]
            : [
                ['handle', 10, 3, 4],
                ['encode', 20, 2, 0],
              ],
      })),
    );
    const { profile, attribution, start, end } = served;
    const ids = Float64Array.from(start, (_, id) => id);
    const rows = Array.from(ids, (id) => {
      const row = new Float64Array(REQUEST_WIDTH);
      row[REQUEST_OFFSET.id] = id;
      row[REQUEST_OFFSET.phase] = PHASES.indexOf('profiled');
      row[REQUEST_OFFSET.outcome] = OUTCOMES.indexOf('ok');
      row[REQUEST_OFFSET.intended] = start[id]!;
      row[REQUEST_OFFSET.sent] = start[id]!;
      row[REQUEST_OFFSET.end] = end[id]!;
      return [...row];
    });
    const requests = tableFromRows(Float64Array.from(rows.flat()));
    const phase = { start: 0, end: Math.max(...end) };
    const none = {
      chunks: [],
      gpus: [],
      steps: ['request'],
      groups: [],
      limits: { latency: 25, ttft: null, gap: null },
    };
    const weighed = (kind: 'slow' | 'other', name: string): number => {
      const view = weighView({ kind }, { profile, requests, phase, attribution, ...none });
      assert.ok('weights' in view, JSON.stringify(view));
      assert.match(
        viewSentence({ kind }, view, { threads: [], gpus: [], origin: 0 }),
        /^What ran for .*, as the service told: /,
      );
      const of = (row: number): string => profile.frames[profile.stacks.frame[profile.samples.stack[row]!]!]!.function;
      return view.weights.reduce((sum, weight, row) => sum + (of(row) === name ? weight : 0), 0);
    };
    const slow = Array.from(ids).filter((id) => end[id]! - start[id]! > 25);
    const rebuilt = slow.filter((id) => id % 20 === 7).length * 35;
    assert.equal(weighed('other', 'rebuild'), 0);
    assert.ok(Math.abs(weighed('slow', 'rebuild') - rebuilt) <= 20, `${weighed('slow', 'rebuild')} of ${rebuilt}`);
    const handled = (400 - 20 - slow.filter((id) => id % 20 !== 7).length) * 3;
    assert.ok(Math.abs(weighed('other', 'handle') - handled) <= 30, `${weighed('other', 'handle')} of ${handled}`);
  });

  test('the awaited line is named, and no line that ran', () => {
    const served = serve(
      arrivals(1500, 10, 2).map((due, request) => ({
        request,
        due,
        left: [
          ['handle', 10, 1, request % 20 === 7 ? 90 : 8],
          ['encode', 20, 1, 0],
        ],
      })),
    );
    const [finding, ...others] = analyse(served).findings;
    assert.equal(finding?.kind, 'waited');
    assert.equal(finding?.function, 'fetch_profile');
    assert.equal(finding?.file, '/srv/client.py');
    assert.equal(finding?.line, 31);
    assert.deepEqual(others, []);
    // 90 of 92 ms, and the 91st may have ended while the loop worked for others.
    assert.ok(finding!.tailShare! > 0.93 && finding!.tailShare! < 0.985, `${finding!.tailShare}`);
    assert.match(
      finding!.evidence![0]!,
      /slow requests took 8\d ms longer than others, and waited 8\d ms longer there/,
    );
  });

  test('for first tokens overlap in time is what counts, since a service tells of whole requests', () => {
    const served = serveRebuilding();
    const { profile, attribution, start, end } = served;
    const requests = [...start].map((at, id) => ({ start: at, end: end[id]!, firstContent: end[id]! }));
    const phases = [{ phase: 'profiled' as const, start: 0, end: Math.max(...end) }];
    const run = { profile, clockErrorMs: 0, table: placedRequests(requests), phases, cwd: '/srv', attribution };
    const beside = { series: [], source: new SourceLines(), looks: [] };
    const foundBy = (plan: ResolvedPlan): { exact: number; findings: number; told: number | undefined } => {
      const { correlation, attributed } = findSlowLines({ ...run, ...beside, plan });
      const exact = correlation.findings.filter(({ evidence }) =>
        evidence?.some((sentence) => sentence.startsWith('Known exactly')),
      );
      return { exact: exact.length, findings: correlation.findings.length, told: attributed?.count };
    };
    const whole = plainPlan({ url: 'http://127.0.0.1:8000/', method: 'POST', headers: {}, body: '{}' });
    const { exact } = foundBy(resolvePlan(whole, steadyRate(50, 30_000)));
    assert.ok(exact > 0);
    const streamed = foundBy(streamPlan());
    assert.deepEqual([streamed.exact, streamed.told], [0, 1500]);
    assert.ok(streamed.findings > 0);
  });

  test('a line is not named where a few moments alone made what slow requests waited there', () => {
    // Of 1500 requests 70 are slow, and ten of them waited for nearly two seconds: all in one moment, or each at its own.
    const named = (waits: (row: number) => boolean): boolean => {
      const rows = Array.from({ length: 1500 }, (_, row) => row);
      const isSlow = (row: number): boolean => waits(row) || row % 25 === 13;
      const start = Float64Array.from(rows, (row) => row * 20);
      const end = Float64Array.from(rows, (row) => row * 20 + (waits(row) ? 2000 : isSlow(row) ? 30 : 5));
      const waited = Float64Array.from(rows, (row) => (waits(row) ? 1990 : isSlow(row) ? 0 : 0.1));
      const place = { function: 'fetch', file: '/srv/client.py', line: 31 };
      const found = awaitedFinding(
        { places: [place], waited: [waited], begins: [0] },
        { start, end },
        Uint8Array.from(rows, (row) => Number(isSlow(row))),
        3,
        (file) => file,
        'slow requests',
      );
      return found !== null;
    };
    assert.equal(
      named((row) => row >= 700 && row < 710),
      false,
    );
    assert.equal(
      named((row) => row % 150 === 100),
      true,
    );
  });

  test('who is suspended while the loop works for another waits for that, and nothing awaited is named', () => {
    // A block of 80 ms for one request of 25 makes those around it slow: they stand at an await, and wait for the loop.
    const served = serve(
      arrivals(1500, 20, 3).map((due, request) => ({
        request,
        due,
        left: [
          ['handle', 10, 1, 2],
          ...(request % 25 === 7 ? [['block', 50, 80, 0] as const] : []),
          ['encode', 20, 1, 0],
        ],
      })),
    );
    const { findings } = analyse(served);
    assert.ok(!findings.some(({ kind }) => kind === 'waited'));
    assert.equal(findings[0]?.function, 'block');
  });

  test('what a request left behind and goes on after its answer was not waited for', () => {
    const served = serve(
      arrivals(1500, 20, 6).map((due, request) => ({
        request,
        due,
        left: request % 20 === 7 ? [['rebuild', 42, 60, 0]] : [['handle', 10, 3, 0]],
      })),
    );
    const { worked } = served.attribution;
    const behind = Array.from(served.start, (start, request) => ({ request, start, end: served.end[request]! + 500 }));
    const { suspended } = attributionOf([], behind);
    const { findings } = analyse({ ...served, attribution: { ...served.attribution, worked, suspended } });
    assert.ok(!findings.some(({ function: name }) => name === 'fetch_profile'));
    assert.equal(findings[0]?.function, 'rebuild');
  });

  test('where few requests were told of, overlap in time is what counts', () => {
    const served = serve(arrivals(600, 10, 4).map((due, request) => ({ request, due, left: [['handle', 10, 2, 0]] })));
    const { worked } = served.attribution;
    const few = {
      ...served.attribution,
      worked: { ...worked, request: worked.request.map((id) => (id < 100 ? id : -5)) },
    };
    const { count, of, isEnough } = analyse({ ...served, attribution: few }).attributed;
    assert.deepEqual([count, of, isEnough], [100, 600, false]);
  });

  test('where the service tells of threads that were not sampled, as a container does by its own ids, findings stand as without', () => {
    const served = serveRebuilding();
    const elsewhere = { ...served.attribution, threads: [{ pid: 1, id: '1' }] };
    const found = analyse({ ...served, attribution: elsewhere });
    assert.equal(found.attributed.sampled, 0);
    assert.equal(found.findings[0]?.function, 'rebuild');
    const note = new Attributing().note(elsewhere, found.attributed, 'latency');
    assert.match(
      note,
      /^Exactly attributed: 1500 of 1500 requests\. Findings go by overlap in time all the same: only 0 %/,
    );
    const { attributed } = analyse(served);
    const same = new Attributing().note(served.attribution, attributed, 'latency');
    assert.equal(same, 'Exactly attributed: 1500 of 1500 requests.');
    const streamed = new Attributing().note(served.attribution, attributed, 'ttft');
    assert.equal(
      streamed,
      `${same} Findings are of first tokens and go by overlap in time; the views of slow requests are exact.`,
    );
  });
});
