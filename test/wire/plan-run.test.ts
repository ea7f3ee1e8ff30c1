import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { FailureExample } from '../../src/runs/failure-example.ts';
import { startKnownServer } from '../support/known-server.ts';
import { type PlanRun, runPlanFile } from '../support/plan-run.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

const TOKEN = 'tok-5f1c9e77';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-plan-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

function runPlan(name: string, text: string, ...options: string[]): Promise<PlanRun> {
  return runPlanFile(cwd, name, text, options, { SHOP_TOKEN: TOKEN });
}

test('failures are kept as they were, and no secret of the plan is anywhere in the run', async () => {
  const server = await startKnownServer('wrong');
  try {
    const kept = await runPlan(
      'kept.load.yaml',
      `target: ${server.url}
secrets: { token: SHOP_TOKEN }
load: { rate: 50, arrivals: constant }
duration: 1s
warmup: 0s
steps:
  - name: ask
    post: "/ask?n=\${counter}"
    headers: { authorization: "Bearer \${secrets.token}", x-note: "for \${secrets.token}" }
    json: { password: hunter2, question: "\${secrets.token}?" }
    check:
      - json: $.answer
        equals: 42
objectives: [rate<0.9]
`,
      '--html',
      'kept.html',
    );
    assert.ok(kept.run !== null, kept.stderr);
    const reported = await tailflame(cwd, 'report', kept.run.run, '--html', 'again.html');
    assert.equal(reported.code, 0, reported.stderr);
    for (const page of ['kept.html', 'again.html']) {
      const content = await readFile(path.join(cwd, page), 'latin1');
      assert.ok(content.includes('$.answer is 41, expected 42'), page);
      assert.ok(!content.includes(TOKEN) && !content.includes('hunter2'), page);
    }
    const folder = path.join(cwd, kept.run.run);
    for (const file of await readdir(folder)) {
      const content = await readFile(path.join(folder, file), 'latin1');
      assert.ok(!content.includes(TOKEN) && !content.includes('hunter2'), file);
    }
    // Every fifth answer is wrong, and the preflight took two.
    assertRan(kept);
    assert.equal(kept.run.load.failed, 10);
    assert.deepEqual(kept.run.errors, [{ kind: 'check', count: 10, example: '$.answer is 41, expected 42' }]);
    const examples = JSON.parse(await readFile(path.join(folder, 'failures.json'), 'utf8')) as FailureExample[];
    assert.equal(examples.length, 3);
    assert.equal(examples[0]?.kind, 'check');
    assert.equal(examples[0]?.response?.body, '{"answer":41}');
    assert.equal(examples[0]?.request?.headers['x-note'], 'for <removed>');
  } finally {
    await server.stop();
  }
});

test('an objective that is broken for certain ends the run early, and an objective on a step that never ran fails', async () => {
  const server = await startKnownServer('steady');
  try {
    const aborted = (): Promise<PlanRun> =>
      runPlan(
        'abort.load.yaml',
        `target: ${server.url}
load: 100/s
duration: 30s
warmup: 0s
objectives:
  - { objective: p(50)<5, abort: true, after: 1s }
`,
      );
    let { code, run } = await aborted();
    // Where the machine was too busy that second to send on time, the run says nothing of the server.
    for (let left = 3; code === 98 && left > 0; left--) ({ code, run } = await aborted());
    assert.equal(code, 99);
    assert.match(
      run!.verdict.sentence,
      /^Failed: p\(50\)<5 was broken after \d+(\.\d)? s: it was 1\d(\.\d+)? ms\. The run was stopped then\.$/,
    );
    const measured = run!.phases.find(({ phase }) => phase === 'measured')!;
    assert.ok(measured.end - measured.start < 6000, `${measured.end - measured.start} ms`);
    const { planned, completed, failed, dropped, interrupted } = run!.load;
    assert.equal(completed + failed + dropped + interrupted, planned);

    const never = await runPlan(
      'never.load.yaml',
      `target: ${server.url}
load: 20/s
duration: 1s
warmup: 0s
scenarios:
  - name: often
    steps: [{ name: first, get: / }]
  - name: never
    weight: 0
    steps: [{ name: second, get: / }]
objectives:
  - latency{step:second}: p(50)<1000
`,
    );
    assertRan(never, 99);
    assert.match(never.run!.objectives[0]!.reason ?? '', /no request of step "second" was ever sent/);
  } finally {
    await server.stop();
  }
});

test('a plan that is wrong ends with 2, its line and column, and the nearest right name', async () => {
  const { code, stderr } = await runPlan('wrong.load.yaml', 'target: http://127.0.0.1:1/\nload:\n  rat: 60\n');
  assert.equal(code, 2);
  assert.match(stderr, /wrong\.load\.yaml:3:3: .*"rat".*"rate"/);
  const missing = await tailflame(cwd, 'run', 'none.load.yaml');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /none\.load\.yaml: there is no such file/);
});

test('a run’s requests as CSV: a line each, with the step’s name', async () => {
  const server = await startKnownServer('quick');
  try {
    const { run } = await runPlan(
      'csv.load.yaml',
      `target: ${server.url}\nload: 50/s\nduration: 1s\nwarmup: 0s\nsteps: [{ name: "say, hi", get: / }]\n`,
    );
    const { stdout } = await tailflame(cwd, 'report', run!.run, '--csv', '-');
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 1 + run!.load.planned!);
    assert.match(lines[0]!, /^id,phase,outcome,status,bytes,intended,/);
    assert.match(lines[1]!, /"say, hi"/);
  } finally {
    await server.stop();
  }
});

test('load goes only where it may, also where a template names the host', async () => {
  const server = await startKnownServer('quick');
  try {
    const sentTo = (url: string): Promise<PlanRun> =>
      runPlan(
        'host.load.yaml',
        `target: ${server.url}
environment: { ELSEWHERE: "http://192.0.2.1" }
load: 5/s
duration: 1s
warmup: 0s
steps: [{ get: "${url}" }]
`,
      );
    const known = await sentTo('${env.ELSEWHERE}/');
    assert.equal(known.code, 2, known.stderr);
    assert.match(known.stderr, /192\.0\.2\.1 is not this machine\. If you may load it, allow it with --allow-remote/);
    // Of what only an iteration knows.
    const made = await sentTo('http://192.0.2.${iteration}/');
    assert.equal(made.code, 3, made.stderr);
    assert.match(made.stderr, /192\.0\.2\.\d is not this machine/);
  } finally {
    await server.stop();
  }
});
