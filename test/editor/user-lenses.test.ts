import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { localServers } from '../../src/runner/target/local-server.ts';
import { until } from '../support/until.ts';
import { repository } from './launcher-programs.ts';
import { User } from './user.ts';

interface PythonModule {
  pythonEnv(options: { log: (line: string) => void; example: string }): Promise<string>;
}
interface PackagesModule {
  examplePackages(example: string, options: { log: (line: string) => void }): Promise<void>;
}

const EXAMPLES = ['fastapi-sklearn', 'flask-sentiment', 'express-embeddings'] as const;
const FIGURES = /p50 [\d.]+ m?s · p99 ([\d.]+ m?s|unknown) · [\d.,]+\/s/;
/** On a machine too busy to send on time a run is not valid, and not compared. */
const CHANGE = / · (p\d+ ([\d.]+ m?s (higher|lower) than|as) in|not comparable with) the run before/;
const RUNNING = /p\d+ [\d.]+ m?s · [\d.,]+ of [\d.,]+\/s/;
const ENDED = /^p\d+ [\d.]+ m?s$/;
const log = (line: string): void => console.log(line);
let base: string;
let folder: string;
const servers: ChildProcess[] = [];
let user: User;

before(async () => {
  const script = (name: string): string => pathToFileURL(path.join(repository, 'scripts', name)).href;
  const python: PythonModule = await import(script('python-env.mjs'));
  const packages: PackagesModule = await import(script('packages.mjs'));
  await packages.examplePackages('express-embeddings', { log });
  base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-workspace-'));
  // What a workspace lies in says nothing of what it holds.
  folder = path.join(base, 'build');
  for (const example of EXAMPLES) {
    cpSync(path.join(repository, 'examples', example), path.join(folder, example), { recursive: true });
  }
  // All at once, so that each is found among the others.
  await start('fastapi-sklearn', await python.pythonEnv({ log, example: 'fastapi-sklearn' }), 'server.py');
  await start('flask-sentiment', await python.pythonEnv({ log, example: 'flask-sentiment' }), 'server.py');
  await start('express-embeddings', process.execPath, 'server.mjs');
  const settings = { 'editor.fontSize': 12, 'editor.minimap.enabled': false };
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), folder, settings);
});

after(async () => {
  await user?.stop();
  for (const server of servers) server.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
});

async function start(example: string, program: string, file: string): Promise<void> {
  const options = { cwd: path.join(folder, example), env: { ...process.env, PORT: '0' } };
  const server = spawn(program, [file], { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  servers.push(server);
  await until(`${example} to listen`, 30_000, async () => {
    assert.equal(server.exitCode, null, `${example} ended`);
    return (await localServers())?.find(({ pid }) => pid === server.pid) ?? null;
  });
}

/** The 1-based line of a file of the workspace that has the text. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  assert.ok(at >= 0, `${file} has no "${text}"`);
  return at + 1;
}

/** Waits for a run that was just begun to end, and sees that nobody is asked anything meanwhile. */
async function runEnds(): Promise<void> {
  await user.status(RUNNING, 30_000);
  assert.equal(await user.isAsked(), false);
  await user.status(ENDED, 90_000);
}

test('FastAPI: a click above the route finds its slow lines, nothing asked, and the figures stand there', async () => {
  const line = lineOf('fastapi-sklearn/server.py', '@app.post("/rank")');
  await user.open('fastapi-sklearn/server.py');
  await (await user.lens(line, /▶ Load test/)).waitFor();
  await (await user.lens(line, /▶ Find slow lines/)).click();
  await runEnds();
  await user.open('fastapi-sklearn/server.py');
  const figures = await user.lens(line, FIGURES);
  await figures.click();
  await user.page.locator('.tab.active:has-text("Result POST")').waitFor({ timeout: 15_000 });
});

test('Express: a route of a router is loaded under its prefix, with the body that the service itself says', async () => {
  const line = lineOf('express-embeddings/search.mjs', "router.post('/nearest'");
  await user.open('express-embeddings/search.mjs');
  await (await user.lens(line, /▶ Find slow lines/)).click();
  await runEnds();
  await user.open('express-embeddings/search.mjs');
  await user.lens(line, FIGURES);
});

test('Flask: what nobody says of a route of a blueprint is asked once; after a second run the change is told', async () => {
  const line = lineOf('flask-sentiment/reviews.py', '@reviews.post("/sentiment")');
  await user.open('flask-sentiment/reviews.py');
  await (await user.lens(line, /▶ Load test/)).click();
  await user.answer('Body of POST /v1/reviews/sentiment', '{"texts":["The lamp is lovely but it came broken"]}');
  await runEnds();
  await user.open('flask-sentiment/reviews.py');
  await user.lens(line, FIGURES);
  await (await user.lens(line, /▶ Load test/)).click();
  await runEnds();
  await user.open('flask-sentiment/reviews.py');
  await user.lens(line, CHANGE);
  await user.screenshots('lenses');
});
