// npm test [-- unit | real | wire | editor | desktop]: all or some; ends with how many passed, failed, were skipped.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packages, root } from './packages.mjs';
import { needPrograms } from './search-path.mjs';

/** Of a test, and of a file of them, ms. None takes nearly as long. */
const TEST_LIMIT = 15 * 60_000;

const log = (text) => process.stderr.write(`${text}\n`);
const stages = { types, lint, unit, real, wire, editor, desktop };
/** They need nothing that is installed. */
const SELF_CONTAINED = new Set(['types', 'lint', 'unit']);
const all = Object.keys(stages).filter((stage) => stage !== 'desktop');
const asked = process.argv.slice(2);
const unknown = asked.find((stage) => !Object.hasOwn(stages, stage));
if (unknown !== undefined) {
  log(`There is no stage "${unknown}". Say some of: ${Object.keys(stages).join(', ')}`);
  process.exit(2);
}

/** Environments of Python that the tests need, as variables for them. */
const pythons = once(async () => {
  const { pythonEnv, testPythonEnv } = await import('./python-env.mjs');
  return {
    TAILFLAME_TEST_PYTHON: await testPythonEnv({ log }),
    TAILFLAME_TEST_LLM_PYTHON: await pythonEnv({ log, example: 'llm-stream' }),
  };
});
const prometheusFolder = once(async () => {
  const { prometheus } = await import('./prometheus.mjs');
  return prometheus({ log });
});

const counts = { passed: 0, failed: 0, skipped: 0, again: 0 };
const results = path.join(root, 'out/results');

try {
  await packages({ log });
  const { buildProgram, buildTests } = await import('./build.mjs');
  await buildProgram();
  await buildTests();
  mkdirSync(results, { recursive: true });
  const installed = asked.length === 0 ? installMeanwhile() : Promise.resolve();
  for (const stage of asked.length > 0 ? asked : all) {
    // Nothing else may run beside what measures.
    if (!SELF_CONTAINED.has(stage)) await installed;
    log(`\n— ${stage}`);
    // The stages after it are run all the same.
    await stages[stage]().catch((error) => fail(`${stage}: ${error.message}`));
  }
} catch (error) {
  fail(error.message);
}
if (counts.again > 0) process.stdout.write(`\n${counts.again} of those that passed did so at the second try`);
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function types() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const [own, webview] = await Promise.all([command([tsc, '--noEmit']), command([tsc, '--noEmit', '-p', 'webview'])]);
  check('types of src and test', own);
  check('types of webview', webview);
}

async function lint() {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  check('lint', await command([biome, 'check', '--error-on-warnings', '.']));
}

async function unit() {
  await nodeTests('unit', 'out/test/unit', 2, {});
}

async function real() {
  // One at a time: these measure, and would measure each other.
  await measuringTests('real', 'out/test/real', 1, await pythons());
}

async function wire() {
  needPrograms(['bash', 'git', 'openssl']);
  const python = await pythons();
  // One file of these needs it; without it the others are run all the same.
  const folder = await prometheusFolder().catch((error) => fail(`wire: ${error.message}`));
  await measuringTests('wire', 'out/test/wire', 2, { ...python, TAILFLAME_TEST_PROMETHEUS: folder ?? '' });
}

/** The suite inside the extension host, then pages and a person at a real VS Code. */
async function editor() {
  await suite('editor', { TAILFLAME_VSCODE: path.join(root, 'out/test/editor/launcher.mjs') });
  const { packageExtension } = await import('./package.mjs');
  await packageExtension({ log });
  // A page alone needs no VS Code, and two at a time are no trouble to each other.
  const isPage = (name) => name.endsWith('-page.test.mjs');
  await nodeTests('page', 'out/test/editor', 2, {}, isPage);
  // One of a person's needs the machine for itself: it is shown which line is slow.
  const isAlone = (name) => name.startsWith('user-run.');
  const isBeside = (name) => !isPage(name) && !isAlone(name);
  await measuringTests('user', 'out/test/editor', 2, {}, { wanted: isBeside, isStory: true });
  await measuringTests('user-alone', 'out/test/editor', 1, {}, { wanted: isAlone, isStory: true });
}

/** The same suite in a desktop VS Code that is downloaded. */
async function desktop() {
  await suite('desktop', {});
}

/** What the stages after the unit tests need, while these run: half of it is a wait for the network. A failure is told by who needs it. */
async function installMeanwhile() {
  const { codeServer } = await import('./code-server.mjs');
  const { chromium } = await import('./chromium.mjs');
  for (const install of [pythons, prometheusFolder, () => codeServer({ log }), () => chromium({ log })]) {
    await install().catch(() => {});
  }
}

/** Runs the test files of a folder of which `wanted` takes the name, some at a time. */
async function nodeTests(name, folder, concurrency, env, wanted) {
  const { report, code } = await runFiles(name, filesOf(folder, wanted), concurrency, env);
  count(name, report, code);
}

/**
 * The same of tests that measure, beside whatever else the machine does: what failed is run once more, alone, and what fails again has
 * failed. How much needed that is told. Where the tests of a file go on from each other, the whole file is run again.
 */
async function measuringTests(name, folder, concurrency, env, { wanted, isStory = false } = {}) {
  const { report, code } = await runFiles(name, filesOf(folder, wanted), concurrency, env);
  const failed = failedTests(report);
  if (failed.length === 0) return count(name, report, code);
  log(`\n— ${name}: what failed once more, alone`);
  const files = [...new Set(failed.map(({ file }) => file))];
  const again = await runFiles(`${name}-again`, files, 1, env, isStory ? [] : failed.map(({ name }) => name));
  const passed = new Set([...again.report.matchAll(/^ *ok \d+ - (.*)$/gm)].map(([, test]) => unescaped(test)));
  const twice = failed.filter((test) => !passed.has(test.name)).length;
  const skipped = skippedIn(report);
  counts.again += failed.length - twice;
  add(name, { passed: lastCount(report, 'tests') - skipped - twice, failed: twice, skipped }, 0);
}

function filesOf(folder, wanted = () => true) {
  const names = readdirSync(path.join(root, folder)).filter((file) => file.endsWith('.test.mjs') && wanted(file));
  return names.map((file) => path.join(root, folder, file));
}

/**
 * Resolves with what the tests of the files came to as TAP, empty where there is none, and the exit status. With names only tests are run
 * that bear one of them.
 */
async function runFiles(name, files, concurrency, env, names = []) {
  // Without files node would look for some of its own.
  if (files.length === 0) return { report: '', code: 1 };
  const file = path.join(results, `${name}.tap`);
  rmSync(file, { force: true });
  const limits = [`--test-concurrency=${concurrency}`, `--test-timeout=${TEST_LIMIT}`];
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap'];
  const patterns = names.map((name) => `--test-name-pattern=${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}`);
  const options = ['--test', ...limits, ...patterns, ...reporters, `--test-reporter-destination=${file}`];
  const code = await command([...options, ...files], env);
  return { report: existsSync(file) ? readFileSync(file, 'utf8') : '', code };
}

/** Runs the suite inside the extension host, through @vscode/test-electron. */
async function suite(name, env) {
  const result = path.join(results, `${name}.json`);
  rmSync(result, { force: true });
  const code = await command(['out/test/desktop/desktop.mjs'], { ...env, TAILFLAME_SUITE_RESULT: result });
  if (!existsSync(result)) return fail(`${name}: the suite in the extension host told no result (exit ${code}).`);
  add(name, JSON.parse(readFileSync(result, 'utf8')), code);
}

/** Adds the counts of a TAP report. */
function count(name, report, code) {
  if (lastCount(report, 'tests') === 0) return fail(`${name}: node --test reported no test (exit ${code}).`);
  const failed = lastCount(report, 'fail') + lastCount(report, 'cancelled');
  add(name, { passed: lastCount(report, 'pass'), failed, skipped: skippedIn(report) }, code);
}

/** The last count of a TAP report, which those of single tests may come before. */
function lastCount(report, what) {
  return Number([...report.matchAll(new RegExp(`^# ${what} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
}

function skippedIn(report) {
  return lastCount(report, 'skipped') + lastCount(report, 'todo');
}

/** The tests of a TAP report that failed themselves, and not by one in them: the name as it stands there, and the file. */
function failedTests(report) {
  const blocks = report.matchAll(/^ *not ok \d+ - (.*)\n *---\n([\s\S]*?)\n *\.\.\.$/gm);
  return [...blocks].flatMap(([, name, facts]) => {
    const file = /^ *location: '(.*):\d+:\d+'$/m.exec(facts)?.[1];
    const isSuite = facts.includes("failureType: 'subtestsFailed'");
    return file === undefined || isSuite ? [] : [{ name: unescaped(name), file }];
  });
}

/** A name as it was given, of one as TAP has it. */
function unescaped(name) {
  return name.replace(/\\([\\#])/g, '$1');
}

/** Adds what a program of tests came to. One that ended badly, though no test of it did, has failed. */
function add(name, { passed, failed, skipped }, code) {
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
  if (code !== 0 && failed === 0) fail(`${name}: no test failed, and yet the exit status is ${code}.`);
}

function check(what, code) {
  if (code === 0) counts.passed += 1;
  else fail(`${what}: failed`);
}

function fail(sentence) {
  counts.failed += 1;
  log(sentence);
}

/** Runs a script with Node to its end. Resolves with its exit status, 1 where it has none. */
function command(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      log(`${args[0]} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
