import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { AnswerView } from '../../src/report/answer-view.ts';
import { findRateProgress, findRateView } from '../../src/report/find-rate-view.ts';
import { answerPage, readPageCode } from '../../src/report/offline-page.ts';
import { sweepView } from '../../src/report/sweep-view.ts';
import { DIST } from '../support/dist.ts';
import { simulatedFindRate, simulatedSweep } from '../support/simulated-answers.ts';
import { browserPath, launchChromium, repository } from './launcher-programs.ts';
import { seriousFaults, WATCH_POLICY } from './page-checks.ts';

let folder: string;
let browser: Browser;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-answer-'));
  mkdirSync(path.join(repository, 'out/screenshots'), { recursive: true });
  browser = await launchChromium(await browserPath((line) => console.log(line)));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const VIEWS: Readonly<Record<string, AnswerView>> = {
  found: findRateView(simulatedFindRate(), 'POST /predict'),
  none: findRateView(
    simulatedFindRate({
      answer: 'none',
      passesAt: null,
      failsAt: 1,
      saturated: null,
      sentence: 'Fails at 1/s already.',
    }),
    'POST /predict',
  ),
  going: findRateProgress(
    { ...simulatedFindRate(), probes: simulatedFindRate().probes.slice(0, 3) },
    'POST /predict',
    'Probing 50/s',
  ),
  sweep: sweepView(simulatedSweep(), 'POST /predict'),
};

/** What went wrong in the pages of a test, which ends with it: what an event's listener throws belongs to no test. */
const faults: string[] = [];
afterEach(() => assert.deepEqual(faults.splice(0), []));

async function open(html: string, colorScheme: 'dark' | 'light' = 'dark'): Promise<Page> {
  const file = path.join(folder, `${Math.random()}.html`);
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme });
  await context.setOffline(true);
  await context.addInitScript(WATCH_POLICY);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(pathToFileURL(file).href);
  await page.locator('.verdict').waitFor();
  return page;
}

const exported = async (view: AnswerView): Promise<string> => answerPage(view, await readPageCode(DIST, 'answer'));

test('an answer’s page shows the sentence and every setting with its figures, from a file, without a network', async () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    const page = await open(await exported(view));
    const sentence = view.status === null ? view.progress : view.sentence;
    assert.equal(await page.locator('.verdict .sentence').textContent(), sentence, name);
    assert.equal(await page.locator('tbody tr').count(), view.points.length, name);
    await page.context().close();
  }
  const page = await open(await exported(VIEWS['sweep']!));
  const row = page.locator('tbody tr', { has: page.locator('th:text-is("32")') });
  assert.match((await row.textContent()) ?? '', /✓ yes.*55\.6\/s.*1,778\/s.*18 ms.*23 ms.*27 ms.*0\.0125.*the best/s);
  // A circle or a cross at every setting on the line of p99, and the band of the search.
  assert.equal(await page.locator('figure:first-of-type g').last().locator('.mark-ok, .mark-bad').count(), 7);
  await page.context().close();
});

test('throughput is of one measure, and a setting that lacks it stands in the table alone', async () => {
  const points = simulatedSweep().points.map((point, at) =>
    at === 2 ? { ...point, rowsPerSecond: null } : { ...point, tokensPerSecond: 10 * at },
  );
  const page = await open(await exported(sweepView(simulatedSweep({ points }), 'POST /predict')));
  const figure = page.locator('figure', { hasText: 'Latency p99 against throughput' });
  assert.ok((await figure.locator('.axis').allTextContents()).includes('rows a second'));
  assert.equal(await figure.locator('.mark-ok, .mark-bad').count(), points.length - 1);
  assert.equal(await page.locator('tbody tr').count(), points.length);
  await page.context().close();
});

test('nothing serious stands in the way of assistive technology, dark or light, and the policy is kept', async () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const colorScheme of ['dark', 'light'] as const) {
      const page = await open(await exported(view), colorScheme);
      assert.deepEqual(await seriousFaults(page), [], `${name}, ${colorScheme}`);
      assert.deepEqual(await page.evaluate('violations'), []);
      await page.screenshot({
        path: path.join(repository, `out/screenshots/answer-${name}-${colorScheme}.png`),
        fullPage: true,
      });
      await page.context().close();
    }
  }
});
