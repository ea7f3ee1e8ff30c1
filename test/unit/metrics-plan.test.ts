import assert from 'node:assert/strict';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { checkPlan } from '../../src/load/plan/check-plan.ts';
import { metricsOrigins, requestedMetrics } from '../../src/load/plan/metrics-plan.ts';
import type { Plan } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';
import { withoutSecrets } from '../../src/load/plan/redaction.ts';
import { metricsPlaces } from '../../src/load/scenario/metrics-places.ts';
import { planOf, stepTo, withTarget } from '../support/plans.ts';

const DCGM = 'http://127.0.0.1:9400/metrics';
const plan = planOf('http://127.0.0.1:8000/v1/chat/completions', steadyUsers(1, 1000));
const chat: Plan = {
  ...plan,
  scenarios: [
    {
      ...plan.scenarios[0]!,
      steps: [
        stepTo('http://127.0.0.1:8000/v1/chat/completions', {
          method: 'POST',
          body: { kind: 'json', value: { model: 'm', messages: [{ role: 'user', content: 'a' }] } },
        }),
      ],
    },
  ],
};
const placesWith = (metrics: Plan['target']['metrics']): string[] =>
  metricsPlaces(withTarget(chat, { metrics }), ['http://127.0.0.1:8000']).map(
    ({ url, named, series }) => `${url} ${named} ${series}`,
  );

test('one is asked by default, any number by name, each once', () => {
  const own = 'http://127.0.0.1:8000/metrics';
  assert.deepEqual(placesWith('auto'), [`${own} false null`]);
  assert.deepEqual(placesWith('off'), []);
  assert.deepEqual(placesWith(DCGM), [`${DCGM} true null`]);
  assert.deepEqual(placesWith(['auto', DCGM]), [`${DCGM} true null`, `${own} false null`]);
  assert.deepEqual(placesWith(['auto', own]), [`${own} true null`]);
  assert.deepEqual(metricsOrigins(['auto', DCGM, `${DCGM}?a=1`]), ['http://127.0.0.1:9400']);
});

test('the command line names endpoints and their series', () => {
  assert.equal(requestedMetrics(['auto']), 'auto');
  assert.equal(requestedMetrics(['off']), 'off');
  assert.deepEqual(requestedMetrics(['auto', `${DCGM}=DCGM_FI_*,up{a="1,2"}`, `${DCGM}?x=y`]), [
    'auto',
    { url: DCGM, series: ['DCGM_FI_*', 'up{a="1,2"}'], every: 1000, headers: {} },
    { url: `${DCGM}?x=y`, series: null, every: 1000, headers: {} },
  ]);
  assert.throws(() => requestedMetrics(['off', DCGM]), PlanError);
  const check = (...options: string[]) => checkPlan(withTarget(chat, { metrics: requestedMetrics(options) }));
  check('auto', `${DCGM}=a*,b`);
  assert.throws(() => check(`${DCGM}=a{`), /"a\{" names no series/);
  assert.throws(() => check(`${DCGM}=`), PlanError);
  assert.throws(() => check('ftp://127.0.0.1/metrics'), PlanError);
});

test('what is wrong with them in a plan file is said with its place', () => {
  const faultsOf = (metrics: string): string => {
    try {
      readPlan(`target:\n  url: http://127.0.0.1:8000\n  metrics: ${metrics}\n`, 'a.load.yaml', {});
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.equal(faultsOf(`[auto, {url: ${DCGM}, series: up, every: 500ms}]`), '');
  for (const [metrics, fault] of [
    ['3', /"metrics" must be auto, off, a URL/],
    ['[3]', /Item 1 of "metrics" must be auto, a URL/],
    [`[{url: ${DCGM}, sries: a}]`, /"sries" is not known here; did you mean "series"/],
    [`[{url: ${DCGM}, series: "a{"}]`, /names no series/],
    [`[{url: ${DCGM}, every: 1ms}]`, /"every" must be a time from 200ms/],
    [`[{url: ${DCGM}, headers: {authorization: "\${secrets.t}"}}]`, /There is no "t" under "secrets"/],
    ['[ftp://a]', /ftp:/],
  ] as const) {
    assert.match(faultsOf(metrics), fault, metrics);
  }
});

test('no secret of an endpoint is written with the plan', () => {
  const headers = { authorization: 'Bearer hunter2', 'x-token': '${secrets.t}' };
  const metrics = [
    { url: 'http://a:hunter2@127.0.0.1/m?token=hunter2', series: null, every: 1000, headers },
    'http://b:hunter2@127.0.0.1',
  ];
  const text = JSON.stringify(withoutSecrets(withTarget(chat, { metrics })).target);
  assert.ok(!text.includes('hunter2') && text.includes('${secrets.t}'), text);
});
