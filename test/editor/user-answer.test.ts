import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { until } from '../support/until.ts';
import { ExampleServer } from './example-server.ts';
import { repository } from './launcher-programs.ts';
import { WATCH_POLICY } from './page-checks.ts';
import { User } from './user.ts';

let example: ExampleServer;
let user: User;

before(async () => {
  example = await ExampleServer.start();
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), example.folder, {});
  await user.page.addInitScript(WATCH_POLICY);
});

after(async () => {
  await user?.stop();
  example?.stop();
});

/** The frame of the answer panel's page, once it has ended with an answer that reads like `pattern`. */
function answer(pattern: RegExp): Promise<Frame> {
  return until('the answer', 90_000, async () => {
    for (const frame of user.page.frames()) {
      const told = frame.locator('.verdict:not(.running) .sentence');
      const text = await told.textContent({ timeout: 200 }).catch(() => null);
      if (text !== null && pattern.test(text)) return frame;
    }
    return null;
  });
}

test('two settings compared: each with its figures, its runs a click away, none of them opened one by one', async () => {
  await user.command('Tailflame: Compare Settings');
  await user.answer('Endpoint', `${example.url}/predict`);
  await user.answer('Body', '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}');
  await user.answer('Load', '4 users for 2s');
  await user.choose('Compare Settings', 'Users');
  await user.answer('Values', '1,4');
  await user.status(/users/, 30_000);
  const frame = await answer(/users/);
  const rows = frame.locator('tbody tr');
  assert.equal(await rows.count(), 2);
  for (const row of await rows.all()) assert.match((await row.textContent()) ?? '', /[\d.]+\/s.*ms/s);
  assert.ok((await frame.locator('figure.curve').count()) >= 2);
  assert.deepEqual(await frame.evaluate('violations'), []);
  assert.equal(await user.page.locator('.tab:has-text("Result")').count(), 0);
  await user.screenshots('sweep');
  await frame.locator('button.link').first().click();
  await user.page.locator('.tab.active:has-text("Result")').waitFor({ timeout: 15_000 });
});

test('the highest rate of a plan, from its lens: the status bar tells how it goes, and the answer at its end', async () => {
  const plan = `target: ${example.url}\nsteps:\n  - post: /predict\n    json: {reading: [0.1, 0.4, 0.2, 0.9, 0.3, 0.5, 0.7, 0.6]}\n`;
  writeFileSync(path.join(example.folder, 'classify.load.yaml'), plan);
  await user.open('classify.load.yaml');
  const lens = await user.lens(1, /Find highest rate/);
  await lens.click();
  await user.answer('What Has to Hold', 'p(90)<500');
  await user.answer('How Long It May Take', '25s');
  await user.status(/\d\/s/, 30_000);
  const told = /hold|told|unresolved|fail|at least/i;
  const frame = await answer(told);
  assert.ok((await frame.locator('tbody tr').count()) >= 2);
  assert.match((await frame.locator('h1').textContent()) ?? '', /^Highest rate/);
  await user.status(told, 5000);
  await user.command('Tailflame: Show Last Answer');
  assert.deepEqual(await frame.evaluate('violations'), []);
  await user.screenshot('find-rate');
});
