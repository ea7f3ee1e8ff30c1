import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import type { GateDocument, GateFigure } from '../../src/find/gate-document.ts';
import { codeQuality } from '../../src/report/code-quality.ts';
import { gateExitCode } from '../../src/report/exit-code.ts';
import { gateJUnit } from '../../src/report/gate-junit.ts';
import { gateMarkdown } from '../../src/report/gate-markdown.ts';
import { gateMetrics } from '../../src/report/gate-metrics.ts';
import type { GateChoice } from '../../src/report/gate-outcome.ts';
import { gatePage } from '../../src/report/gate-page.ts';
import { gateText } from '../../src/report/gate-text.ts';
import { githubAnnotations } from '../../src/report/github-annotations.ts';
import { runJUnit } from '../../src/report/run-junit.ts';
import { readPrometheusText } from '../../src/telemetry/prometheus-text.ts';
import { documentOf } from '../support/stored-run.ts';
import { faultsOf } from '../support/xml.ts';

const ROOT = '/srv/shop';
const FAIL: GateChoice = { inconclusive: 'fail', void: 'fail' };
const WARN: GateChoice = { inconclusive: 'warn', void: 'warn' };

function figure(more: Partial<GateFigure>): GateFigure {
  const facts = {
    unit: 'ms',
    segments: 12,
    baseline: 7,
    candidate: 11.2,
    change: 0.6,
    interval: [0.45, 0.74],
  } as const;
  return { figure: 'latency p50', ...facts, interval: [...facts.interval], allowed: 0.1, status: 'failed', ...more };
}

const FAILED: GateDocument = {
  schema: 'tailflame.gate/1',
  status: 'failed',
  sentence: 'failed: latency p50 60 % slower (45 to 74 %), and more than 10 % is not allowed',
  baseline: 'http://127.0.0.1:8001/predict',
  candidate: 'http://127.0.0.1:8000/predict',
  figures: [
    figure({}),
    figure({ figure: 'latency p99 of "a|b" <1>', change: 0.08, interval: [-0.05, 0.2], status: 'inconclusive' }),
    figure({
      figure: 'failures',
      unit: 'share',
      baseline: 0,
      candidate: 0.002,
      change: 0.002,
      interval: [0, 0.004],
      allowed: 0.01,
      status: 'passed',
    }),
  ],
  levels: [],
  answers: null,
  slower: [
    { function: 'score_all', file: '/srv/shop/app/models,v2.py', line: 42, before: 4, now: 8.2, mostly: 'ran' },
    { function: 'fetch', file: '/opt/elsewhere.py', line: 7, before: 0, now: 2, mostly: 'waited' },
  ],
  profiled: { requests: 'all', note: null },
  notJudged: ['latency p99: a segment has 54 answers, and it takes 405: --time 580s, or 8.7 times the load.'],
  pairs: Array.from({ length: 12 }, () => ({ baseline: 'one', candidate: 'two', first: 'baseline' as const })),
  runs: [],
  looks: [12, 16, 20],
  segment: 1260,
  took: 106_000,
  budget: 170_000,
  repeated: 0,
  startedAt: '2026-11-24T17:02:05.123Z',
  interrupted: false,
};
const UNSURE: GateDocument = {
  ...FAILED,
  status: 'inconclusive',
  sentence: 'cannot tell: latency p50 8 % slower (−5 to 20 %), and 10 % is allowed',
  figures: [figure({ change: 0.08, interval: [-0.05, 0.2], status: 'inconclusive' })],
  slower: [],
  profiled: null,
};
const PASSED: GateDocument = {
  ...UNSURE,
  status: 'passed',
  sentence: 'passed',
  figures: [figure({ status: 'passed' })],
};

describe('a pipeline chooses what a gate that cannot tell is to it', () => {
  test('by exit code', () => {
    const codes = (document: GateDocument) => [FAIL, WARN].map((choice) => gateExitCode(document, choice));
    assert.deepEqual(codes(FAILED), [99, 99]);
    assert.deepEqual(codes(UNSURE), [97, 0]);
    assert.deepEqual(codes({ ...UNSURE, status: 'void' }), [98, 0]);
    assert.deepEqual(codes({ ...UNSURE, interrupted: true }), [130, 130]);
    assert.deepEqual(codes(PASSED), [0, 0]);
  });
});

describe('JUnit XML of a gate', () => {
  const outcomes = (xml: string) =>
    [...xml.matchAll(/<testcase [^>]*name="([^"]*)"[^>]*?(?:\/>|>\s*<(\w+))/g)].map(([, name, kind]) => [name, kind]);

  test('has the verdict, which decides, and each figure, and is valid by the format’s schema', async () => {
    const xml = gateJUnit(FAILED, ROOT, FAIL);
    assert.deepEqual(await faultsOf(xml, 'junit.xsd'), []);
    assert.deepEqual(outcomes(xml), [
      ['not slower than allowed', 'failure'],
      ['latency p50', 'failure'],
      ['latency p99 of &quot;a|b&quot; &lt;1&gt;', 'skipped'],
      ['failures', undefined],
    ]);
    assert.match(xml, /<testsuite name="tailflame gate" tests="4" failures="2" errors="0" skipped="1" time="106.000"/);
    assert.match(xml, /message="Failed: latency p50 60 % slower \(45 to 74 %\), and more than 10 % is not allowed\."/);
    assert.match(xml, /`score_all` \(app\/models,v2\.py:42\) ran 8\.2 ms a request, instead of 4\.0 ms\./);
  });

  test('shows what cannot be told as an error where it ends the pipeline, and as skipped where it does not', async () => {
    for (const [choice, kind] of [
      [FAIL, 'error'],
      [WARN, 'skipped'],
    ] as const) {
      const xml = gateJUnit(UNSURE, ROOT, choice);
      assert.deepEqual(await faultsOf(xml, 'junit.xsd'), []);
      assert.deepEqual(outcomes(xml)[0], ['not slower than allowed', kind]);
    }
    assert.deepEqual(outcomes(gateJUnit(PASSED, ROOT, FAIL)), [
      ['not slower than allowed', undefined],
      ['latency p50', undefined],
    ]);
  });

  test('stays XML whatever a name has in it', async () => {
    const strange = 'a\u0000b\u001b[31m\uFFFE\uD800 ]]> &amp; <![CDATA[';
    const xml = gateJUnit({ ...FAILED, candidate: strange, figures: [figure({ figure: strange })] }, ROOT, FAIL);
    assert.deepEqual(await faultsOf(xml, 'junit.xsd'), []);
  });

  test('the schema finds what is wrong', async () => {
    assert.notDeepEqual(await faultsOf(gateJUnit(FAILED, ROOT, FAIL).replaceAll('tests="4"', ''), 'junit.xsd'), []);
  });
});

test('a gate that ended before anything was measured does not say what was', () => {
  const refused: GateDocument = { ...FAILED, figures: [], pairs: [], runs: [] };
  assert.doesNotMatch(gateText(refused, ROOT, false), /Measured/);
  assert.doesNotMatch(gatePage(refused, ROOT), /<dt>Measured/);
  assert.match(gateText(FAILED, ROOT, false), /Measured/);
});

test('that a change is of pairs is said where the values of both builds show another', () => {
  const faster = { ...FAILED, figures: [figure({ baseline: 17, candidate: 18, change: -0.04 })] };
  const stored = { ...faster, pairs: [], runs: ['one'] };
  const reports = [
    (document: GateDocument) => gateText(document, ROOT, false),
    (document: GateDocument) => gateMarkdown(document, ROOT),
    (document: GateDocument) => gatePage(document, ROOT),
  ];
  for (const report of reports) {
    const says = [FAILED, faster, stored].map((document) => report(document).includes('The change is that of pairs'));
    assert.deepEqual(says, [false, true, false]);
  }
});

test('JUnit XML of a run has its verdict and each objective', async () => {
  const xml = runJUnit(
    documentOf({
      verdict: { status: 'failed', sentence: 'Failed: p99 is 63 ms, and 50 ms is allowed', reasons: [] },
      objectives: [
        { objective: 'p(99)<50', value: 63, ok: false, reason: 'p99 is 63 ms.' },
        { objective: 'p(99.9)<90', value: null, ok: null, reason: 'It takes 3,688 requests.' },
        { objective: 'rate<0.01', value: 0, ok: true },
      ],
    }),
  );
  assert.deepEqual(await faultsOf(xml, 'junit.xsd'), []);
  assert.match(xml, /tests="4" failures="2" errors="0" skipped="1" time="10\.000"/);
  assert.match(xml, /name="p\(99\)&lt;50"[^>]*>\s*<failure message="p99 is 63 ms\."/);
});

describe('the page of a gate', () => {
  test('has everything in words and each time drawn, and lets nothing in it run or load', () => {
    const page = gatePage(FAILED, ROOT);
    assert.match(page, /<h1 class="failed">Failed: latency p50 60 % slower/);
    assert.match(page, /default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'"/);
    assert.doesNotMatch(page, /<script|style="|https?:\/\/(?!127\.0\.0\.1)/);
    assert.equal(page.match(/<svg/g)!.length, 2, 'shares are told, and not drawn');
    assert.match(page, /latency p99 of &quot;a\|b&quot; &lt;1&gt;/);
    // 45 to 74 % on a scale of 100 %, with 10 % allowed.
    assert.match(page, /class="allowed" x1="10" x2="10".*class="interval" x1="45" x2="74"/);
    assert.match(page, /<li>`score_all` \(app\/models,v2\.py:42\) ran 8\.2 ms a request, instead of 4\.0 ms\.<\/li>/);
  });
});

describe('in GitHub Actions', () => {
  test('what got slower is annotated at its line, escaped as commands are, and what lies elsewhere is left out', () => {
    assert.equal(
      githubAnnotations(FAILED, ROOT, FAIL),
      '::error file=app/models%2Cv2.py,line=42,title=tailflame gate::`score_all` (app/models,v2.py:42) ran 8.2 ms a request, instead of 4.0 ms. ' +
        'Failed: latency p50 60 %25 slower (45 to 74 %25), and more than 10 %25 is not allowed.\n',
    );
  });

  test('without a line the gate itself is annotated, as a warning where it is one, and not where it passed', () => {
    assert.match(githubAnnotations(UNSURE, ROOT, FAIL), /^::error title=tailflame gate::Cannot tell: /);
    assert.match(githubAnnotations(UNSURE, ROOT, WARN), /^::warning title=tailflame gate::Cannot tell: /);
    assert.equal(githubAnnotations(PASSED, ROOT, FAIL), '');
  });

  test('the summary of the job is a table that names cannot break', () => {
    const markdown = gateMarkdown(FAILED, ROOT);
    assert.match(markdown, /^### ❌ Failed: latency p50 60 % slower/);
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    assert.equal(rows.length, 5);
    for (const row of rows) assert.equal(row.replaceAll('\\|', '').split('|').length, 8, row);
    assert.match(markdown, /latency p99 of "a\\\|b" \\<1\\> \|/);
    assert.match(markdown, /\*\*Slower code\*\*\n\n- `score_all` \(app\/models,v2\.py:42\) ran 8\.2 ms/);
    assert.match(markdown, /- Not judged: latency p99/);
  });
});

describe('in GitLab', () => {
  const report = z.array(
    z.strictObject({
      description: z.string().min(1),
      check_name: z.string().min(1),
      fingerprint: z.string().regex(/^[0-9a-f]{32,}$/),
      severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
      location: z.strictObject({
        path: z.string().regex(/^(?!\.?\/)[^\\]+$/),
        lines: z.strictObject({ begin: z.int().positive() }),
      }),
    }),
  );

  test('what got slower is an entry of the code-quality report, the same one when lines move', () => {
    const [issue, ...others] = report.parse(JSON.parse(JSON.stringify(codeQuality(FAILED, ROOT))));
    assert.deepEqual(others, []);
    assert.deepEqual(issue!.location, { path: 'app/models,v2.py', lines: { begin: 42 } });
    const [score] = FAILED.slower;
    const moved = codeQuality({ ...FAILED, slower: [{ ...score!, line: 51, now: 9 }] }, ROOT);
    assert.equal(moved[0]!.fingerprint, issue!.fingerprint);
    assert.deepEqual(codeQuality(PASSED, ROOT), []);
  });

  test('a function without a name is called one', () => {
    const [score] = FAILED.slower;
    const [issue] = codeQuality({ ...FAILED, slower: [{ ...score!, function: '' }] }, ROOT);
    assert.match(issue!.description, /^An anonymous function \(app\/models,v2\.py:42\) ran 8\.2 ms a request/);
  });

  test('the figures are a metrics report in base units', () => {
    const text = gateMetrics(FAILED);
    assert.ok(text.endsWith('# EOF\n'));
    const samples = readPrometheusText(text).map(({ name, labels, value }) => [name, labels['figure'], value]);
    assert.deepEqual(samples, [
      ['tailflame_time_seconds', 'latency p50', 0.0112],
      ['tailflame_time_seconds', 'latency p99 of "a|b" <1>', 0.0112],
      ['tailflame_share_ratio', 'failures', 0.002],
      ['tailflame_change_ratio', 'latency p50', 0.6],
      ['tailflame_change_ratio', 'latency p99 of "a|b" <1>', 0.08],
      ['tailflame_change_ratio', 'failures', 0.002],
    ]);
  });
});
