import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { repository } from './launcher-programs.ts';
import { User, until } from './user.ts';

const SECRET = 'k3y-of-nobody';
const BODY = '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}';
let folder: string;
let server: ChildProcess;
let url: string;
let user: User;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-workspace-'));
  cpSync(path.join(repository, 'examples/node-classifier'), folder, { recursive: true });
  server = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { ...process.env, PORT: '0', SLOW_PATH: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  server.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  url = await until('the example server', 10_000, async () => /http:\/\/[^\s/]+/.exec(said)?.[0] ?? null);
  // The rate follows from one request, which is not to be the server's first.
  for (let i = 0; i < 100; i++) await fetch(`${url}/predict`, { method: 'POST', body: BODY });
  writeFileSync(
    path.join(folder, 'requests.http'),
    `@host = ${url}\n\n### Healthy?\nGET {{host}}/healthz\n\n### Classify a reading\nPOST {{host}}/predict\nContent-Type: application/json\nX-Api-Key: ${SECRET}\n\n${BODY}\n\n### Elsewhere\nGET {{staging}}/healthz\n`,
  );
  const settings = { 'editor.fontSize': 13, 'editor.minimap.enabled': false };
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), folder, settings);
});

after(async () => {
  await user?.stop();
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const runs = (): string[] => {
  const kept = path.join(folder, '.tailflame/runs');
  return existsSync(kept) ? readdirSync(kept).filter((name) => !name.startsWith('.')) : [];
};

interface Ended {
  readonly latency: { readonly count: number };
  readonly load: { readonly failed: number };
}

/** Waits until one more run is kept than before and has ended, a percentile in the status bar and its result open. */
async function ended(before: number): Promise<Ended> {
  const document = await until<Ended>('the end of a run', 60_000, async () => {
    const newest = runs().toSorted().at(-1);
    if (newest === undefined || runs().length === before) return null;
    const file = path.join(folder, '.tailflame/runs', newest, 'run.json');
    // From its beginning there is one, without figures.
    const read: Ended | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    return read !== null && read.latency.count > 0 ? read : null;
  });
  await user.status(/^p\d\d [\d.]+ m?s$/, 20_000);
  await user.page.locator('.tab.active:has-text("Result ")').waitFor({ timeout: 15_000 });
  return document;
}

async function click(lens: string, nth = 0): Promise<void> {
  const found = user.page.locator(`.codelens-decoration a:has-text("${lens}")`).nth(nth);
  await found.waitFor({ timeout: 20_000 });
  // Lenses move while they come in.
  await user.page.waitForTimeout(500);
  await found.click();
}

test('a click above a request of a .http file loads it', async () => {
  await user.open('requests.http');
  await user.page.locator('.codelens-decoration:has-text("staging has no value")').waitFor({ timeout: 20_000 });
  await user.page.screenshot({ path: path.join(repository, 'out/screenshots/request-lenses.png') });
  await click('Load test', 1);
  await user.status(/p\d+ [\d.]+ m?s · [\d.]+ of [\d.]+\/s/, 20_000);
  const document = await ended(0);
  assert.ok(document.latency.count > 100, String(document.latency.count));
  assert.equal(document.load.failed, 0);
});

test('a curl line of the clipboard is loaded', async () => {
  await user.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const curl = `curl -X POST ${url}/predict \\\n  -H 'content-type: application/json' \\\n  -d '${BODY}'`;
  await user.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(curl)})`);
  await user.command('Tailflame: Load Test from curl');
  const document = await ended(1);
  assert.equal(document.load.failed, 0);
});

test('a request is saved as a plan without its secret, completed as somebody types, and run from its lens', async () => {
  await user.open('requests.http');
  await click('Save as plan', 1);
  await user.answer('New Load Plan', 'classify');
  const file = path.join(folder, 'classify.load.yaml');
  await user.page.locator('.tab.active:has-text("classify.load.yaml")').waitFor({ timeout: 15_000 });
  assert.match(readFileSync(file, 'utf8'), /x-api-key: "\$\{secrets\.api_key\}"/);

  await user.page.keyboard.press('Control+Home');
  await user.page.keyboard.press('Enter');
  await user.page.keyboard.press('ArrowUp');
  await user.page.keyboard.type('durat', { delay: 50 });
  const row = user.page.locator('.suggest-widget .monaco-list-row:has-text("duration")').first();
  await row.waitFor({ timeout: 10_000 });
  await user.page.screenshot({ path: path.join(repository, 'out/screenshots/plan-completion.png') });
  await user.page.waitForTimeout(500);
  await user.page.keyboard.press('Enter');
  await user.page.waitForTimeout(500);
  await user.page.keyboard.type('8x');
  await user.page.keyboard.press('Escape');
  const fault = user.page.locator('.squiggly-error').first();
  await fault.waitFor({ timeout: 10_000 });
  await user.command('Go to Next Problem in Files');
  await user.page.locator('.marker-widget:has-text("a time such as 500ms")').first().waitFor({ timeout: 10_000 });
  await user.page.screenshot({ path: path.join(repository, 'out/screenshots/plan-file.png') });
  await user.page.keyboard.press('Escape');
  await user.page.keyboard.press('Backspace');
  await user.page.keyboard.type('s');
  await user.page.keyboard.press('Escape');
  await until('the fault to go', 10_000, async () =>
    (await user.page.locator('.squiggly-error').count()) === 0 ? true : null,
  );
  await click('Load test');
  const document = await ended(2);
  assert.equal(document.load.failed, 0);
  for (const run of runs()) {
    const written = readFileSync(path.join(folder, '.tailflame/runs', run, 'run.json'), 'utf8');
    assert.ok(!written.includes(SECRET), run);
  }
  assert.ok(!readFileSync(file, 'utf8').includes(SECRET));
});
