import assert from 'node:assert/strict';
import test from 'node:test';
import { type JudgedObjective, judgeObjective } from '../../src/load/measure/judged-objective.ts';
import { nameOf, type Objective, parseObjective } from '../../src/load/measure/objective.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { dataOf, type Row, row } from '../support/measured-rows.ts';

const judged = (text: string, rows: readonly Row[]): JudgedObjective =>
  judgeObjective(parseObjective(text), dataOf(rows));
/** Requests of 1, 2, …, n ms, from the slowest to the fastest. */
const upTo = (n: number, more: Partial<Row> = {}): Row[] =>
  Array.from({ length: n }, (_, i) => row((i * 10_000) / n, n - i, more));
const parts = ({ metric, statistic, quantile, operator, limit, selector }: Objective): unknown[] => [
  metric,
  statistic,
  quantile,
  operator,
  limit,
  { ...selector },
];

test('the grammar is k6’s, with a metric and a selector before it', () => {
  const cases: [string, unknown[]][] = [
    ['p(99)<250', ['latency', 'p', 0.99, '<', 250, {}]],
    [' p( 99.9 ) <= 1.5s ', ['latency', 'p', 0.999, '<=', 1500, {}]],
    ['med<20', ['latency', 'med', 0.5, '<', 20, {}]],
    ['avg>=.5', ['latency', 'avg', null, '>=', 0.5, {}]],
    ['rate<1%', ['failures', 'rate', null, '<', 0.01, {}]],
    ['rate <0.07', ['failures', 'rate', null, '<', 0.07, {}]],
    ['rate<7%', ['failures', 'rate', null, '<', 0.07, {}]],
    ['count>100', ['requests', 'count', null, '>', 100, {}]],
    ['latency{step:cart}: p(95)<300', ['latency', 'p', 0.95, '<', 300, { step: 'cart' }]],
    ['latency p(95)<300ms', ['latency', 'p', 0.95, '<', 300, {}]],
    ['p(95){step:cart}<300', ['latency', 'p', 0.95, '<', 300, { step: 'cart' }]],
    ['rate{step:cart}<0.01', ['failures', 'rate', null, '<', 0.01, { step: 'cart' }]],
    ['{step:cart}: p(95)<300', ['latency', 'p', 0.95, '<', 300, { step: 'cart' }]],
    [
      'failures{scenario: buy, tier:gold}: count==0',
      ['failures', 'count', null, '==', 0, { scenario: 'buy', tier: 'gold' }],
    ],
    ['latency{step:POST /a:b (2)}: max<1m', ['latency', 'max', null, '<', 60_000, { step: 'POST /a:b (2)' }]],
    ['latency{step:"a, {b}"}: max<1', ['latency', 'max', null, '<', 1, { step: 'a, {b}' }]],
    ['latency{phase:peak}:p(90)<9', ['latency', 'p', 0.9, '<', 9, { stage: 'peak' }]],
    ['requests: rate>50/s', ['requests', 'rate', null, '>', 50, {}]],
    ['bytes: max<64KB', ['bytes', 'max', null, '<', 64_000, {}]],
    ['http_req_duration{scenario:buy}: p(99)<250', ['latency', 'p', 0.99, '<', 250, { scenario: 'buy' }]],
    ['http_req_failed: rate<0.01', ['failures', 'rate', null, '<', 0.01, {}]],
    ['http_reqs: rate>50', ['requests', 'rate', null, '>', 50, {}]],
    ['iteration_duration: p(95)<2s', ['end_to_end', 'p', 0.95, '<', 2000, {}]],
    ['dropped_iterations: count==0', ['dropped', 'count', null, '==', 0, {}]],
    ['http_req_waiting: avg<9', ['first_byte', 'avg', null, '<', 9, {}]],
    ['http_req_blocked: avg<9', ['pool_wait', 'avg', null, '<', 9, {}]],
    ['ttft: p(99)<0.5s', ['ttft', 'p', 0.99, '<', 500, {}]],
    ['time_to_first_token: p(99)<500', ['ttft', 'p', 0.99, '<', 500, {}]],
    ['first_visible: med<1s', ['first_visible', 'med', 0.5, '<', 1000, {}]],
    ['itl{step:ask}: p(99)<50', ['gap', 'p', 0.99, '<', 50, { step: 'ask' }]],
    ['inter_chunk_latency: max<50', ['gap', 'max', null, '<', 50, {}]],
    ['tpot: p(95)<50', ['tpot', 'p', 0.95, '<', 50, {}]],
    ['time_per_output_token: avg<50', ['tpot', 'avg', null, '<', 50, {}]],
    ['e2el: p(95)<9s', ['latency', 'p', 0.95, '<', 9000, {}]],
    ['output_token_throughput: rate>1000/s', ['output_tokens', 'rate', null, '>', 1000, {}]],
    ['output_tokens: count>=100', ['output_tokens', 'count', null, '>=', 100, {}]],
    ['goodput: rate>60/min', ['goodput', 'rate', null, '>', 1, {}]],
    ['good: rate>95%', ['good', 'rate', null, '>', 0.95, {}]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parts(parseObjective(text)), expected, text);
});

test('an objective is named as people say it', () => {
  const names = {
    'p(99.9)<1': 'p99.9',
    'service{step:cart}: p(95)<1': 'service p95 of step "cart"',
    'rate<1%': 'share of failures',
    'requests{stage:peak}: rate>5': 'answered requests a second of stage "peak"',
    'ttft: p(99)<1': 'ttft p99',
    'goodput: rate>5': 'goodput',
    'good: rate>95%': 'share of good requests',
    'output_tokens: rate>5': 'output tokens a second',
  };
  for (const [text, name] of Object.entries(names)) assert.equal(nameOf(parseObjective(text)), name);
});

test('what is not an objective is named, with what may have been meant and an example', () => {
  const cases: [string, RegExp][] = [
    ['p99<250', /Write one such as p\(99\)<250/],
    ['p(99)=3', /is not an objective/],
    ['p(99)<-3', /is not an objective/],
    ['', /is not an objective/],
    ['{a:b}p(9){c:d}<1', /is not an objective/],
    ['p(100)<1', /between 0 and 100/],
    ['p()<1', /between 0 and 100/],
    ['p(x)<1', /between 0 and 100/],
    ['avg(3)<1', /takes nothing in brackets/],
    ['latency<3', /does not say what of latency\. Write one such as latency: p\(99\)<250/],
    ['maxx<3', /there is no "maxx"\. Did you mean max\?/],
    ['latencey: p(99)<3', /no metric "latencey"\. Did you mean latency\? For example latency: p\(99\)<250/],
    ['end-to-end: p(99)<3', /Did you mean end_to_end\?/],
    ['http_req_durations: p(99)<3', /Did you mean http_req_duration\?/],
    ['constructor: p(99)<3', /no metric "constructor"/],
    ['zzz: p(99)<3', /There are latency, end_to_end,/],
    ['latency: rate<0.1', /latency has no "rate"; it has p\(…\), avg, min, med, max/],
    ['checks: p(99)<3', /checks has no percentiles; it has rate/],
    ['p(99)<5%', /"%" is no unit of latency\. It may be us, µs, ms, s, m, min or nothing/],
    ['p(99)<5constructor', /"constructor" is no unit/],
    ['count<5s', /"s" is no unit of requests\. It takes none/],
    ['rate<5', /a share, from 0 to 1\. Write 5% or 0\.05\. For answered requests a second write requests: rate>50/],
    ['latency{step}: p(99)<3', /"step" selects nothing\. Write \{key:value\}/],
    ['latency{step:}: p(99)<3', /"step:" selects nothing/],
    ['latency{stage:a,phase:b}: p(99)<3', /nothing has two of one stage/],
    ['end_to_end{step:a}: p(99)<3', /have no step\. Write end_to_end\{scenario:…\}/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseObjective(text),
      (error) => error instanceof PlanError && error.message.startsWith(`"${text}"`) && message.test(error.message),
      text,
    );
  }
});

test('objectives hold, fail, or cannot be told', () => {
  const cases: [string, Row[], number | null, boolean | null][] = [
    ['p(95)<1000', upTo(1000), 950, true],
    ['p(95)<900', upTo(1000), 950, false],
    // Binomial(1000, 0.05) lies in [37, 64] with 95 %, so the interval is from the 936th to the 964th.
    ['p(95)<950', upTo(1000), 950, null],
    ['p(95)<965', upTo(1000), 950, true],
    ['p(95)<964', upTo(1000), 950, null],
    ['p(95)<937', upTo(1000), 950, null],
    ['p(95)<936', upTo(1000), 950, false],
    ['p(95)>936', upTo(1000), 950, null],
    ['p(95)>935', upTo(1000), 950, true],
    ['p(95)==950', upTo(1000), 950, null],
    ['p(95)==5', upTo(1000), 950, false],
    ['p(99)<5', upTo(100), null, null],
    ['avg<=500.5', upTo(1000), 500.5, true],
    ['avg<500.5', upTo(1000), 500.5, false],
    ['max<1000', upTo(1000), 1000, false],
    ['min>=1', upTo(1000), 1, true],
    ['min==1', upTo(1000), 1, true],
    ['rate<0.02', [...upTo(98), row(0, 0, { outcome: 'failed' }), row(0, 0, { outcome: 'failed' })], 0.02, false],
    ['rate<=2%', [...upTo(98), row(0, 0, { outcome: 'failed' }), row(0, 0, { outcome: 'failed' })], 0.02, true],
    ['failures: count<3', [...upTo(2), row(0, 0, { outcome: 'failed' })], 1, true],
    ['failures: rate<0.5', [...upTo(1), row(0, 0, { outcome: 'interrupted' })], 0, true],
    ['checks: rate>0.5', [...upTo(3, { check: true }), ...upTo(3, { check: false }), ...upTo(9)], 0.5, false],
    ['requests: rate>9', upTo(100), 10, true],
    ['requests: count>100', upTo(100), 100, false],
    ['iterations: rate==10', upTo(100), 10, true],
    ['dropped: rate<0.3', [...upTo(3), row(0, 0, { outcome: 'dropped' })], 0.25, true],
    ['dropped: count==0', upTo(3), 0, true],
  ];
  for (const [text, rows, value, ok] of cases) {
    const result = judged(text, rows);
    assert.deepEqual([result.value, result.ok], [value, ok], text);
    assert.equal(result.reason === null, ok !== false, text);
    assert.equal(result.doubt === null, ok !== null, text);
    assert.equal(result.objective, text);
  }
});

test('the rate of answers leaves out what was answered after the load ended', () => {
  const backlog = [...upTo(50), ...Array.from({ length: 50 }, () => row(12_000, 2000))];
  assert.equal(judged('requests: rate>5', backlog).value, 5);
  assert.equal(judged('requests: count>99', backlog).ok, true);
});

test('a selector takes only what matches all of it', () => {
  const rows = [
    ...upTo(10, { labels: { step: 'cart', tier: 'gold' } }),
    ...upTo(20, { labels: { step: 'cart', tier: 'free' } }),
    ...upTo(40, { labels: { step: 'pay', tier: 'gold' } }),
  ];
  assert.equal(judged('max<15', rows).value, 40);
  assert.equal(judged('latency{step:cart}: max<15', rows).value, 20);
  assert.equal(judged('latency{step:cart,tier:gold}: max<15', rows).value, 10);
});

test('where it cannot be told, the sentences say why and how much longer may decide', () => {
  const few = judged('latency{step:cart}: p(99)<5', upTo(100, { labels: { step: 'cart' } }));
  assert.equal(few.doubt, 'p99 of step "cart" needs 368 answered requests, and there are 100.');
  // 268 more at 10 a second.
  assert.equal(few.advice, '30 s more may decide.');
  const close = judged('p(95)<955', upTo(1000));
  assert.equal(close.doubt, 'p95 is 936–964 ms, the limit 955.');
  // The upper half is 14 wide and has to be 5: 1,000 × ((14/5)² − 1) more at 100 a second.
  assert.equal(close.advice, '70 s more may decide.');
  assert.equal(judged('p(95)<950', upTo(1000)).advice, 'A longer run may decide.');
  assert.equal(judged('p(95)<950.4', upTo(1000)).doubt, 'p95 is 936–964 ms, the limit 950.');
  assert.equal(judged('p(95)<963.8', upTo(1000)).doubt, 'p95 is 936–964 ms, the limit 963.8.');
});

test('what the end of the run cut off after the limit had passed is not left out of what holds', () => {
  const cut = (count: number, ms: number): Row[] =>
    Array.from({ length: count }, () => row(10_000, ms, { outcome: 'interrupted' }));
  const waiting = judged('p(95)<1000', [...upTo(1000), ...cut(60, 1500)]);
  assert.deepEqual([waiting.ok, waiting.value], [null, 950]);
  assert.equal(
    waiting.doubt,
    'p95 is 950 ms of what was answered, and 60 more had waited for longer than the limit when the run ended.',
  );
  assert.equal(waiting.advice, 'A longer gracefulStop may decide.');
  assert.equal(judged('max<2000', [...upTo(1000), ...cut(1, 2500)]).ok, null);
  // Few of them change nothing, nor do those that may still have met the limit.
  assert.equal(judged('p(95)<1000', [...upTo(1000), ...cut(2, 1500)]).ok, true);
  assert.equal(judged('p(95)<1000', [...upTo(1000), ...cut(60, 900)]).ok, true);
  assert.equal(judged('p(95)<900', [...upTo(1000), ...cut(60, 1500)]).ok, false);
});

test('nothing answered meets no objective, and what never ran is said', () => {
  const failed = Array.from({ length: 3 }, () => row(0, 0, { outcome: 'failed', labels: { step: 'cart' } }));
  const cases: [string, Row[], string][] = [
    ['p(99)<1000', [], 'no request was ever sent'],
    ['rate<0.01', [], 'no request was ever sent'],
    ['p(99)<1000', failed, 'none of 3 requests was answered'],
    ['latency{step:pay}: p(99)<1000', upTo(9), 'no request of step "pay" was ever sent'],
    ['failures{stage:peak,tier:gold}: rate<1%', upTo(9), 'no request of stage "peak" and tier "gold" was ever sent'],
    ['checks{step:pay}: rate>0.9', upTo(9, { labels: { step: 'pay' } }), 'no answer of step "pay" was checked'],
    ['end_to_end: p(99)<1000', failed, 'no iteration was completed'],
    ['rate<1%', [row(0, 0, { outcome: 'interrupted' })], 'none of 1 requests was answered'],
  ];
  for (const [text, rows, how] of cases) {
    const { ok, value, reason } = judged(text, rows);
    assert.deepEqual([ok, value, reason], [false, null, `${text} does not hold: ${how}.`], text);
  }
});

test('a broken objective says by what, in digits that show it', () => {
  const told = (text: string, rows: Row[]): string | null => judged(text, rows).reason;
  assert.equal(told('p(95)<900', upTo(1000)), 'p(95)<900 does not hold: it was 950 ms.');
  assert.equal(told('max<1000', [row(0, 1000.25)]), 'max<1000 does not hold: it was 1,000.3 ms.');
  assert.equal(told('max<=999.9', [row(0, 1240)]), 'max<=999.9 does not hold: it was 1,240 ms.');
  assert.equal(
    told('rate<1%', [...upTo(44), row(0, 0, { outcome: 'failed' })]),
    'rate<1% does not hold: it was 2.22 %.',
  );
  assert.equal(told('requests: rate>20', upTo(100)), 'requests: rate>20 does not hold: it was 10/s.');
});
