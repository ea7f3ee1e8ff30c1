import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { until } from '../support/until.ts';
import { ExampleServer } from './example-server.ts';
import { repository } from './launcher-programs.ts';
import { WATCH_POLICY } from './page-checks.ts';
import { THEMES, User } from './user.ts';

let example: ExampleServer;
let user: User;

before(async () => {
  example = await ExampleServer.start();
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), example.folder, {
    'files.simpleDialog.enable': true,
  });
  // In every frame from its first moment on: a panel's page too.
  await user.page.addInitScript(WATCH_POLICY);
});

after(async () => {
  await user?.stop();
  example?.stop();
});

/** The frame of the result panel's page, once a verdict stands in it. */
function result(): Promise<Frame> {
  return until('the result panel', 30_000, async () => {
    for (const frame of user.page.frames()) {
      const shown = await frame
        .evaluate<boolean>("document.querySelector('#result .verdict .sentence') !== null")
        .catch(() => false);
      if (shown) return frame;
    }
    return null;
  });
}

test('a run ends in the result panel: the verdict in words, its figures, and no breach of its policy', async () => {
  await user.command('Tailflame: Find Slow Lines');
  await user.answer('Endpoint', `${example.url}/predict`);
  await user.answer('Body', '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}');
  await user.answer('Load', '50/s for 10s');
  await user.status(/^p\d\d [\d.]+ m?s$/, 90_000);
  const frame = await result();
  // Until it has ended, what it does stands where the verdict will.
  const sentence = await until('the verdict', 30_000, async () => {
    const said = (await frame.locator('.verdict .sentence').textContent()) ?? '';
    return /^(Measured|Not valid: Tailflame sent late)/.test(said) ? said : null;
  });
  const [run] = readdirSync(path.join(example.folder, '.tailflame/runs')).filter((name) => /^\d/.test(name));
  const document = JSON.parse(readFileSync(path.join(example.folder, '.tailflame/runs', run!, 'run.json'), 'utf8')) as {
    verdict: { sentence: string };
    load: { completed: number };
  };
  assert.equal(sentence, document.verdict.sentence);
  const answered = frame.locator('.tile', { has: frame.locator('dt:text-is("answered")') }).locator('.value');
  assert.equal(await answered.textContent(), document.load.completed.toLocaleString('en-US'));
  assert.ok((await frame.locator('canvas').count()) >= 4);
  assert.deepEqual(await frame.evaluate('violations'), []);
});

test('a stretch selected by keys shows its flame graph, and is there again after the panel was hidden', async () => {
  await user.command('View: Close Editors in Other Groups').catch(() => {});
  const frame = await result();
  await frame.locator('[role=slider]').focus();
  await user.page.keyboard.press('End');
  for (let presses = 0; presses < 8; presses++) await user.page.keyboard.press('Shift+ArrowLeft');
  const label = await until('the selected stretch', 5000, async () => {
    const text = (await frame.locator('.stretch-label').textContent()) ?? '';
    return text.includes('selected') ? text : null;
  });
  await user.page.keyboard.press('Enter');
  const graph = await user.flamegraph();
  await graph.locator('select').waitFor({ timeout: 15_000 });
  assert.deepEqual(await graph.evaluate('violations'), []);
  const tab = user.page.locator('.tab', { hasText: 'Result POST' });
  await tab.click();
  await user.open('server.mjs');
  await until('the panel to be hidden', 15_000, async () => ((await frameIsShown()) ? null : true));
  await tab.click();
  const again = await result();
  await until('the stretch to be there again', 10_000, async () =>
    (await again.locator('.stretch-label').textContent()) === label ? true : null,
  );
  assert.deepEqual(await again.evaluate('violations'), []);
});

test('the stretch is kept with the run under a name, by keys, and named anew from the palette', async () => {
  const graph = await user.flamegraph();
  await graph.locator('button:text-is("Save…")').focus();
  await user.page.keyboard.press('Enter');
  await user.answer('Save View', 'the end');
  await graph.locator('option:checked:text-is("the end")').waitFor({ state: 'attached', timeout: 15_000 });
  await user.command('Tailflame: Rename View');
  await user.answer('Rename View', 'the last second');
  await graph.locator('option:checked:text-is("the last second")').waitFor({ state: 'attached', timeout: 15_000 });
  assert.match(
    (await graph.locator('#sentence').textContent()) ?? '',
    /^All that ran, [\d.]+–[\d.]+ s: .* in .* samples?\.$/,
  );
  const [run] = readdirSync(path.join(example.folder, '.tailflame/runs')).filter((name) => /^\d/.test(name));
  const kept = readFileSync(path.join(example.folder, '.tailflame/runs', run!, 'views.json'), 'utf8');
  assert.match(kept, /"name": "the last second"/);
});

test('the panel follows the theme', async () => {
  for (const [name, theme] of THEMES) {
    await user.theme(theme);
    const frame = await result();
    await until(`the panel in ${theme}`, 20_000, async () => {
      const used = await frame.evaluate<string>('document.body.className');
      return used.includes(name === 'contrast' ? 'high-contrast' : `vscode-${name}`) ? true : null;
    });
    await user.screenshot(`panel-${name}`);
  }
});

test('the result is saved as a page of its own by a command', async () => {
  await user.command('Tailflame: Export Result as HTML');
  const input = user.page.locator('.quick-input-widget:visible input').first();
  await input.waitFor({ timeout: 15_000 });
  await until('a name to be offered', 10_000, async () => ((await input.inputValue()).endsWith('.html') ? true : null));
  await user.page.keyboard.press('Enter');
  const name = await until(
    'the page',
    15_000,
    async () => readdirSync(example.folder).find((file) => file.endsWith('.html')) ?? null,
  );
  await until('all of the page', 10_000, async () =>
    readFileSync(path.join(example.folder, name), 'utf8').includes('</html>') ? true : null,
  );
  assert.match(readFileSync(path.join(example.folder, name), 'utf8'), /id="tailflame-result">\{"view":\{"run":/);
});

test('the panel shows its run again after the window was loaded anew', async () => {
  const before = await (await result()).locator('.verdict .sentence').textContent();
  await user.page.reload();
  await user.page.waitForSelector('.monaco-workbench .statusbar', { timeout: 60_000 });
  const frame = await result();
  assert.equal(await frame.locator('.verdict .sentence').textContent(), before);
  assert.match((await frame.locator('.stretch-label').textContent()) ?? '', /selected/);
  const graph = await user.flamegraph();
  await graph.locator('option:checked:text-is("the last second")').waitFor({ state: 'attached', timeout: 30_000 });
});

async function frameIsShown(): Promise<boolean> {
  for (const frame of user.page.frames()) {
    if (await frame.evaluate<boolean>("document.querySelector('#result') !== null").catch(() => false)) return true;
  }
  return false;
}
