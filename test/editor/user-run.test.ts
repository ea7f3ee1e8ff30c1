import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../support/until.ts';
import { ExampleServer } from './example-server.ts';
import { repository } from './launcher-programs.ts';
import { THEMES, User } from './user.ts';

let example: ExampleServer;
let user: User;

before(async () => {
  example = await ExampleServer.start();
  const settings = { 'editor.fontSize': 12, 'editor.minimap.enabled': false, 'tailflame.codeLens': false };
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), example.folder, settings);
});

after(async () => {
  await user?.stop();
  example?.stop();
});

test('from the palette to the slow line: live p99, flame graph, a click on a frame, the annotated source', async () => {
  await user.command('Tailflame: Find Slow Lines');
  await user.answer('Endpoint', `${example.url}/predict`);
  await user.answer('Body', '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}');
  await user.answer('Load', '40/s for 20s');
  await user.status(/p\d+ [\d.]+ m?s · [\d.]+ of 40\/s/, 20_000);
  await user.page.screenshot({ path: path.join(repository, 'out/screenshots/live.png') });
  await user.status(/p99 [\d.]+ m?s · [\d.]+ of 40\/s/, 30_000);
  await user.status(/^p99 [\d.]+ m?s$/, 60_000);

  const graph = await user.flamegraph();
  // Where it takes enough room for a pointer.
  await graph.locator('select').selectOption('Slow requests');
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
  await location.click();
  await user.page.locator('.tab.active:has-text("drift.mjs")').waitFor({ timeout: 15_000 });

  let read: string[] = [];
  await until('the annotation of the slow line', 10_000, async () => {
    read = await user.annotations('across += ');
    return read.find((text) => /% of the busy time during slow requests · .* otherwise/.test(text)) ?? null;
  }).catch((error: Error) => {
    throw new Error(`${error.message} It reads ${JSON.stringify(read)}`);
  });
});

test('the flame graph and the lines follow the theme', async () => {
  await user.command('View: Toggle Primary Side Bar Visibility');
  for (const [name, theme, scheme] of THEMES) {
    await user.theme(theme);
    await until(`speedscope in ${theme}`, 20_000, async () => {
      const graph = await user.flamegraph();
      // The page is made anew for a theme, and may go while it is asked.
      const used = await graph
        .evaluate<string>("localStorage.getItem('speedscope-color-scheme') + document.body.className")
        .catch(() => '');
      return used.startsWith(scheme) && used.includes(name === 'contrast' ? 'high-contrast' : `vscode-${name}`)
        ? true
        : null;
    });
    await user.screenshot(name);
  }
});

test('without lenses the line that declares the route has its latency', async () => {
  await user.open('server.mjs');
  await until('the latency of the route', 15_000, async () => {
    const texts = await user.annotations();
    return (
      texts.find((text) => /p50 [\d.]+ ms · p99 [\d.]+ ms · [\d.]+\/s · (just now|\d+ min ago)/.test(text)) ?? null
    );
  });
  await user.screenshot('route');
});
