import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { repository } from './launcher-programs.ts';
import { User, until } from './user.ts';

const theme = process.env['TAILFLAME_THEME'] ?? 'Default Dark Modern';
const suffix = theme.includes('High Contrast') ? 'contrast' : theme.includes('Light') ? 'light' : 'dark';
let folder: string;
let server: ChildProcess;
let url: string;
let user: User;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-workspace-'));
  cpSync(path.join(repository, 'examples/node-classifier'), folder, { recursive: true });
  server = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  server.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  url = await until('the example server', 10_000, async () => /http:\/\/\S+/.exec(said)?.[0] ?? null);
  const settings = { 'workbench.colorTheme': theme, 'editor.fontSize': 13 };
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), folder, settings);
});

after(async () => {
  await user?.screenshot(`end-${suffix}`);
  await user?.stop();
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('from the palette to the slow line: live p99, flame graph, a click on a frame, the annotated source', async () => {
  await user.command('Tailflame: Find Slow Lines');
  await user.answer('Endpoint', `${url}/predict`);
  await user.answer('Body', '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}');
  await user.answer('Load', '60/s for 12s');
  await user.status(/p\d+ [\d.]+ m?s · [\d.]+ of 60\/s/, 20_000);
  await user.screenshot(`live-${suffix}`);
  await user.status(/p99 [\d.]+ m?s · [\d.]+ of 60\/s/, 30_000);
  await user.status(/^p99 [\d.]+ m?s$/, 60_000);

  const graph = await user.flamegraph();
  const file = path.join(folder, 'drift.mjs');
  const location = await until('a frame of drift.mjs under the pointer', 30_000, async () => {
    const canvas = graph.locator('canvas').last();
    const box = await canvas.boundingBox();
    if (!box) return null;
    for (let y = 20; y < Math.min(box.height, 420); y += 20) {
      for (const x of [0.2, 0.35, 0.5, 0.65, 0.8]) {
        await user.page.mouse.move(box.x + box.width * x, box.y + y);
        await user.page.waitForTimeout(50);
        await user.page.mouse.click(box.x + box.width * x, box.y + y);
        await user.page.waitForTimeout(50);
        const found = graph.getByText(/energyDistance \(.*drift\.mjs:\d+:\d+\)/).first();
        if ((await found.count()) > 0) return found;
      }
    }
    return null;
  });
  await user.screenshot(`flamegraph-${suffix}`);
  await location.click();
  await user.page.locator('.tab.active:has-text("drift.mjs")').waitFor({ timeout: 15_000 });

  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.includes('across += '));
  assert.ok(line !== undefined);
  const texts = await until('the annotation', 10_000, async () => {
    const found = (await user.annotations()).filter((text) =>
      /% of the time during slow requests · .* otherwise/.test(text),
    );
    return found.length > 0 ? found : null;
  });
  assert.ok(texts.length > 0);
  await user.screenshot(`lines-${suffix}`);
});
