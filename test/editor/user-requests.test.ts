import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../support/until.ts';
import { ExampleServer } from './example-server.ts';
import { repository } from './launcher-programs.ts';
import { User } from './user.ts';

const SECRET = 'k3y-of-nobody';
const BODY = '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}';
let example: ExampleServer;
let folder: string;
let url: string;
let documents: Server;
let documentUrl: string;
/** How often somebody asked for the OpenAPI document. */
let asked = 0;
let user: User;

before(async () => {
  example = await ExampleServer.start({ SLOW_PATH: 'off' });
  ({ folder, url } = example);
  // The rate follows from one request, which is not to be the server's first.
  for (let i = 0; i < 100; i++) await fetch(`${url}/predict`, { method: 'POST', body: BODY });
  writeFileSync(
    path.join(folder, 'requests.http'),
    `@host = ${url}\n\n### Healthy?\nGET {{host}}/healthz\n\n### Classify a reading\nPOST {{host}}/predict\nContent-Type: application/json\nX-Api-Key: ${SECRET}\n\n${BODY}\n\n### Elsewhere\nGET {{staging}}/healthz\n`,
  );
  const settings = { 'editor.fontSize': 13, 'editor.minimap.enabled': false };
  writeFileSync(path.join(folder, 'stacks.collapsed'), 'main (server.mjs:3);work (server.mjs:9) 42\n');
  writeFileSync(path.join(folder, 'first.load.yaml'), `target: ${url}/healthz\n`);
  const document = {
    openapi: '3.1.0',
    servers: [{ url }],
    paths: {
      '/healthz': { get: {} },
      '/predict': { post: { requestBody: { content: { 'application/json': { example: JSON.parse(BODY) } } } } },
    },
  };
  documents = http.createServer((_, response) => {
    asked += 1;
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
  documentUrl = `http://127.0.0.1:${(documents.address() as AddressInfo).port}/openapi.json`;
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), folder, settings, false);
});

after(async () => {
  await user?.stop();
  documents?.close();
  example?.stop();
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

test('in a workspace nobody trusts nothing is sent or run, commands say why, and files can be viewed', async () => {
  await user.open('requests.http');
  await user.page.locator('.codelens-decoration a:has-text("Save as plan")').first().waitFor({ timeout: 20_000 });
  assert.equal(await user.page.locator('.codelens-decoration a:has-text("Load test")').count(), 0);
  await user.command('Tailflame: Find Slow Lines');
  await user.told(/sends nothing and runs nothing in a workspace you do not trust/);
  await user.command('Tailflame: New Load Plan');
  await user.choose('New Load Plan', 'An operation of an OpenAPI document');
  await user.answer('OpenAPI Document', documentUrl);
  await user.told(/sends nothing in a workspace you do not trust/);
  await user.open('first.load.yaml');
  await user.command('Tailflame: Run Load Plan');
  await user.told(/sends nothing and runs nothing/);
  await user.openViews();
  await user.page.locator('.customview-tree .monaco-list-row:has-text("stacks")').click();
  const graph = await user.flamegraph();
  await graph.locator('[aria-label="Samples shown"]').waitFor({ timeout: 15_000 });
  assert.equal(asked, 0);
  assert.deepEqual(runs(), []);
});

test('once it is trusted, the lenses are there', async () => {
  await user.command('Workspaces: Manage Workspace Trust');
  await user.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click({ timeout: 15_000 });
  await user.command('View: Close All Editors');
  await user.open('requests.http');
  await user.page.locator('.codelens-decoration a:has-text("Load test")').first().waitFor({ timeout: 20_000 });
});

test('a click above a request of a .http file loads it', async () => {
  await user.open('requests.http');
  await user.page.locator('.codelens-decoration:has-text("staging has no value")').waitFor({ timeout: 20_000 });
  await user.screenshots('request-lenses');
  await click('Load test', 1);
  await user.status(/p\d+ [\d.]+ m?s · [\d.]+ of [\d.]+\/s/, 20_000);
  const document = await ended(0);
  assert.ok(document.latency.count > 50, String(document.latency.count));
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
  // What is told for a moment yet is that the key has no value.
  await until('the fault of what was typed', 20_000, async () => {
    await user.command('Go to Next Problem in Files');
    const told = user.page.locator('.marker-widget').filter({ hasText: 'or 1h, not "8x"' }).first();
    return told.waitFor({ timeout: 2000 }).then(
      () => true,
      () => null,
    );
  });
  await user.page.screenshot({ path: path.join(repository, 'out/screenshots/plan-file.png') });
  await user.page.keyboard.press('Escape');
  // To a fault of the key the caret went as well.
  await user.page.keyboard.press('Control+Home');
  await user.page.keyboard.press('End');
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

test('a plan is made from a URL, and from an operation of an OpenAPI document by its URL, over another only if one says so', async () => {
  const made = async (name: string, pattern: RegExp): Promise<void> => {
    const file = path.join(folder, `${name}.load.yaml`);
    await until(`${name} to read like ${pattern}`, 15_000, async () =>
      existsSync(file) && pattern.test(readFileSync(file, 'utf8')) ? true : null,
    );
    await user.page.locator(`.tab.active:has-text("${name}.load.yaml")`).waitFor({ timeout: 15_000 });
  };
  const fromUrl = async (name: string): Promise<void> => {
    await user.command('Tailflame: New Load Plan');
    await user.choose('New Load Plan', 'A URL');
    await user.answer('URL', `${url}/healthz`);
    await user.answer('New Load Plan', name);
  };
  await fromUrl('health');
  await made('health', /healthz/);
  await user.command('Tailflame: New Load Plan');
  await user.choose('New Load Plan', 'An operation of an OpenAPI document');
  await user.answer('OpenAPI Document', documentUrl);
  await user.choose('Operation', 'POST /predict');
  await user.answer('New Load Plan', 'health');
  await user.decide('health.load.yaml is there already', 'Choose Another Name');
  await user.answer('New Load Plan', 'predict');
  await made('predict', /post: .*predict.*reading/s);
  assert.match(readFileSync(path.join(folder, 'health.load.yaml'), 'utf8'), /healthz/);
  await fromUrl('predict');
  await user.decide('predict.load.yaml is there already', 'Overwrite');
  await made('predict', /healthz/);
});

test('a secret that was forgotten is asked for behind dots when a plan of the view is run, and kept again', async () => {
  await user.command('Tailflame: Forget Secrets');
  await user.told(/1 secret is forgotten/);
  await user.openViews();
  const run = async (): Promise<void> => {
    const plan = user.page.locator(
      '.pane:has(.pane-header[aria-label^="Plans"]) .monaco-list-row:has-text("classify")',
    );
    await plan.hover();
    await plan.locator('.action-label[aria-label^="Run Load Plan"]').click();
  };
  await run();
  await user.page.locator('.quick-input-titlebar:has-text("Secret")').waitFor({ timeout: 15_000 });
  assert.equal(await user.page.locator('.quick-input-widget:visible input').first().getAttribute('type'), 'password');
  await user.page.keyboard.press('Escape');
  await user.page.waitForTimeout(1000);
  assert.equal(runs().length, 3, 'without it nothing is sent');
  await run();
  await user.answer('Secret', SECRET);
  const document = await ended(3);
  assert.equal(document.load.failed, 0);
  for (const kept of runs()) {
    assert.ok(!readFileSync(path.join(folder, '.tailflame/runs', kept, 'run.json'), 'utf8').includes(SECRET), kept);
  }
  await user.command('Tailflame: Forget Secrets');
  await user.told(/1 secret is forgotten/);
});
