import assert from 'node:assert/strict';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { cutTo, displayWidth } from '../../src/report/display-width.ts';
import { runText } from '../../src/report/run-text.ts';
import { nearLimits, targetText } from '../../src/report/sender-facts.ts';
import type {
  ErrorCount,
  Finding,
  Health,
  Latency,
  LoadCounts,
  RunDocument,
  SizeFigures,
  StepFigures,
  StreamingFigures,
  TargetFacts,
} from '../../src/runs/run-document.ts';

/** Those of the styles in use; blinking is none of them. */
const ESCAPE = '\u001b';
const COLOURS = new RegExp(`${ESCAPE}\\[(?:1|2|22|31|32|33|36|39)m`, 'g');

function latency(...[p50, p90, p95, p99, p999, max]: readonly (number | null)[]): Latency {
  const known = (value: number | null | undefined): number | null => value ?? null;
  return {
    count: 1,
    min: 1,
    mean: 1,
    p50: known(p50),
    p90: known(p90),
    p95: known(p95),
    p99: known(p99),
    p999: known(p999),
    max: known(max),
  };
}

function load(completed: number, failed = 0, more: Partial<LoadCounts> = {}): LoadCounts {
  const rate = { asked: null, got: 0 };
  return { planned: null, dispatched: 0, completed, failed, dropped: 0, interrupted: 0, rate, ...more };
}

const FINDING: Finding = {
  kind: 'line',
  function: 'energyDistance',
  file: 'drift.mjs',
  line: 30,
  cpuShare: 0.2,
  tailShare: 0.7,
  restShare: 0.05,
  lift: 13,
  interval: null,
  pValue: 0.01,
  sentence:
    'Line 30 of `energyDistance` (drift.mjs:30) ran for 70 % of the busy time during slow requests, 5 % otherwise (13×).',
};

/** As version 0.1 wrote them: one step, nothing of what came later. */
const OLD: RunDocument = {
  schema: 'tailflame.run/1',
  run: '.tailflame/runs/2026-11-24-170205-1f3a',
  verdict: { status: 'measured', sentence: 'Measured: 749 requests in 12 s.', reasons: [] },
  load: load(749, 0, { planned: 749, dispatched: 749, rate: { asked: 60, got: 62.4 } }),
  latency: latency(3.1, 8.9, 26, 36, null, 42),
  profiled: latency(13.2, 27.3, 122, 136, null, 1141),
  errors: [],
  objectives: [],
  health: { lateness: { p50: 0.1, p99: 0.83 }, poolWait: { p50: 0.01, p99: 0.05 }, cpu: 0.31 },
  streaming: null,
  findings: [FINDING],
  findingsNote: null,
  notes: [],
  state: 'finished',
  startedAt: '2026-11-24T17:02:05.000Z',
  clock: { unixMs: 0, monotonicMs: 0 } as unknown as RunDocument['clock'],
  phases: [
    { phase: 'warmup', start: 0, end: 2000 },
    { phase: 'measured', start: 2000, end: 32_000 },
  ],
  target: { url: 'http://127.0.0.1:8000/predict', pid: 1234, runtime: 'node', preflight: { status: 200, ms: 3 } },
  profile: null,
  plan: {},
  environment: { os: '', arch: '', cpus: 2, cpuModel: '', memoryBytes: 0, node: '' },
  tailflame: '0.1.0',
};

function step(
  name: string,
  counts: LoadCounts,
  figures: Latency,
  prevented = 0,
  errors: ErrorCount[] = [],
  scenario = 'main',
): StepFigures {
  return { scenario, step: name, load: counts, latency: figures, prevented, errors };
}

const STATUS = {
  kind: 'status',
  count: 38,
  example: 'The answer was 503: {"error":"no connection free"}\nat pool.mjs',
};
const TIMEOUT = { kind: 'timeout', count: 12, example: 'No answer within 5 s.' };

const SHOP: RunDocument = {
  ...OLD,
  run: '.tailflame/runs/2026-11-25-101500-9c11',
  verdict: {
    status: 'failed',
    sentence: 'Failed: p(99)<250 does not hold: it was 1,240 ms.',
    reasons: ['p(99)<250 does not hold: it was 1,240 ms.', 'rate<0.01 broke from 12 s to 22 s: it was 3.1 %.'],
  },
  load: load(9550, 50, { dropped: 3, interrupted: 12, rate: { asked: 320, got: 318.3 } }),
  latency: latency(4.1, 31, 88, 1240, 2410, 3010),
  profiled: null,
  findings: [],
  errors: [STATUS, TIMEOUT],
  objectives: [
    { objective: 'p(99)<250', value: 1240, ok: false, reason: 'p(99)<250 does not hold: it was 1,240 ms.' },
    { objective: 'latency{step:cart}: p(95)<300', value: 12.2, ok: true, reason: null },
    { objective: 'rate<0.01', value: 0.031, ok: false, reason: 'rate<0.01 broke from 12 s to 22 s: it was 3.1 %.' },
    { objective: 'requests: rate>50', value: 318.3, ok: true },
    {
      objective: 'p(99.9)<5s',
      value: null,
      ok: null,
      reason: 'p99.9 needs 3688 answered requests, and there are 2412.',
    },
  ],
  steps: [
    step('cart', load(2412), latency(4.1, 9, 12, 48)),
    step('reserve', load(2400, 12), latency(18, 33, 41, 97), 0, [TIMEOUT]),
    step('pay', load(2388), latency(3.2, 7, 9.9, 21), 12),
    step('POST http://127.0.0.1:7004/orders/by-customer', load(2350, 38), latency(52, 99, 180), 12, [STATUS]),
  ],
  scenarios: [
    {
      scenario: 'main',
      iterations: { started: 2412, completed: 2350, failed: 50, unfinished: 12 },
      endToEnd: latency(83, 190, 240, 1610),
    },
  ],
  stages: [
    {
      stage: 'quiet',
      start: 2000,
      end: 8000,
      load: load(480, 0, { rate: { asked: 80, got: 80.2 } }),
      latency: latency(3.9, 7, 9.1, 22),
    },
    {
      stage: 'sale',
      start: 8000,
      end: 32_000,
      load: load(9070, 50, { dropped: 3, rate: { asked: 380, got: 377 } }),
      latency: latency(4.4, 40, 98, 1280),
    },
  ],
  cascade:
    '"order" went wrong first, 12 s in at 80 iterations/s: p75 rose from 9 ms to 480 ms. "pay" followed 2 s later.',
  health: {
    ...OLD.health,
    cpu: 0.86,
    generators: 1,
    starved: 0.01,
    gc: { max: 12.3, share: 0.01 },
    fds: { used: 900, limit: 1024 },
    ports: { used: 80, available: 28_232 },
    capacity: 12_000,
  },
  target: { ...OLD.target, url: 'http://localhost:7001/', address: '127.0.0.1', carrier: null, runtime: 'python' },
  notes: ['nvidia-smi was not found, so there is no GPU telemetry.'],
};

test('a run of an older version reads as ever', () => {
  assert.equal(
    runText(OLD, false),
    `
Measured: 749 requests in 12 s.

Rate      62.4/s of 60 asked   749 answered
Latency   p50 3.1 ms · p90 8.9 ms · p95 26 ms  · p99 36 ms  · p99.9 unknown · max 42 ms
Profiled  p50 13 ms  · p90 27 ms  · p95 122 ms · p99 136 ms · p99.9 unknown · max 1.14 s

While the slow requests waited
  1. Line 30 of \`energyDistance\` (drift.mjs:30) ran for 70 % of the busy time during slow requests, 5 % otherwise (13×).

Sender    late p99 0.83 ms · waited for a connection p99 0.05 ms · CPU 31 % of a core
Target    http://127.0.0.1:8000/predict, node process 1234
Run       .tailflame/runs/2026-11-24-170205-1f3a
`,
  );
});

test('a run of several steps and stages tells where it went wrong', () => {
  assert.equal(
    runText(SHOP, false),
    `
Failed: p(99)<250 does not hold: it was 1,240 ms.
  rate<0.01 broke from 12 s to 22 s: it was 3.1 %.

Rate      318/s of 320 asked   9,550 answered · 50 failed · 3 dropped · 12 interrupted
Latency   p50 4.1 ms · p90 31 ms · p95 88 ms · p99 1.24 s · p99.9 2.41 s · max 3.01 s

Steps                                        answered  failed   prevented     p50     p95      p99
  cart                                          2,412       0           0  4.1 ms   12 ms    48 ms
  reserve                                       2,400      12           0   18 ms   41 ms    97 ms
  pay                                           2,388       0          12  3.2 ms  9.9 ms    21 ms
  POST http://127.0.0.1:7004/orders/by-cu…      2,350      38          12   52 ms  180 ms  unknown

End to end                                  completed  failed  unfinished     p50     p95      p99
  main                                          2,350      50          12   83 ms  240 ms   1.61 s

Stages                                       answered  failed     dropped     p50     p95      p99          rate
  quiet                                           480       0           0  3.9 ms  9.1 ms    22 ms  80.2 of 80/s  0–6 s
  sale                                          9,070      50           3  4.4 ms   98 ms   1.28 s  377 of 380/s  6–30 s

"order" went wrong first, 12 s in at 80 iterations/s: p75 rose from 9 ms to 480 ms. "pay" followed 2 s later.

Errors
  38 × status   POST http://127.0.0.1:7004/orders/by-cu…  The answer was 503: {"error":"no connection free"}
  12 × timeout  reserve                                   No answer within 5 s.

Objectives
  ✗ p(99)<250                      1,240 ms
  ✓ latency{step:cart}: p(95)<300  12.2 ms
  ✗ rate<0.01                      3.1 %
  ✓ requests: rate>50              318/s
  ? p(99.9)<5s                     unknown   p99.9 needs 3688 answered requests, and there are 2412.

nvidia-smi was not found, so there is no GPU telemetry.

Sender    late p99 0.83 ms · waited for a connection p99 0.05 ms · CPU 86 % of a core · GC up to 12 ms
          Near a limit: its CPU was at 86 % of a core; 900 of 1,024 file descriptors were open.
Target    127.0.0.1:7001 (localhost), python process 1234
Run       .tailflame/runs/2026-11-25-101500-9c11
`,
  );
});

test('findings come with their evidence, what was short below them, and a load that can tell', () => {
  const none = { function: null, file: null, line: null, cpuShare: null, tailShare: null, restShare: null };
  const short: Finding = { ...FINDING, ...none, kind: 'resource', sentence: 'CPU: the target took 2 of 2 cores.' };
  const run: RunDocument = {
    ...OLD,
    findings: [{ ...FINDING, evidence: ['Mostly encoding JSON.', 'It blocks the others.'] }, short],
    resources: [{ resource: 'cpu', state: 'short', utilisation: 1, sentence: short.sentence }],
  };
  const section = (document: RunDocument): string[] => runText(document, false).split('\n\n');
  assert.equal(
    section(run).find((part) => part.startsWith('While')),
    [
      'While the slow requests waited',
      `  1. ${FINDING.sentence}`,
      '     Mostly encoding JSON.',
      '     It blocks the others.',
    ].join('\n'),
  );
  const untold: RunDocument = {
    ...OLD,
    findings: [],
    findingsNote: 'Cannot tell at this load.',
    findingsLoad: { rate: 27, users: null, seconds: 22 },
  };
  assert.equal(
    section(untold).find((part) => part.startsWith('Findings')),
    'Findings\n  Cannot tell at this load.\n  Ask again with --rate 27 --duration 22s --profile auto',
  );
  assert.match(
    runText({ ...untold, findingsLoad: { rate: null, users: 2, seconds: 10 } }, false),
    /--users 2 --duration 10s/,
  );
});

test('a run that does not count says so first, and calls nothing in it good', () => {
  const reasons = ['Tailflame ran out of connections (4). Use 40.'];
  const run: RunDocument = {
    ...OLD,
    verdict: { status: 'void', sentence: `Not valid: ${reasons[0]}`, reasons },
    state: 'interrupted',
    profiled: null,
    findings: [],
    findingsNote: 'Too few slow requests (3) to tell.',
    errors: [
      { kind: 'dropped', count: 1200, example: 'Due, but no connection was free in time.' },
      { kind: 'status', count: 3, example: 'The answer was 500.' },
    ],
    objectives: [
      { objective: 'p(99)<250', value: 36, ok: true },
      { objective: 'rate<0.001', value: 0.004, ok: false, reason: 'rate<0.001 does not hold: it was 0.4 %.' },
    ],
  };
  assert.equal(
    runText(run, false),
    `
Not valid: Tailflame ran out of connections (4). Use 40.
  It was stopped before its end.

Rate      62.4/s of 60 asked   749 answered
Latency   p50 3.1 ms · p90 8.9 ms · p95 26 ms · p99 36 ms · p99.9 unknown · max 42 ms

Errors
  1,200 × dropped  Due, but no connection was free in time.
      3 × status   The answer was 500.

Objectives
  ✓ p(99)<250   36 ms
  ✗ rate<0.001  0.4 %  rate<0.001 does not hold: it was 0.4 %.

Findings
  Too few slow requests (3) to tell.

Sender    late p99 0.83 ms · waited for a connection p99 0.05 ms · CPU 31 % of a core
Target    http://127.0.0.1:8000/predict, node process 1234
Run       .tailflame/runs/2026-11-24-170205-1f3a
`,
  );
  assert.ok(runText({ ...run, verdict: OLD.verdict }, true).includes('\u001b[32m'));
  assert.ok(!runText(run, true).includes('\u001b[32m'));
});

test('a run that is split by a header has a row for each of its values', () => {
  const group = (value: string, answered: number, failed: number, of: Latency) => ({
    value,
    answered,
    failed,
    latency: of,
  });
  const groups = [
    group('hit', 560, 0, latency(5.1, 6, 7, 9)),
    group('miss', 159, 2, latency(61, 70, 77)),
    group('none', 30, 0, latency(20)),
  ];
  const text = runText({ ...OLD, split: { header: 'x-cache', groups } }, false);
  const table = text.slice(text.indexOf('\nx-cache'), text.indexOf('\n\nWhile'));
  assert.equal(
    table,
    `
x-cache  answered  failed       p50      p95      p99
  hit         560       0    5.1 ms   7.0 ms   9.0 ms
  miss        159       2     61 ms    77 ms  unknown
  none         30       0     20 ms  unknown  unknown`,
  );
});

const STREAMS: StreamingFigures = {
  ttft: latency(182, 240, 260, null, null, 402.4),
  firstVisible: latency(204.1, 260, 290, 330, null, 420),
  gap: latency(21.36, 30, 44, 61.02, 90, 120),
  tpot: latency(22.4, 25, 27.9, null, null, 31),
  outputTokens: 12_400,
  inputTokens: 3200,
  cachedTokens: 1280,
  tokensPerSecond: 1240,
  goodput: 4.1,
  goodputShare: 0.875,
  tokensFrom: 'server',
  cancelled: 2,
};

test('of streams every figure has its definition beside it', () => {
  const text = runText({ ...OLD, profiled: null, streaming: STREAMS }, false);
  assert.equal(
    text.slice(text.indexOf('Latency'), text.indexOf('\n\nWhile')),
    `Latency   p50 3.1 ms · p90 8.9 ms · p95 26 ms · p99 36 ms · p99.9 unknown · max 42 ms   intended start to end

Streams            mean      p50      p95      p99      max
  TTFT           1.0 ms   182 ms   260 ms  unknown   402 ms  intended start to first content, reasoning or tool-call text
  First visible  1.0 ms   204 ms   290 ms   330 ms   420 ms  intended start to first content
  Gap            1.0 ms  21.4 ms  44.0 ms  61.0 ms   120 ms  between chunks, as they were read
  TPOT           1.0 ms  22.4 ms  27.9 ms  unknown  31.0 ms  (last − first content) / (output tokens − 1)
  Tokens     1,240/s                             output tokens of the answers that ended in the measured time
  Output     12,400 tokens                       as the server counts
  Input      3,200 tokens, 1,280 of them cached  as the server counts
  Goodput    4.1/s, 88 % of all                  requests within every limit set to single ones; failures missed
  Cancelled  2                                   cut off by the plan: their TTFT and gaps count, latency, tokens and TPOT do not`,
  );
});

test('what is the same as TTFT is not told twice, and what the server does not tell is unknown', () => {
  const silent = {
    ...STREAMS,
    firstVisible: STREAMS.ttft,
    outputTokens: null,
    inputTokens: null,
    cachedTokens: null,
    tokensPerSecond: null,
    goodput: null,
    goodputShare: null,
    tokensFrom: null,
    cancelled: 0,
  };
  const text = runText({ ...OLD, streaming: silent }, false);
  assert.doesNotMatch(text, /First visible|Input|Goodput|Cancelled/);
  assert.match(text, /^ {2}Output {2}unknown {2}not every answer tells its usage$/m);
});

test('sizes have a row each, with the time to first token where they stream', () => {
  const size = (from: number, to: number, ttft: Latency | null): SizeFigures => ({
    from,
    to,
    unit: 'input tokens',
    answered: 120,
    failed: 1,
    latency: latency(480, 600, 700, null),
    ttft,
  });
  const tableOf = (sizes: SizeFigures[]): string => {
    const text = runText({ ...OLD, sizes }, false);
    return text.slice(text.indexOf('\nInput tokens'), text.indexOf('\n\nWhile'));
  };
  assert.equal(
    tableOf([size(8, 8, latency(90, 95, 99)), size(9, 2048, latency(300, 320, 380))]),
    `
Input tokens  answered  failed       p50     p95      p99  TTFT p95
  8                120       1    480 ms  700 ms  unknown     99 ms
  9–2,048          120       1    480 ms  700 ms  unknown    380 ms`,
  );
  assert.doesNotMatch(tableOf([size(1, 1, null), size(2, 2, null)]), /TTFT/);
});

test('of steps those that stream have their time to first token', () => {
  const steps = [
    step('login', load(99), latency(1, 2, 3, 4)),
    { ...step('ask', load(98), latency(2, 3, 4, 5)), ttft: latency(90, 95, 99) },
  ];
  const text = runText({ ...OLD, steps }, false);
  assert.equal(
    text.slice(text.indexOf('Steps'), text.indexOf('\n\nWhile')),
    `Steps    answered  failed  prevented     p50     p95     p99  TTFT p95
  login        99       0          0  1.0 ms  3.0 ms  4.0 ms
  ask          98       0          0  2.0 ms  4.0 ms  5.0 ms     99 ms`,
  );
});

test('scenarios stand before their steps, and in columns of their own', () => {
  const scenarios = ['buy', 'look around'].map((scenario, index) => ({
    scenario,
    iterations: { started: 100, completed: 90 * (index + 1), failed: 4, unfinished: 0 },
    endToEnd: latency(10, 20, 30),
  }));
  const text = runText(
    {
      ...OLD,
      steps: [
        step('cart', load(99), latency(1), 0, [], 'buy'),
        step('pay', load(98), latency(2), 0, [], 'buy'),
        step('look around', load(180), latency(3), 0, [], 'look around'),
      ],
      scenarios,
      stages: [],
      cascade: null,
    },
    false,
  );
  const table = text.slice(text.indexOf('Steps'), text.indexOf('\n\nWhile'));
  assert.equal(
    table,
    `Steps           answered  failed   prevented     p50      p95      p99
  buy / cart          99       0           0  1.0 ms  unknown  unknown
  buy / pay           98       0           0  2.0 ms  unknown  unknown
  look around        180       0           0  3.0 ms  unknown  unknown

End to end     completed  failed  unfinished     p50      p95      p99
  buy                 90       4           0   10 ms    30 ms  unknown
  look around        180       4           0   10 ms    30 ms  unknown`,
  );
});

test('one step, one scenario and one stage say nothing that the run does not', () => {
  const text = runText(
    { ...OLD, steps: SHOP.steps!.slice(0, 1), scenarios: SHOP.scenarios!, stages: SHOP.stages!.slice(0, 1) },
    false,
  );
  assert.equal(text, runText(OLD, false));
});

test('columns line up for names of any script', () => {
  const names = ['カートに入れる', 'paiement réglé', '👩‍💻 review', 'plain'];
  const text = runText({ ...OLD, steps: names.map((name) => step(name, load(1), latency(1, 2, 3, 4))) }, false);
  const rows = text.split('\n').filter((line) => names.some((name) => line.includes(name)));
  assert.equal(rows.length, names.length);
  assert.equal(new Set(rows.map(displayWidth)).size, 1);
});

test('widths are those of terminals, and a cut falls between characters', () => {
  const widths: Record<string, number> = {
    '': 0,
    cart: 4,
    réglé: 5,
    're\u0301': 2,
    カート: 6,
    한국: 4,
    '👩‍💻': 2,
    '🇨🇦': 2,
    '…·×▁': 4,
  };
  for (const [text, width] of Object.entries(widths)) assert.equal(displayWidth(text), width, text);
  assert.equal(cutTo('カートに入れる', 7), 'カート…');
  assert.equal(cutTo('カートに入れる', 6), 'カー…');
  assert.equal(cutTo('カート', 6), 'カート');
  assert.equal(cutTo('re\u0301gler', 3), 're\u0301…');
  assert.equal(cutTo('cart', 0), '');
});

test('an answer cannot steer the terminal, nor run on', () => {
  const example = `\u001b]0;owned\u0007\u001b[2J\rfine\u202e ${'x'.repeat(500)}\nsecond line`;
  for (const colour of [false, true]) {
    const text = runText({ ...OLD, errors: [{ kind: 'status', count: 1, example }], notes: ['\u001b[5mnote'] }, colour);
    const lines = text.replaceAll(COLOURS, '').split('\n');
    for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
    assert.ok(
      !text.includes('second line') && !text.includes('[2J') && text.includes('× status  ') && text.includes('fine'),
    );
    assert.ok(lines.every((line) => line.length < 200));
  }
});

test('of many kinds of errors the most frequent are shown', () => {
  const errors = Array.from({ length: 11 }, (_, i) => ({ kind: `kind-${i}`, count: 100 - i, example: 'Why.' }));
  const lines = runText({ ...OLD, errors }, false).split('\n');
  assert.equal(lines.filter((line) => line.includes(' × ')).length, 8);
  assert.ok(lines.includes('  … and 3 more kinds'));
});

test('colours change no character', () => {
  for (const run of [OLD, SHOP]) assert.equal(stripVTControlCharacters(runText(run, true)), runText(run, false));
});

test('no line ends in spaces', () => {
  for (const run of [OLD, SHOP]) assert.doesNotMatch(runText(run, false), / $/m);
});

test('an objective of another version is shown as it can be', () => {
  const objectives = [
    { objective: 'ttft: p(95)<200', value: 120, ok: true },
    { objective: 'bytes: max<64KB', value: 1234, ok: true },
    { objective: 'failures: rate<1%', value: 0.0104, ok: false },
  ];
  const text = runText({ ...OLD, objectives }, false);
  assert.match(text, /✓ ttft: p\(95\)<200 +120 ms/);
  assert.match(text, /✓ bytes: max<64KB +1,234 bytes/);
  assert.match(text, /✗ failures: rate<1% +1\.04 %/);
});

test('what the sender was near the end of is named, each by itself', () => {
  const of = (health: Partial<Health>, counts: LoadCounts = OLD.load): string[] =>
    nearLimits({ ...OLD, load: counts, health: { ...OLD.health, ...health } });
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ cpu: null, starved: null, gc: { max: null, share: null }, fds: null, ports: null }), []);
  assert.deepEqual(of({ cpu: 0.79 }), []);
  assert.deepEqual(of({ cpu: 0.8 }), ['its CPU was at 80 % of a core']);
  assert.deepEqual(of({ cpu: 1.4, generators: 2 }), []);
  assert.deepEqual(of({ starved: 0.12 }), ['it had to wait for a core 12 % of the time']);
  assert.deepEqual(of({ gc: { max: 40, share: 0.06 } }), ['collecting garbage took 6 % of the time']);
  assert.deepEqual(of({ ports: { used: 28_000, available: 28_232 } }), ['28,000 of 28,232 local ports were in use']);
  const asked = (rate: number): LoadCounts => load(1, 0, { rate: { asked: rate, got: 1 } });
  assert.deepEqual(of({ capacity: 20_000 }, asked(15_000)), []);
  assert.deepEqual(of({ capacity: 20_000 }, asked(16_000)), [
    'it manages about 20,000 requests a second on this machine',
  ]);
});

test('several generators are told as such', () => {
  const text = runText({ ...OLD, health: { ...OLD.health, cpu: 1.5, generators: 3 } }, false);
  assert.match(text, /^Sender .* · 3 generators · CPU 50 % of a core each$/m);
});

test('the target is where the load went', () => {
  const of = (more: Partial<TargetFacts>): string => targetText({ ...OLD.target, runtime: null, pid: null, ...more });
  assert.equal(of({}), 'http://127.0.0.1:8000/predict');
  assert.equal(of({ address: null, pid: 7 }), 'http://127.0.0.1:8000/predict, process 7');
  assert.equal(of({ address: '127.0.0.1' }), '127.0.0.1:8000/predict');
  assert.equal(of({ url: 'http://localhost:8000', address: '::1' }), '[::1]:8000 (localhost)');
  assert.equal(of({ url: 'http://[::1]:8000/', address: '::1' }), '[::1]:8000');
  assert.equal(of({ url: 'https://model.local/v1', address: '127.0.0.1' }), '127.0.0.1:443/v1 (model.local)');
  assert.equal(of({ url: 'http://localhost/', address: '/run/app.sock' }), '/run/app.sock (localhost)');
  assert.equal(
    of({ url: 'http://localhost:8000/', address: '127.0.0.1', carrier: 'an SSH tunnel', pid: 7, protocol: 'h2' }),
    '127.0.0.1:8000 (localhost), through an SSH tunnel, HTTP/2, process 7',
  );
});
