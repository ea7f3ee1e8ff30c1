import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { shareInterval } from '../../src/load/measure/share-interval.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { sloText } from '../../src/report/slo-text.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { burnAlerts } from '../../src/slo/burn-alert.ts';
import { grafanaDashboard } from '../../src/slo/grafana-dashboard.ts';
import { prometheusRules } from '../../src/slo/prometheus-rules.ts';
import { readSlo } from '../../src/slo/read-slo.ts';
import { requestMetrics } from '../../src/slo/request-metrics.ts';
import { isLevel, type ServiceLevel, serviceLevelOf } from '../../src/slo/service-level.ts';
import { badShare, serviceMetrics, whyUntold } from '../../src/slo/service-metrics.ts';
import { readPrometheusText } from '../../src/telemetry/prometheus-text.ts';
import { type PlacedRequest, placedRequests } from '../support/placed-requests.ts';
import { documentOf } from '../support/stored-run.ts';

const METRICS = serviceMetrics('http_request_seconds', 'status=~"5.."', 'job="api"', null);

function levelOf(text: string): ServiceLevel {
  const level = serviceLevelOf(text);
  assert.ok(isLevel(level), JSON.stringify(level));
  return level;
}

async function* tableOf(requests: readonly PlacedRequest[]) {
  yield placedRequests(requests);
}

/** What was spent in 24 s by requests that each take 5 ms, or what they are told. */
async function spent(
  objectives: readonly string[],
  requests: readonly PlacedRequest[],
  more: Partial<RunDocument> = {},
) {
  const plain = plainPlan({ url: 'http://127.0.0.1:8000/', method: 'GET', headers: {}, body: null });
  const asked = objectives.map((objective) => ({ objective, window: null, abort: false, after: 0 }));
  const plan = resolvePlan({ ...plain, objectives: asked }, steadyRate(100, 24_000));
  const measured = requests.map((request) => ({ ...request, phase: 'measured' as const }));
  const document = documentOf({ run: 'one', phases: [{ phase: 'measured', start: 0, end: 24_000 }], ...more });
  return readSlo(document, plan, tableOf(measured), 30);
}

function requestsOf(count: number, of: (index: number) => Partial<PlacedRequest>): PlacedRequest[] {
  const apart = 24_000 / count;
  return Array.from({ length: count }, (_, index) => ({ start: index * apart, end: index * apart + 5, ...of(index) }));
}

describe('an objective as a service level', () => {
  test('says what is bad and what share of it may be', () => {
    assert.deepEqual(levelOf('p(99)<250'), { objective: 'p(99)<250', selector: {}, limit: 250, budget: 0.01 });
    assert.equal(levelOf('latency{step:cart}: p(99.9)<1s').budget, 0.001);
    assert.deepEqual(levelOf('failures: rate<0.5%'), {
      objective: 'failures: rate<0.5%',
      selector: {},
      limit: null,
      budget: 0.005,
    });
  });

  test('or why it is none', () => {
    const why = (text: string): string => {
      const level = serviceLevelOf(text);
      return isLevel(level) ? '' : level.why;
    };
    assert.match(why('avg<100'), /does not say how many requests may be worse/);
    assert.match(why('requests: rate>50'), /for enough of something/);
    assert.match(why('failures: rate<0'), /nothing to be spent/);
    assert.match(why('latency{stage:ramp}: p(99)<100'), /A stage is of a test/);
    assert.match(why('failures: count<5'), /Service levels are made of/);
  });
});

describe('what a run spends of an error budget', () => {
  test('is its share of bad requests over that which may be, and a day of it the thirtieth part of a month’s', async () => {
    const requests = requestsOf(2400, (index) => (index % 40 === 0 ? { end: index * 10 + 300 } : {}));
    const { levels } = await spent(['p(99)<250'], requests);
    const [{ count, bad, burn, day, interval }] = levels as [(typeof levels)[0]];
    assert.deepEqual([count, bad], [2400, 60]);
    assert.equal(Number(burn!.toFixed(6)), 2.5);
    assert.equal(Number(day!.spent.toFixed(6)), Number((2.5 / 30).toFixed(6)));
    assert.equal(day!.bad, 60 * 3600);
    assert.ok(interval![0] > 1.8 && interval![0] < 2.5 && interval![1] > 2.5 && interval![1] < 3.3, `${interval}`);
  });

  test('is higher in the twelfth of it where the bad ones are, and less surely known since they come together', async () => {
    const requests = requestsOf(2400, (index) => (index >= 1000 && index < 1060 ? { outcome: 'status' } : {}));
    const { levels } = await spent(['failures: rate<1%', 'p(99)<250'], requests);
    const [failed, slow] = levels;
    assert.equal(Number(failed!.burn!.toFixed(6)), 2.5);
    assert.equal(Number(failed!.fast!.burn.toFixed(6)), 30, '60 of 200');
    assert.ok(failed!.fast!.start <= 10_000 && failed!.fast!.end >= 10_600, JSON.stringify(failed!.fast));
    assert.ok(failed!.interval![0] < 1 && failed!.interval![1] > 6, `${failed!.interval}`);
    assert.deepEqual([slow!.bad, slow!.count], [0, 2340], 'what failed has no latency');
  });

  test('is told with what is wrong with the run', async () => {
    const verdict = { status: 'void', sentence: 'Void: the generator was late.', reasons: [] } as const;
    const document = await spent(
      ['p(99)<250'],
      requestsOf(900, () => ({})),
      { verdict: { ...verdict, reasons: [] } },
    );
    assert.match(sloText(document, false), /This says little of the service\. Void: the generator was late\./);
    assert.equal((await spent([], [], { state: 'interrupted' })).unfit, 'The run was stopped before its end.');
  });

  test('is unknown where not one request may be bad', async () => {
    const { levels } = await spent(
      ['p(99.9)<250'],
      requestsOf(900, () => ({})),
    );
    assert.deepEqual([levels[0]!.burn, levels[0]!.fast, levels[0]!.day], [null, null, null]);
  });
});

test('the interval of a share is Clopper and Pearson’s', () => {
  // The first as R's binom.test(3, 100) tells it; of none or all of n it is 0.025^(1/n).
  const near = (actual: readonly number[], expected: readonly number[]): void => {
    for (const [at, value] of actual.entries()) {
      assert.ok(Math.abs(value - expected[at]!) < 2e-6, `${actual} instead of ${expected}`);
    }
  };
  near(shareInterval({ count: 3, of: 100 }), [0.006229972, 0.085176053]);
  near(shareInterval({ count: 0, of: 59 }), [0, 1 - 0.025 ** (1 / 59)]);
  near(shareInterval({ count: 10, of: 10 }), [0.025 ** (1 / 10), 1]);
  near(shareInterval({ count: 6, of: 200 }, 2), shareInterval({ count: 3, of: 100 }));
});

test('alerts are raised at 2 % of the budget in an hour or 5 % in six', () => {
  assert.deepEqual(
    burnAlerts(30).map(({ burn }) => burn),
    [14.4, 6],
  );
});

describe('for a service in operation', () => {
  test('the share of bad requests is asked of its own histogram', () => {
    assert.equal(
      badShare(levelOf('latency{step:cart}: p(99)<250'), METRICS, '5m'),
      '1 - sum(rate(http_request_seconds_bucket{job="api", step="cart", status!~"5..", le="0.25"}[5m])) / sum(rate(http_request_seconds_count{job="api", step="cart", status!~"5.."}[5m]))',
    );
    assert.match(badShare(levelOf('p(99)<2s'), METRICS, '1h'), /le=~"2\(\\\\\.0\)\?"/);
    assert.match(
      badShare(levelOf('failures: rate<1%'), METRICS, '1h'),
      /^\(sum\(.*status=~"5\.\."\}\[1h\]\)\) or vector/,
    );
  });

  test('what is no name and no matcher is refused', () => {
    assert.throws(() => serviceMetrics('http-seconds', 'a="b"', '', null), /^PlanError: "http-seconds" is no name/);
    assert.throws(() => serviceMetrics('seconds', 'status>500', '', null), /"status>500" is no label matcher/);
    assert.throws(() => serviceMetrics('seconds', 'a="b"', 'job="x"} or vector(1', null), /is no label matcher/);
  });

  test('what its metrics cannot tell has no rules', () => {
    const why = (text: string, labels: readonly string[] | null): string | null =>
      whyUntold(levelOf(text), { ...METRICS, labels });
    assert.equal(why('latency{step:cart}: p(99)<250', null), null);
    assert.equal(why('latency{step:cart}: p(99)<250', ['step']), null);
    assert.match(why('latency{tier:gold}: p(99)<250', ['step'])!, /^http_request_seconds has no label tier\./);
    assert.match(why('latency{api-version:v2}: p(99)<250', null)!, /no label named api-version/);
  });

  test('there is a rule for each level and window, and two alerts for each', () => {
    const levels = ['p(99)<250', 'failures: rate<1%'].map(levelOf);
    const { groups } = parse(prometheusRules(levels, 'shop', METRICS, 30)) as {
      groups: { rules: { record?: string; alert?: string; expr: string }[] }[];
    };
    assert.deepEqual(
      groups.map(({ rules }) => rules.length),
      [8, 4],
    );
    assert.equal(
      groups[1]!.rules[0]!.expr,
      'tailflame:bad_requests:ratio_rate1h{service="shop", objective="p(99)<250"} > 0.144 and tailflame:bad_requests:ratio_rate5m{service="shop", objective="p(99)<250"} > 0.144',
    );
  });

  test('what no share of requests can burn raises no alert', () => {
    const alerts = (text: string): number =>
      prometheusRules([levelOf(text)], 'shop', METRICS, 30).split('alert: ').length - 1;
    assert.deepEqual(['p(99)<250', 'p(90)<250', 'p(50)<250'].map(alerts), [2, 1, 0]);
  });

  test('what a service within its objective may burn raises no alert', () => {
    const alerts = (days: number): number =>
      prometheusRules([levelOf('p(99)<250')], 'shop', METRICS, days).split('alert: ').length - 1;
    assert.deepEqual([1, 4, 30].map(alerts), [0, 1, 2]);
    const burns = (days: number): string =>
      JSON.stringify(grafanaDashboard([levelOf('p(99)<250')], 'shop', METRICS, days));
    assert.match(burns(1), /No alert is raised\./);
    assert.match(burns(4), /An alert is raised above 1\.92 over 1h and 5m\./);
  });

  test('the dashboard has two panels a level, beside each other, and the service’s latency and rate', () => {
    const { panels } = grafanaDashboard(['p(99)<250', 'failures: rate<1%'].map(levelOf), 'shop', METRICS, 30);
    const places = panels!.map((panel) => ('gridPos' in panel ? [panel.gridPos!.x, panel.gridPos!.y] : []));
    assert.deepEqual(places, [
      [0, 0],
      [12, 0],
      [0, 8],
      [12, 8],
      [0, 16],
      [12, 16],
    ]);
    assert.equal(new Set(panels!.map(({ id }) => id)).size, 6);
  });
});

test('the last scrape, and the last twelfth, are those of the phase’s end, wherever it begins', async () => {
  // In binary the end is a little more than 8 s away, and the beginning and all steps to it sum to a little less.
  const span = { start: 2647.13, end: 2647.13 + 8000 };
  assert.ok(span.end - span.start > 8000);
  const measured = (start: number, end: number): PlacedRequest => ({ start, end, phase: 'measured' });
  const quick = Array.from({ length: 800 }, (_, at) => measured(span.start + at * 10, span.start + at * 10 + 5));
  const late = Array.from({ length: 30 }, () => measured(span.end - 10, span.end + 400));
  const requests = [...quick, ...late];
  const text = await requestMetrics({ tables: tableOf(requests), steps: ['cart'], unixMs: 0, span, limits: [] });
  const counts = text.split('\n').filter((line) => line.includes('_count{'));
  assert.deepEqual([counts.length, new Set(counts.map((line) => line.split(' ').at(-1))).size], [9, 9]);
  assert.match(counts.at(-1)!, /} 830 10\.647$/);
  const plain = plainPlan({ url: 'http://127.0.0.1:8000/', method: 'GET', headers: {}, body: null });
  const objectives = [{ objective: 'p(95)<250', window: null, abort: false, after: 0 }];
  const plan = resolvePlan({ ...plain, objectives }, steadyRate(100, 8000));
  const document = documentOf({ run: 'one', phases: [{ phase: 'measured', ...span }] });
  const [level] = (await readSlo(document, plan, tableOf(requests), 30)).levels;
  assert.equal(level!.bad, 30);
  // Those of the last twelfth, of the 67 that ended in it and themselves.
  assert.equal(level!.fast?.burn.toFixed(3), (30 / 97 / 0.05).toFixed(3));
});

test('a run is told as if it had been scraped: counters from 0, at its own times, with a bucket at each limit', async () => {
  const requests = requestsOf(240, (index) => ({
    phase: 'measured' as const,
    end: index * 100 + (index % 4 === 0 ? 80 : 10),
    ...(index % 10 === 9 ? { outcome: 'status' as const } : {}),
    // Cut off by the plan once it had what was wanted: answered, as those in full.
    ...(index === 1 ? { outcome: 'cancelled' as const } : {}),
  }));
  const text = await requestMetrics({
    tables: tableOf([...requests, { start: 50, end: 60, phase: 'warmup' }]),
    steps: ['cart "big"'],
    unixMs: 1_700_000_000_000,
    span: { start: 0, end: 24_000 },
    limits: [70],
  });
  const at = (end: string): number[] =>
    text
      .split('\n')
      .filter((line) => line.includes(end))
      .map((line) => Number(line.split(' ').at(-2)));
  const fast = at('{step="cart \\"big\\"",le="0.07"}');
  assert.equal(fast.length, 25);
  assert.deepEqual([fast[0], fast.at(-1)], [0, 240 - 60 - 24]);
  assert.deepEqual(at('_count{step="cart \\"big\\"",error_type="status"}').at(-1), 24);
  assert.match(text, /_count\{step="cart \\"big\\""\} 0 1700000000\.000\n/);
  assert.match(text, / 1700000024\.000\n# EOF\n$/);
  const last = readPrometheusText(text).filter(({ labels }) => labels['le'] === '+Inf');
  assert.equal(last.at(-1)!.value + last[24]!.value, 240);
});
