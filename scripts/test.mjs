// npm test [-- unit | real | editor | desktop]: everything, or one stage; ends with how many passed and failed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packages, root } from './packages.mjs';

const log = (text) => process.stderr.write(`${text}\n`);
const asked = process.argv.slice(2);
const all = ['types', 'lint', 'unit', 'real', 'editor'];
const stages = asked.length > 0 ? asked : all;
const unknown = stages.find((stage) => ![...all, 'desktop'].includes(stage));
if (unknown !== undefined) {
  log(`There is no stage "${unknown}". Say some of: ${[...all, 'desktop'].join(', ')}`);
  process.exit(2);
}

const counts = { passed: 0, failed: 0 };
const results = path.join(root, 'out/results');

try {
  await packages({ log });
  const { buildProgram, buildTests } = await import('./build.mjs');
  await buildProgram();
  await buildTests();
  mkdirSync(results, { recursive: true });
  for (const stage of stages) await run(stage);
} catch (error) {
  log(error.message);
  counts.failed += 1;
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function run(stage) {
  log(`\n— ${stage}`);
  if (stage === 'types') {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const [own, webview] = await Promise.all([command([tsc, '--noEmit']), command([tsc, '--noEmit', '-p', 'webview'])]);
    check('types of src and test', own);
    check('types of webview', webview);
  } else if (stage === 'lint') {
    check(
      'lint',
      await command([path.join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']),
    );
  } else if (stage === 'unit') {
    await nodeTests(stage, 'out/test/unit', 2, {});
  } else if (stage === 'real') {
    const { pythonEnv, testPythonEnv } = await import('./python-env.mjs');
    const python = {
      TAILFLAME_TEST_PYTHON: await testPythonEnv({ log }),
      TAILFLAME_TEST_LLM_PYTHON: await pythonEnv({ log, example: 'llm-stream' }),
    };
    // One at a time: these measure, and would measure each other.
    await nodeTests(stage, 'out/test/real', 1, python);
    const { prometheus } = await import('./prometheus.mjs');
    await nodeTests('wire', 'out/test/wire', 2, { ...python, TAILFLAME_TEST_PROMETHEUS: await prometheus({ log }) });
  } else {
    await editorTests(stage);
  }
}

async function nodeTests(stage, folder, concurrency, env, wanted = () => true) {
  const files = readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.test.mjs') && wanted(name));
  const report = path.join(results, `${stage}.tap`);
  rmSync(report, { force: true });
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap'];
  const options = [`--test-concurrency=${concurrency}`, ...reporters, `--test-reporter-destination=${report}`];
  const code = await command(['--test', ...options, ...files.map((name) => path.join(root, folder, name))], env);
  count(report, code);
}

/** The suite inside the extension host, through @vscode/test-electron or our launcher, then a person at a real VS Code. */
async function editorTests(stage) {
  const result = path.join(results, `${stage}.json`);
  rmSync(result, { force: true });
  const desktop = stage === 'desktop';
  const program = desktop ? {} : { TAILFLAME_VSCODE: path.join(root, 'out/test/editor/launcher.mjs') };
  const code = await command(['out/test/desktop/desktop.mjs'], { ...program, TAILFLAME_SUITE_RESULT: result });
  const suite = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : { passed: 0, failed: 0 };
  counts.passed += suite.passed;
  counts.failed += code !== 0 && suite.failed === 0 ? 1 : suite.failed;
  if (desktop) return;
  const { packageExtension } = await import('./package.mjs');
  await packageExtension({ log });
  // A page alone needs no VS Code, and two at a time are no trouble to each other.
  const isPage = (name) => name.endsWith('-page.test.mjs');
  await nodeTests('page', 'out/test/editor', 2, {}, isPage);
  // Nor do these two measure anything that the other could disturb.
  const isQuiet = (name) => /^user-(requests|runs)\./.test(name);
  await nodeTests('user-quiet', 'out/test/editor', 2, {}, isQuiet);
  await nodeTests('user', 'out/test/editor', 1, {}, (name) => !isPage(name) && !isQuiet(name));
}

/** Adds a TAP report's last counts; a run that ended without them has failed. */
function count(report, code) {
  const text = readFileSync(report, 'utf8');
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  counts.passed += number('pass');
  const failed = number('fail') + number('cancelled');
  counts.failed += code !== 0 && failed === 0 ? 1 : failed;
}

function check(what, code) {
  if (code === 0) counts.passed += 1;
  else {
    counts.failed += 1;
    log(`${what}: failed`);
  }
}

function command(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1))));
}
