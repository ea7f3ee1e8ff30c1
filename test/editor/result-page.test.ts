import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { figure } from '../../src/load/measure/figure.ts';
import { duration } from '../../src/report/figures.ts';
import { readPageCode, resultPage } from '../../src/report/offline-page.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import type { FromResult, ToResult } from '../../webview/messages.ts';
import type { Kept } from '../../webview/report/kept.ts';
import { DIST } from '../support/dist.ts';
import { withStreams } from '../support/simulated-streams.ts';
import { simulatedView } from '../support/simulated-view.ts';
import { until } from '../support/until.ts';
import { browserPath, launchChromium, repository } from './launcher-programs.ts';
import { seriousFaults, WATCH_POLICY } from './page-checks.ts';

const UPDATES = 3600;
const MOST_HEAP_MB = 200;

let folder: string;
let browser: Browser;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-page-'));
  mkdirSync(path.join(repository, 'out/screenshots'), { recursive: true });
  browser = await launchChromium(await browserPath((line) => console.log(line)));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const VIEWS: Readonly<Record<string, ResultView>> = {
  full: simulatedView().view,
  'three-requests': simulatedView({
    rate: 1,
    warmup: 0,
    measured: 3000,
    profiled: 0,
    failing: 0,
    stall: null,
    telemetry: false,
  }).view,
  'all-failed': simulatedView({ failing: 1, profiled: 0, measured: 10_000, telemetry: false }).view,
  streams: withStreams(simulatedView({ failing: 0, profiled: 0, measured: 20_000 }).view),
  'second-1': simulatedView({ until: 1000 }).view,
};
const UNDER = simulatedView({ seed: 8, work: 8, stall: null }).view;

/** What went wrong in the pages of a test, which ends with it: what an event's listener throws belongs to no test. */
const faults: string[] = [];
afterEach(() => assert.deepEqual(faults.splice(0), []));

/** Without a network; whatever breaks the page's policy is kept in `violations`. */
async function open(html: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const file = path.join(folder, `${Math.random()}.html`);
  writeFileSync(file, html);
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.setOffline(true);
  await context.addInitScript(WATCH_POLICY);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!/^(file|blob|data):/.test(request.url())) faults.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

async function exported(view: ResultView, under: ResultView | null = null): Promise<string> {
  return resultPage({ view, under }, await readPageCode(DIST, 'report'));
}

/** The page as it is in the editor's panel, whose other end keeps what is said. */
async function inEditor(kept: Kept | null = null): Promise<Page> {
  const { script, style } = await readPageCode(DIST, 'report');
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-x'; style-src 'nonce-x'">`;
  const end = `window.sent = []; window.acquireVsCodeApi = () => ({
    postMessage: (message) => sent.push(message), getState: () => (${JSON.stringify(kept)}), setState: (kept) => { window.kept = kept; } });`;
  const body = `<div id="result"></div><script nonce="x">${end}</script><script nonce="x">${script.replaceAll('</script', '<\\/script')}</script>`;
  return open(
    `<!DOCTYPE html><html lang="en" class="in-file"><head>${policy}<title>Result</title><style nonce="x">${style}</style></head><body>${body}</body></html>`,
  );
}

async function tell(page: Page, ...messages: readonly ToResult[]): Promise<void> {
  await page.evaluate(`for (const message of ${JSON.stringify(messages)}) window.postMessage(message, '*')`);
}

function sent(page: Page): Promise<FromResult[]> {
  return page.evaluate<FromResult[]>('sent');
}

async function drawn(page: Page): Promise<void> {
  await page.locator('.verdict').waitFor();
  await page.waitForTimeout(300);
}

test('the exported page shows the same figures from a file, without a network', async () => {
  const view = VIEWS['full']!;
  const page = await open(await exported(view, UNDER));
  await drawn(page);
  const { figures } = view;
  const shown = async (name: string): Promise<string> =>
    (await page
      .locator('.tile', { has: page.locator(`dt:text-is("${name}")`) })
      .locator('.value')
      .textContent()) ?? '';
  assert.equal(await page.locator('.verdict .sentence').textContent(), view.verdict?.sentence);
  assert.equal(await shown('answered'), figures.answered.toLocaleString('en-US'));
  assert.equal(await shown('failed'), figures.failed.toLocaleString('en-US'));
  assert.equal(await shown('rate'), `${figure(figures.rateGot)}/s`);
  for (const [name, value] of [
    ['p50', figures.p50],
    ['p90', figures.p90],
    ['p95', figures.p95],
    ['p99', figures.p99],
    ['p99.9', figures.p999],
    ['max', figures.max],
  ] as const) {
    assert.equal(await shown(name), duration(value), name);
  }
  assert.equal(await page.locator('section[aria-labelledby="slowest"] tbody tr').count(), 10);
  const resources = page.locator('section[aria-labelledby="resources"] li');
  assert.deepEqual(
    await resources.allTextContents(),
    view.resources.map(({ state, sentence }) => `${state} ${sentence}`),
  );
  assert.match((await page.locator('.tile.main .before').textContent()) ?? '', new RegExp(duration(UNDER.figures.p99)));
  assert.deepEqual(await page.evaluate('violations'), []);
  await page.context().close();
});

test('streams stand with every figure and its definition, over time, and in the slowest requests', async () => {
  const view = VIEWS['streams']!;
  const page = await open(await exported(view));
  await drawn(page);
  const section = page.locator('section[aria-labelledby="streams"]');
  const row = section.locator('tbody tr', { has: page.locator('th:text-is("TPOT")') });
  assert.match((await row.textContent()) ?? '', /312\s*22\.0 ms\s*25\.0 ms\s*27\.0 ms\s*unknown\s*33\.0 ms\s*\(last/);
  for (const { text, definition } of view.streams!.facts) {
    assert.ok(
      await section.locator('.tile', { hasText: definition }).filter({ hasText: text }).isVisible(),
      definition,
    );
  }
  const bands = await page.locator('.band-title').allTextContents();
  for (const title of ['Time to first token', 'Gap between chunks', 'Output tokens a second']) {
    assert.ok(bands.includes(title), title);
  }
  const sizes = page.locator('section[aria-labelledby="sizes"] tbody tr');
  assert.match((await sizes.nth(1).textContent()) ?? '', /61–200\s*412\s*2\s*1\.90 s/);
  assert.ok((await page.locator('.bar').first().getAttribute('title'))?.includes('to the first content'));
  await page.context().close();
});

test('nothing serious stands in the way of assistive technology, in any state, dark or light', async () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const colorScheme of ['dark', 'light'] as const) {
      const page = await open(await exported(view, name === 'full' ? UNDER : null), { colorScheme });
      await drawn(page);
      assert.deepEqual(await seriousFaults(page), [], `${name}, ${colorScheme}`);
      assert.deepEqual(await page.evaluate('violations'), []);
      await page.screenshot({
        path: path.join(repository, `out/screenshots/result-${name}-${colorScheme}.png`),
        fullPage: true,
      });
      await page.context().close();
    }
  }
});

test('the panel is used by keys alone, from the run laid under to the line of a finding', async () => {
  const page = await inEditor();
  const view = VIEWS['full']!;
  await tell(page, { type: 'view', view }, { type: 'runs', runs: [{ name: UNDER.run, label: 'the run before' }] });
  await drawn(page);
  assert.deepEqual(await seriousFaults(page), []);
  const focused = (): Promise<string> =>
    page.evaluate<string>(`(() => { const at = document.activeElement;
      return at.getAttribute('aria-label') ?? at.label ?? at.textContent.trim(); })()`);
  const reach = async (wanted: RegExp): Promise<void> => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if (wanted.test(await focused())) return;
    }
    assert.fail(`${wanted} is not reached by Tab.`);
  };

  await reach(/^Earlier run/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until('the run to be asked for', 5000, async () =>
    (await sent(page)).some((message) => message.type === 'under' && message.run === UNDER.run) ? true : null,
  );
  await tell(page, { type: 'under', view: UNDER });
  await page.locator('.tile .before').first().waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await until('it to be taken away again', 5000, async () =>
    (await sent(page)).some((message) => message.type === 'under' && message.run === null) ? true : null,
  );
  await tell(page, { type: 'under', view: null });
  await until('no figure of it', 5000, async () => ((await page.locator('.tile .before').count()) === 0 ? true : null));

  await reach(/^Save HTML/);
  await page.keyboard.press('Enter');
  await reach(/^Save PNG/);
  await page.keyboard.press('Enter');
  await until('both exports', 5000, async () => {
    const messages = await sent(page);
    const png = messages.find((message) => message.type === 'picture');
    return messages.some((message) => message.type === 'export' && message.as === 'html') && png ? png : null;
  }).then((png) => {
    const bytes = Buffer.from(png.type === 'picture' ? png.base64 : '', 'base64');
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    writeFileSync(path.join(repository, 'out/screenshots/result-picture.png'), bytes);
  });

  await reach(/^Moment in the run/);
  await page.keyboard.press('End');
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Shift+ArrowLeft');
  const slider = page.locator('[role=slider]');
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /Profiled.*p50 .*p99 .*got .*in flight/);
  assert.match((await page.locator('.stretch-label').textContent()) ?? '', /selected/);
  await page.keyboard.press('Enter');
  const stretch = (await sent(page)).find((message) => message.type === 'stretch');
  assert.ok(stretch?.type === 'stretch');
  const { width, start, got } = view.overTime;
  const end = start + got.length * width;
  assert.ok(stretch.from >= end - 5 * width && stretch.to <= end && stretch.to > stretch.from);
  await page.keyboard.press('Escape');
  assert.doesNotMatch((await page.locator('.stretch-label').textContent()) ?? '', /selected/);

  await reach(/^As a table/);
  await page.keyboard.press('Enter');
  await page.locator('details table').waitFor();
  assert.equal(await page.locator('details tbody tr').count(), got.length);
  await reach(/^Show all 50/);
  await page.keyboard.press('Enter');
  await until('all slowest requests', 5000, async () =>
    (await page.locator('section[aria-labelledby="slowest"] tbody tr').count()) === 50 ? true : null,
  );
  await reach(/energyDistance/);
  await page.keyboard.press('Enter');
  assert.ok(
    (await sent(page)).some(
      (message) => message.type === 'open' && message.file === 'drift.mjs' && message.line === 30,
    ),
  );
  await reach(/^Flame graph of the slow requests$/);
  await page.keyboard.press('Enter');
  assert.deepEqual((await sent(page)).at(-1), { type: 'view', view: { kind: 'slow' } });
  assert.deepEqual(await page.evaluate('violations'), []);
  await page.context().close();
});

test('where another load may tell what is slow, the panel offers to run it, and a page of its own only says so', async () => {
  const findingsNote = 'No contrast: slow requests were always in flight.';
  const view = { ...VIEWS['full']!, findings: [], findingsNote, findingsLoad: '27 requests a second for 22 s' };
  const alone = await open(await exported(view));
  await drawn(alone);
  await alone.getByText(findingsNote).waitFor();
  assert.equal(await alone.getByText('Find slow lines with').count(), 0);
  const page = await inEditor();
  await tell(page, { type: 'view', view });
  await drawn(page);
  await page.getByText('Find slow lines with 27 requests a second for 22 s').click();
  assert.deepEqual((await sent(page)).at(-1), { type: 'again' });
  await tell(page, { type: 'view', view: { ...view, findingsLoad: null } });
  await until('the offer to go', 5000, async () =>
    (await page.getByText('Find slow lines with').count()) === 0 ? true : null,
  );
  for (const shown of [alone, page]) await shown.context().close();
});

test('a drag over a stretch asks for its flame graph, and updates keep it, the focus and the scroll', async () => {
  const page = await inEditor();
  const { view } = simulatedView();
  await tell(page, { type: 'view', view });
  await drawn(page);
  const box = (await page.locator('.overlay').boundingBox())!;
  const [from, to] = [box.x + box.width * 0.8, box.x + box.width * 0.9];
  await page.mouse.move(from, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(to, box.y + 90, { steps: 5 });
  await page.mouse.up();
  const stretch = (await sent(page)).find((message) => message.type === 'stretch');
  assert.ok(stretch?.type === 'stretch');
  const { start, width, got } = view.overTime;
  const span = got.length * width;
  const length = stretch.to - stretch.from;
  assert.ok(Math.abs(length - 0.1 * span) < 0.02 * span + 2 * width, `${stretch.from}–${stretch.to}`);
  for (const end of [stretch.from, stretch.to]) assert.equal((end - start) % width, 0, `${end} is no edge of a bucket`);
  const label = await page.locator('.stretch-label').textContent();
  await page.screenshot({ path: path.join(repository, 'out/screenshots/result-stretch.png') });
  await page.locator('summary').focus();
  await page.evaluate('scrollTo(0, 300)');
  await tell(page, { type: 'view', view: { ...view, figures: { ...view.figures, answered: 999_999 } } });
  await page.locator('.value:text-is("999,999")').waitFor();
  assert.equal(await page.locator('.stretch-label').textContent(), label);
  assert.equal(await page.evaluate('scrollY'), 300);
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'SUMMARY');
  await page.context().close();
});

test('a page made anew shows its run as it was left, and another run without what was selected of that one', async () => {
  const view = VIEWS['full']!;
  const stretch = { anchor: 46_000, head: 50_000 };
  const page = await inEditor({ run: view.run, stretch, scroll: 400, allSlowest: true });
  await tell(page, { type: 'view', view });
  await drawn(page);
  assert.match((await page.locator('.stretch-label').textContent()) ?? '', /42 s – 46 s selected/);
  assert.equal(await page.locator('section[aria-labelledby="slowest"] tbody tr').count(), 50);
  assert.equal(await page.evaluate('scrollY'), 400);
  for (const other of [UNDER, view]) {
    await tell(page, { type: 'view', view: other });
    await page.locator(`header:has-text("${other.run}")`).waitFor();
    assert.doesNotMatch((await page.locator('.stretch-label').textContent()) ?? '', /selected/);
  }
  await page.context().close();
});

test('an hour of updates stays under 200 MB', { timeout: 400_000 }, async () => {
  const page = await inEditor();
  const { view } = simulatedView({ rate: 20, warmup: 10_000, measured: 3_590_000, profiled: 0 });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const metric = async (name: string): Promise<number> =>
    (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  await page.evaluate(`window.whole = ${JSON.stringify(view)}`);
  await tell(page, { type: 'view', view });
  await drawn(page);
  const before = await metric('TaskDuration');
  let most = 0;
  for (let second = 0; second < UPDATES; second += 100) {
    // As the panel gets them: each a copy, with as many buckets as the hour had by then.
    await page.evaluate(`(async () => {
      for (let second = ${second + 1}; second <= ${second + 100}; second++) {
        const { overTime, ...rest } = whole;
        const buckets = Math.max(1, Math.ceil(overTime.got.length * second / ${UPDATES}));
        const cut = Object.fromEntries(Object.entries(overTime).map(([name, value]) =>
          [name, Array.isArray(value) && name !== 'edges' ? value.slice(0, buckets) : value]));
        const shown = new Promise((resolve) =>
          addEventListener('message', () => requestAnimationFrame(resolve), { once: true }));
        postMessage({ type: 'view', view: { ...rest, verdict: null, progress: 'second ' + second, overTime: cut } }, '*');
        // Several make one picture, so that an hour of them takes half a minute.
        if (second % 4 === 0) await shown;
      }
    })()`);
    most = Math.max(most, await metric('JSHeapUsedSize'));
  }
  const each = ((await metric('TaskDuration')) - before) / UPDATES;
  await until('the last update', 5000, async () =>
    (await page.locator('.verdict .sentence').textContent()) === `second ${UPDATES}` ? true : null,
  );
  await cdp.send('HeapProfiler.collectGarbage');
  const left = await metric('JSHeapUsedSize');
  const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
  console.log(`an hour of updates: heap at most ${mb(most)} MB, ${mb(left)} MB after it was collected;`);
  console.log(`each took ${(each * 1000).toFixed(1)} ms of the page's thread, where one of four is drawn`);
  assert.ok(most < MOST_HEAP_MB * 1024 * 1024, `${mb(most)} MB`);
  await page.context().close();
});
