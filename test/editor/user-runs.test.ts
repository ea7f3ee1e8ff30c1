import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { LABEL_FILE } from '../../src/runs/run-label.ts';
import { documentOf, latencyOf, storeRun } from '../support/stored-run.ts';
import { until } from '../support/until.ts';
import { repository } from './launcher-programs.ts';
import { User } from './user.ts';

const SHOWN_MS = 20_000;
let folder: string;
let older: string;
let newer: string;
let broken: string;
let user: User;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-runs-'));
  user = await User.start(path.join(repository, 'out/tailflame.vsix'), folder, {});
});

after(async () => {
  await user?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function row(text: string | RegExp): Locator {
  return user.page.locator('.customview-tree .monaco-list-row').filter({ hasText: text });
}

/** The row that is marked as the baseline, for the eye by a badge, which is no text of the page. */
function baseline(): Locator {
  return user.page.locator(
    '.customview-tree .monaco-list-row[aria-label*="baseline"]:has([class*="monaco-decoration"])',
  );
}

/** Texts of the rows of the view of runs, as they stand under each other. */
async function rows(): Promise<string[]> {
  const found = await user.page.locator('.pane:has(.pane-header[aria-label^="Runs"]) .monaco-list-row').all();
  const placed = await Promise.all(
    found.map(async (each) => ({ text: (await each.textContent()) ?? '', top: (await each.boundingBox())?.y ?? 0 })),
  );
  return placed.sort((a, b) => a.top - b.top).map(({ text }) => text);
}

/** Puts the keyboard's focus on the row that stands at `index`. */
async function focusRow(index: number): Promise<void> {
  await user.command('Focus on Runs View');
  await user.page.waitForTimeout(500);
  await user.page.keyboard.press('Home');
  for (let i = 0; i < index; i++) await user.page.keyboard.press('ArrowDown');
}

async function menu(on: Locator, title: string): Promise<void> {
  await on.click({ button: 'right' });
  const item = user.page.locator('.monaco-menu .action-item').filter({ hasText: new RegExp(`^${title}`) });
  await item.first().waitFor({ timeout: SHOWN_MS });
  // A menu takes no click before the one that opened it is surely over.
  await user.page.waitForTimeout(500);
  await item.first().click();
}

/** Waits until both runs stand beside each other in a document. */
async function compared(): Promise<void> {
  await until('both p99', SHOWN_MS, async () => {
    const lines = user.page.locator('.editor-instance .view-lines');
    const text = (await lines.count()) > 0 ? await lines.last().textContent() : '';
    return /p99\s+63 ms\s+126 ms\s+\+63 ms \(\+100 %\)/.test(text?.replaceAll('\u00a0', ' ') ?? '') ? true : null;
  });
}

function label(run: string): { name?: string; pinned?: boolean; baseline?: boolean } {
  const file = path.join(run, LABEL_FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

async function labelled(what: string, run: string, holds: (kept: ReturnType<typeof label>) => boolean): Promise<void> {
  await until(what, SHOWN_MS, async () => (holds(label(run)) ? true : null));
}

test('an empty folder is welcomed with what can be done', async () => {
  await user.openViews();
  const welcome = user.page.locator('.welcome-view-content');
  for (const text of ['Write a Plan', 'Load Test an Endpoint', 'Find Slow Lines', 'Open a Profile']) {
    await welcome.locator(`a.monaco-button:has-text("${text}")`).first().waitFor({ timeout: SHOWN_MS });
  }
  await user.screenshot('runs-empty');
});

test('runs, plans and profiles appear as they are written', async () => {
  older = await storeRun(folder, 'older', documentOf({ startedAt: '2026-11-20T08:00:00Z' }));
  const verdict = { status: 'failed', sentence: 'Failed: p99 is 126 ms, the limit 100.', reasons: [] } as const;
  const slower = { startedAt: '2026-11-22T08:00:00Z', latency: latencyOf(5, 126) };
  newer = await storeRun(folder, 'newer', documentOf({ ...slower, verdict: { ...verdict, reasons: [] } }));
  broken = await storeRun(folder, 'broken', '{"schema": "tailflame.run/1", ');
  mkdirSync(path.join(folder, 'tests'));
  writeFileSync(path.join(folder, 'tests/checkout.load.yaml'), 'target: http://127.0.0.1:8000/predict\n');
  writeFileSync(path.join(folder, 'api.cpuprofile'), '{}');
  mkdirSync(path.join(folder, 'node_modules/theirs'), { recursive: true });
  writeFileSync(path.join(folder, 'node_modules/theirs/their.cpuprofile'), '{}');
  await row(/p99 63 ms/).waitFor({ timeout: SHOWN_MS });
  await row(/run\.json is damaged/).waitFor({ timeout: SHOWN_MS });
  await row('checkout').waitFor({ timeout: SHOWN_MS });
  await row('api').waitFor({ timeout: SHOWN_MS });
  assert.equal(await row('their').count(), 0);
});

test('F2 names the run that has the focus', async () => {
  const at = (await rows()).findIndex((text) => text.includes('126 ms'));
  await focusRow(at);
  await user.page.keyboard.press('F2');
  await user.answer('Name', 'with the cache');
  await row('with the cache').waitFor({ timeout: SHOWN_MS });
  assert.equal(label(newer).name, 'with the cache');
});

test('a click on the pin puts a run above the others', async () => {
  const old = row(/p99 63 ms/);
  await old.hover();
  await old.locator('.action-label[aria-label^="Pin"]').click();
  await labelled('the pin', older, ({ pinned }) => pinned === true);
  await until('the pinned run to stand first', SHOWN_MS, async () =>
    (await rows())[0]?.includes('63 ms') ? true : null,
  );
});

test('a run becomes the baseline by its menu, and carries its mark', async () => {
  await menu(row(/p99 63 ms/), 'Set as Baseline');
  await labelled('the baseline', older, ({ baseline }) => baseline === true);
  await baseline().waitFor({ timeout: SHOWN_MS });
});

test('two runs selected are compared in a document beside', async () => {
  await row('with the cache').click({ modifiers: ['Control'] });
  await row(/p99 63 ms/).click({ modifiers: ['Control'] });
  await until('two selected runs', SHOWN_MS, async () => {
    const selected = await user.page.locator('.customview-tree .monaco-list-row.selected').count();
    if (selected === 2) return true;
    if (selected === 1) await row('with the cache').click({ modifiers: ['Control'] });
    return null;
  });
  await menu(row(/p99 63 ms/), 'Compare');
  await compared();
});

test('a run is compared with the baseline of its target, which is offered first', async () => {
  await user.command('View: Close All Editors');
  // Of two that are selected the menu would be another.
  await row('with the cache').click();
  await user.page.locator('.tab.active:has-text("Result POST")').waitFor({ timeout: SHOWN_MS });
  await menu(row('with the cache'), 'Compare With');
  await user.page
    .locator('.quick-input-titlebar:has-text("Compare with the cache with")')
    .waitFor({ timeout: SHOWN_MS });
  const offered = user.page.locator('.quick-input-list .monaco-list-row');
  await offered.filter({ hasText: 'Baseline' }).waitFor({ timeout: SHOWN_MS });
  await user.page.waitForTimeout(500);
  await user.page.keyboard.press('Enter');
  await compared();
  await user.command('View: Close All Editors');
  await menu(row('with the cache'), 'Compare with Baseline');
  await compared();
});

test('the path of a run is copied, and its folder shown', async () => {
  await user.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await menu(row('with the cache'), 'Copy Path');
  await until('the path in the clipboard', SHOWN_MS, async () =>
    (await user.page.evaluate<string>('navigator.clipboard.readText()')) === newer ? true : null,
  );
  await menu(row('with the cache'), 'Reveal in File Manager');
  const shown = user.page.locator(
    '.explorer-folders-view .monaco-list-row.selected, .explorer-folders-view .monaco-list-row.focused',
  );
  await shown.filter({ hasText: 'newer' }).waitFor({ timeout: SHOWN_MS });
  await user.openViews();
});

test('dark, light and high contrast show it', async () => {
  await user.screenshots('runs');
});

test('a reload keeps names, pins and the baseline', async () => {
  await user.page.reload();
  await user.page.waitForSelector('.monaco-workbench .statusbar', { timeout: 60_000 });
  await row('with the cache').waitFor({ timeout: 60_000 });
  await baseline().waitFor({ timeout: SHOWN_MS });
  assert.match((await rows())[0] ?? '', /63 ms/);
});

test('Enter opens the run that has the focus', async () => {
  await user.command('View: Close All Editors');
  const at = (await rows()).findIndex((text) => text.includes('with the cache'));
  await focusRow(at);
  await user.page.keyboard.press('Enter');
  await user.page.locator('.tab.active:has-text("Result POST")').waitFor({ timeout: SHOWN_MS });
});

test('Delete removes the run that has the focus, once that is confirmed', async () => {
  const at = (await rows()).findIndex((text) => text.includes('damaged'));
  await focusRow(at);
  await user.page.keyboard.press('Delete');
  const dialog = user.page.locator('.monaco-dialog-box');
  await dialog.filter({ hasText: 'Delete the run broken?' }).waitFor({ timeout: SHOWN_MS });
  // First to the trash; where there is none, as in a browser's window, it is asked again.
  await until('the run to be gone', SHOWN_MS, async () => {
    if (!existsSync(broken)) return true;
    const button = dialog.locator('.monaco-button:has-text("Trash"), .monaco-button:has-text("Good")').first();
    if (await button.isVisible()) await button.click({ timeout: 1000 }).catch(() => {});
    return null;
  });
  await until('its row to be gone', SHOWN_MS, async () => ((await row('damaged').count()) === 0 ? true : null));
  assert.ok(existsSync(newer) && existsSync(older));
});

test('without a folder it is said what to open', async () => {
  const { origin } = new URL(user.page.url());
  await user.page.goto(`${origin}/?ew=true`);
  await user.page.waitForSelector('.monaco-workbench .statusbar', { timeout: 60_000 });
  await user.openViews();
  const welcome = user.page.locator('.welcome-view-content');
  await welcome.locator('a.monaco-button:has-text("Open Folder")').first().waitFor({ timeout: SHOWN_MS });
  await welcome.locator('a.monaco-button:has-text("Open a Profile")').first().waitFor({ timeout: SHOWN_MS });
  await user.screenshot('runs-no-folder');
});
