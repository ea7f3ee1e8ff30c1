import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import type { LogFacts, RunDocument } from '../../src/runs/run-document.ts';
import { freePort } from '../support/free-port.ts';
import { assertRan, tailflame, tailflameWith } from '../support/tailflame.ts';

const SECRET = 'correct-horse-battery';
const SLOW_MS = 150;
/** Requests 200 to 299 of 100 a second: from 2 s to 3 s. */
const BURST = [200, 300] as const;

/**
 * Logs what is known: a line for each request to `app.log`, and in the burst an error more, with the secret it was sent; that log is
 * rotated after it, by another file under its name. To `late.log`, which is not there at first: warnings, a line of 1 MB, and bytes that
 * are no text. To standard error, a line in two parts.
 */
const SERVER = `
import { appendFileSync, renameSync } from 'node:fs';
import http from 'node:http';
let count = 0;
http.createServer((request, response) => {
  const number = request.method === 'POST' ? count++ : -1;
  const burst = number >= ${BURST[0]} && number < ${BURST[1]};
  if (number >= 0) appendFileSync('app.log', 'INFO:     request ' + number + ' of 10.0.0.' + number + '\\n');
  if (burst) appendFileSync('app.log', 'ERROR:    request ' + number + ' of ' + request.headers['x-token'] + ': pool is empty\\n');
  if (number === ${BURST[1]}) renameSync('app.log', 'app.log.1');
  if (number === 350) appendFileSync('app.log', 'WARNING:  rotated\\n');
  if (number === 401) appendFileSync('app.log', 'ERROR:    not whole');
  if (number === 150) appendFileSync('late.log', 'WARN first\\n' + 'x'.repeat(1e6) + '\\n');
  if (number === 160) appendFileSync('late.log', Buffer.concat([Buffer.from([0, 255, 254, 10, 27, 91]), Buffer.from('\\nWARN second\\n')]));
  if (number === 100) process.stderr.write('2026-11-26 06:31:37,123 - app - ERR');
  if (number === 110) process.stderr.write('OR - in two parts\\n');
  setTimeout(() => response.end('{}'), burst ? ${SLOW_MS} : 5);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-logs-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

test('logs are followed through what happens to them, counted on the run’s clock, and told without secrets', async () => {
  const port = await freePort();
  await writeFile(path.join(cwd, 'server.mjs'), SERVER);
  await writeFile(path.join(cwd, 'app.log'), 'ERROR:    of an earlier day\n'.repeat(50));
  await writeFile(
    path.join(cwd, 'logs.load.yaml'),
    `target: { url: "http://127.0.0.1:${port}", logs: app.log, headers: { x-token: "\${secrets.token}" } }
secrets: { token: LOG_TOKEN }
load: { rate: 100, arrivals: constant }
duration: 4s
warmup: 0s
steps:
  - post: /predict
`,
  );
  const environment = { LOG_TOKEN: SECRET, PORT: String(port) };
  const start = `${process.execPath} server.mjs`;
  const options = ['--log', 'late.log', '--log', 'never.log', '--start', start, '--ready', `http://127.0.0.1:${port}/`];
  const args = ['run', 'logs.load.yaml', '--json', ...options];
  const { code, stdout, stderr } = await tailflameWith(environment, cwd, ...args);
  assertRan({ code, stderr });
  const run = JSON.parse(stdout) as RunDocument;
  assert.deepEqual([run.state, run.load.completed], ['finished', 400]);

  const logs = new Map(run.logs!.map((log) => [log.log, log]));
  const counts = (name: string): unknown => {
    const { lines, errors, warnings, trouble } = logs.get(name) as LogFacts;
    return { lines, errors, warnings, trouble };
  };
  // Two requests are the preflight’s, and came before. Of the others: a line each, an error more in the burst, and two lines.
  assert.deepEqual(counts('app.log'), { lines: 502, errors: 101, warnings: 1, trouble: null });
  assert.deepEqual(counts('late.log'), { lines: 5, errors: 0, warnings: 2, trouble: null });
  assert.deepEqual(counts('never.log'), { lines: 0, errors: 0, warnings: 0, trouble: 'was never there' });
  assert.deepEqual(counts("the target's stderr"), { lines: 1, errors: 1, warnings: 0, trouble: null });
  assert.deepEqual(run.notes, ['The log never.log was never there.']);
  const [frequent] = logs.get('app.log')!.messages;
  assert.deepEqual([frequent!.count, frequent!.message], [100, 'request # of <removed>: pool is empty']);

  const told =
    /^The log told of (\d+) errors such as “(.*)” in ([\d.]+) s from ([\d.]+) s on, while p\d+ rose from (.*) ms to (.*) ms\.$/;
  const [, errors, message, lasted, from, usual, slow] = told.exec(run.logBurst ?? '') ?? assert.fail(run.logBurst);
  // Its edges are those of looks at the file: one that is late on a busy machine leaves a few errors outside.
  assert.ok(Number(errors) >= 80 && Number(errors) <= 101, `${errors} errors`);
  assert.equal(message, frequent!.message);
  assert.ok(Math.abs(Number(from) - 2) < 0.5, `${from} s`);
  assert.ok(Math.abs(Number(lasted) - 1) < 0.5, `${lasted} s`);
  assert.ok(Number(usual) < SLOW_MS && Number(slow) >= SLOW_MS, run.logBurst);

  const opened = await openRun(path.join(cwd, run.run));
  const view = await runResultView(opened);
  const rates = view.telemetry.find(({ name }) => name === 'log errors (app.log)')!;
  assert.equal(rates.unit, '/s');
  const counted = rates.values.reduce<number>((sum, value) => sum + value!, 0);
  // What had no line break is counted at the end, in a second that may not be whole.
  assert.ok(counted === 100 || counted === 101, String(counted));
  assert.ok(view.sender.includes(run.logBurst!));
  const text = await tailflame(cwd, 'report', run.run);
  assert.match(
    text.stdout,
    /Log app\.log: 502 lines, 101 errors, 1 warning\.\n {2}100 × error: request # of <removed>/,
  );
  for (const file of await readdir(opened.folder)) {
    const bytes = await readFile(path.join(opened.folder, file));
    assert.ok(!bytes.includes(SECRET), `${file} has the secret in it`);
  }
});

/** Hands out another token at each login, and complains of every request with the token it was sent. */
const LOGIN_SERVER = `
import http from 'node:http';
let logins = 0;
http.createServer((request, response) => {
  if (request.url === '/login') {
    response.end(JSON.stringify({ token: 'handed-out-' + ++logins }));
    console.log('logins ' + logins);
  } else {
    console.log('ERROR: cannot use ' + request.headers.authorization);
    response.end('{}');
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

test('tokens that a set-up is given while the load goes on are told of no more than its first', async () => {
  const port = await freePort();
  await writeFile(path.join(cwd, 'login.mjs'), LOGIN_SERVER);
  await writeFile(
    path.join(cwd, 'login.load.yaml'),
    `target: "http://127.0.0.1:${port}"
load: { rate: 50, arrivals: constant }
duration: 4s
warmup: 0s
setup:
  steps:
    - post: /login
      extract: { token: $.token }
  refresh: 1s
steps:
  - post: /predict
    headers: { authorization: "Bearer \${token}" }
`,
  );
  const before = Date.now();
  const start = ['--start', `${process.execPath} login.mjs`, '--ready', `http://127.0.0.1:${port}/`];
  const { code, stdout, stderr } = await tailflameWith(
    { PORT: String(port) },
    cwd,
    'run',
    'login.load.yaml',
    '--json',
    ...start,
  );
  assertRan({ code, stderr });
  const run = JSON.parse(stdout) as RunDocument;
  const started = Date.parse(run.target.startedAt!);
  assert.ok(started > before && started < Date.parse(run.startedAt), `${run.target.startedAt}, ${run.startedAt}`);
  const [output] = run.logs!;
  assert.deepEqual([run.load.completed, output!.errors], [200, 200]);
  assert.deepEqual(
    output!.messages.map(({ message }) => message),
    ['cannot use Bearer <removed>'],
  );
  assert.ok(output!.lines >= 203, `${output!.lines - 200} logins while it was followed`);
  const folder = path.join(cwd, run.run);
  for (const file of await readdir(folder)) {
    const bytes = await readFile(path.join(folder, file));
    assert.ok(!bytes.includes('handed-out'), `${file} has a token in it`);
  }
});
