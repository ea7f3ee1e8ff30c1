import assert from 'node:assert/strict';
import test from 'node:test';
import { Redactor } from '../../src/load/plan/redaction.ts';
import { LineSplitter } from '../../src/telemetry/line-splitter.ts';
import { type LogLevel, logRecord } from '../../src/telemetry/log/log-level.ts';
import { logSeries } from '../../src/telemetry/log/log-series.ts';
import { LogTally } from '../../src/telemetry/log/log-tally.ts';
import { maskedMessage } from '../../src/telemetry/log/masked-message.ts';

/** A line, its level, and its message; null: it begins no record. */
const LINES: readonly (readonly [string, LogLevel | null, string?])[] = [
  // Python: logging's default, with a time, uvicorn with and without colours, gunicorn, loguru, vLLM, structlog.
  ['ERROR:root:pool is empty', 'error', 'root:pool is empty'],
  ['2026-11-26 06:31:37,123 - app - WARNING - slow', 'warning', 'slow'],
  ['2026-11-26 06:31:37,123 INFO app: an ERROR was handled', 'other'],
  ['INFO:     127.0.0.1:51234 - "POST /predict HTTP/1.1" 500 Internal Server Error', 'other'],
  ['ERROR:    Exception in ASGI application', 'error', 'Exception in ASGI application'],
  ['\u001b[31mERROR\u001b[0m:    Exception in ASGI application', 'error', 'Exception in ASGI application'],
  ['[2026-11-26 06:31:37 +0000] [123] [CRITICAL] WORKER TIMEOUT (pid:9)', 'error', 'WORKER TIMEOUT (pid:9)'],
  ['2026-11-26 06:31:37.123 | ERROR    | app:predict:42 - no model', 'error', 'app:predict:42 - no model'],
  [
    'ERROR 11-26 06:31:37 [engine.py:12] CUDA out of memory',
    'error',
    '11-26 06:31:37 [engine.py:12] CUDA out of memory',
  ],
  ['(EngineCore_0 pid=12) WARNING 11-26 06:31:37 [core.py:3] slow', 'warning'],
  ['/app/server.py:12: UserWarning: X does not have valid feature names', 'warning'],
  ['{"event": "no model", "level": "error", "timestamp": "2026"}', 'error', 'no model'],
  // Node: pino, winston, an error that nobody caught.
  ['{"level":50,"time":1764138697123,"pid":1,"msg":"boom","err":{"message":"no room"}}', 'error', 'boom: no room'],
  ['{"level":40,"time":1764138697123,"msg":"slow"}', 'warning', 'slow'],
  ['{"level":30,"msg":"error error"}', 'other'],
  ['error: cannot connect', 'error', 'cannot connect'],
  ['TypeError: x is not a function', 'error', 'TypeError: x is not a function'],
  ['(node:12) Warning: a promise was rejected', 'warning'],
  // nginx, glog, TensorFlow, Triton, env_logger, tracing, a panic, logfmt, logback, syslog, docker compose.
  ['2026/11/26 06:31:37 [error] 123#123: *1 upstream timed out', 'error', '123#123: *1 upstream timed out'],
  ['2026/11/26 06:31:37 [notice] 1#1: signal process started', 'other'],
  ['127.0.0.1 - - [26/Nov/2026:06:31:37 +0000] "GET /error HTTP/1.1" 200 5 "-" "curl/8"', null],
  ['E1126 06:31:37.123456  1234 server.cc:12] "failed to load"', 'error', '"failed to load"'],
  ['W0000 00:00:1764138697.123456    1234 gpu.cc:12] slow', 'warning', 'slow'],
  ['2026-11-26 06:31:37.123456: E external/local_xla/xla.cc:477] Unable to register', 'error', 'Unable to register'],
  ['[2026-11-26T06:31:37Z ERROR text_embeddings] no room', 'error', 'text_embeddings] no room'],
  ['2026-11-26T06:31:37.123456Z  WARN tgi: waiting', 'warning', 'tgi: waiting'],
  ["thread 'main' panicked at src/main.rs:4:5:", 'error'],
  ['time=2026-11-26T06:31:37Z level=ERROR source=a.go:1 msg="no \\"model\\"" id=4', 'error', 'no \\"model\\"'],
  ['06:31:37.123 [main] ERROR c.e.Predict - failed', 'error', 'c.e.Predict - failed'],
  ['Nov 26 06:31:37 host app[1]: ERROR no model', 'error', 'no model'],
  ['web-1  | WARNING: slow', 'warning', 'slow'],
  // What says nothing of a level.
  ['Loaded 3 models, no error.', null],
  ['the ERROR constant is 4', null],
  ['GET /error 200', null],
  ['\u0000\u0001\ufffd\ufffd{"level":', null],
  ['{"a": 1}', null],
  ['', null],
];

test('levels are read in the formats that servers log in', () => {
  for (const [line, level, message] of LINES) {
    const record = logRecord(line);
    assert.equal(record?.level ?? null, level, line);
    if (message !== undefined) assert.equal(record?.message, message, line);
  }
});

test('messages that differ in numbers, times, ids and secrets are one', () => {
  const same = [
    'worker 12 timed out after 30.5 s (request 5f3c9a77-1c1d-4e51-9f0e-000000000001, at 0x7ffd11)',
    'worker 7 timed out after 2 s (request 00000000-1C1D-4e51-9f0e-aaaaaaaaaaaa, at 0xdeadbeef)',
  ];
  assert.deepEqual([...new Set(same.map(maskedMessage))], ['worker # timed out after # s (request #, at #)']);
  assert.equal(maskedMessage('connect 10.0.0.1:8000 at 2026-11-26T06:31:37.123Z'), 'connect # at #');
  assert.equal(maskedMessage('id chatcmpl-9a8b7c6d5e4f3a2b of ann@example.com'), 'id chatcmpl-# of #');
  assert.equal(
    maskedMessage('Authorization: Bearer abc.def password=hunter2, "api_key": "k", ok'),
    'Authorization: # password=#, "api_key": "#", ok',
  );
  assert.equal(maskedMessage('postgres://ann:pw@db/x'), 'postgres://#@db/x');
  assert.equal(maskedMessage('a\u0000b\tc\r\n d'), 'a b c d');
  assert.ok(maskedMessage('x '.repeat(100_000)).length <= 301);
});

test('masking long and hostile lines takes no time to speak of', () => {
  for (const text of [
    'a'.repeat(16_000),
    '1'.repeat(16_000),
    '-'.repeat(16_000),
    'token'.repeat(3000),
    '#.'.repeat(8000),
  ]) {
    const began = performance.now();
    maskedMessage(text);
    logRecord(text);
    assert.ok(performance.now() - began < 500, text.slice(0, 10));
  }
});

const tallied = (lines: readonly (readonly [number, string])[], secrets: readonly string[] = []): LogTally => {
  const redactor = new Redactor(secrets);
  const tally = new LogTally((text) => redactor.text(text));
  for (const [time, line] of lines) tally.add(line, time);
  return tally;
};

test('a traceback belongs to its error, which its exception explains', () => {
  const trace = (time: number, message: string): [number, string][] => [
    [time, 'ERROR:    Exception in ASGI application'],
    [time, 'Traceback (most recent call last):'],
    [time, '  File "/app/server.py", line 12, in predict'],
    [time, '    raise RuntimeError("ERROR")'],
    [time, `RuntimeError: ${message}`],
    [time, 'INFO:     127.0.0.1:5 - "GET / HTTP/1.1" 500'],
  ];
  const lines = [...trace(10, 'pool of 4 is empty'), ...trace(20, 'pool of 8 is empty')];
  const bare: [number, string][] = [
    [30, 'Traceback (most recent call last):'],
    [30, '  File "x.py", line 1, in <module>'],
    [30, 'KeyError: 3'],
  ];
  const facts = tallied([...lines, ...bare]).facts(true);
  assert.deepEqual(facts, {
    lines: 15,
    errors: 3,
    warnings: 0,
    messages: [
      {
        level: 'error',
        message: 'Exception in ASGI application: RuntimeError: pool of # is empty',
        count: 2,
        first: 10,
      },
      { level: 'error', message: 'KeyError: #', count: 1, first: 30 },
    ],
    others: 0,
  });
});

test('no secret of the plan is in what is kept, wherever it stands', () => {
  const secret = 'correct horse battery';
  const facts = tallied(
    [
      [0, `ERROR:root:cannot sign in with ${secret}`],
      [1, `WARNING:root:${'x'.repeat(290)}${secret}`],
      [2, JSON.stringify({ level: 'error', msg: `denied: ${secret}` })],
    ],
    [secret],
  ).facts(true);
  assert.equal(facts.errors, 2);
  assert.ok(!/correct|horse|battery/.test(JSON.stringify(facts)), JSON.stringify(facts));
});

test('a log of ever new messages is counted in bounded memory, with its first and its most frequent', () => {
  const tally = tallied([[0, 'ERROR:root:the first']]);
  for (let line = 0; line < 20_000; line++) {
    // Letters, so that no mask makes them one.
    const word = [...String(line)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    tally.add(`ERROR:root:never again ${word}`, line);
    if (line % 10 === 0) tally.add(`WARNING:root:often ${line}`, line);
  }
  const { errors, warnings, messages, others } = tally.facts(true);
  assert.deepEqual([errors, warnings], [20_001, 2000]);
  assert.deepEqual(messages[0], { level: 'warning', message: 'root:often #', count: 2000, first: 0 });
  assert.ok(messages.length <= 10 && messages.some(({ message }) => message === 'root:the first'));
  assert.equal(
    messages.reduce((sum, { count }) => sum + count, others),
    22_001,
  );
});

test('counts are taken once, and make a value for every whole second', () => {
  const tally = tallied([
    [100, 'ERROR:a'],
    [100, 'WARNING:a'],
    [100, 'INFO:a'],
  ]);
  assert.deepEqual(tally.take(), { errors: 1, warnings: 1 });
  assert.deepEqual(tally.take(), { errors: 0, warnings: 0 });
  const readings = [
    { time: 1100, errors: 3, warnings: 0 },
    { time: 1999, errors: 2, warnings: 1 },
    { time: 4000, errors: 7, warnings: 0 },
    { time: 5200, errors: 9, warnings: 0 },
  ];
  const [errors, warnings] = logSeries(readings, 0, 5600, 'a.log');
  assert.deepEqual(errors, {
    name: 'log errors',
    labels: { log: 'a.log' },
    unit: '/s',
    time: Float64Array.of(1000, 2000, 3000, 4000, 5000),
    values: Float64Array.of(0, 5, 0, 0, 7),
  });
  assert.deepEqual([...warnings!.values], [0, 1, 0, 0, 0]);
});

test('lines are put together from pieces, and of a very long one the beginning is kept', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(5);
  for (const piece of ['ab', 'c\nd', '\n\n12', '345', '6789\r\nx', 'y\r\n', 'end']) {
    splitter.push(piece, (line) => lines.push(line));
  }
  assert.deepEqual([...lines, splitter.end(), splitter.end()], ['abc', 'd', '', '12345', 'xy', 'end', '']);
});
